import { makeInsz } from '../../identifiers/insz.ts'
import { makeNihii } from '../../identifiers/nihii.ts'
import { between, oneOf, type Random } from './random.ts'

/** Invented people and pharmacies of Belgium, for samples and drills. Any likeness is chance. */

const families = {
  nl: [
    'Peeters',
    'Janssens',
    'Maes',
    'Willems',
    'Mertens',
    'Claes',
    'Goossens',
    'De Smedt',
    'Van den Bossche',
    'Vandermeulen',
  ],
  fr: ['Dubois', 'Lambert', 'Dupont', 'Martin', 'Dumont', 'Leroy', 'Simon', 'Lejeune', 'Noël', 'Delvaux-Thiry'],
  de: ['Schmitz', 'Müller', 'Hansen', 'Klinkenberg', 'Weiß', 'Radermacher'],
  en: ['O’Brien', 'Novák', 'Yılmaz', 'El Amrani', 'Nguyễn', 'García López'],
} as const

const givenNames = {
  male: ['Lucas', 'Arthur', 'Noah', 'Jan', 'Mohamed', 'Étienne', 'Günther', 'Jean-Pierre', 'Søren', 'Wout'],
  female: ['Emma', 'Olivia', 'Louise', 'Fatima', 'Marie-Claire', 'Anaïs', 'Greet', 'Zoë', 'Hélène', 'Jolien'],
} as const

const postalCodes = {
  nl: ['1800', '2000', '3000', '3500', '8000', '9000', '9300'],
  fr: ['1030', '1300', '4000', '5000', '6000', '7000'],
  de: ['4700', '4720', '4780'],
  en: ['1000', '1040', '1050'],
} as const

const pharmacyNames = [
  'De Linde',
  'Du Parc',
  'Ter Brugge',
  'Saint-Roch',
  'Am Markt',
  'Het Anker',
  'Des Arcades',
  'Zuid',
]

export interface Person {
  readonly insz: string
  readonly familyName: string
  readonly givenName: string
  readonly birthDate: string
  readonly sex: 'male' | 'female'
  readonly language: 'nl' | 'fr' | 'de' | 'en'
  readonly phone: string
  readonly postalCode: string
}

export interface Pharmacy {
  readonly nihii: string
  readonly name: string
}

/** Somebody between 12 and 95 years old on a day, with an INSZ that fits birth date and sex. */
export function inventPerson(random: Random, day: string): Person {
  const year = Number(day.slice(0, 4)) - between(12, 95, random)
  const birthDate = `${year}-${two(between(1, 12, random))}-${two(between(1, 28, random))}`
  const sex = random() < 0.5 ? 'male' : 'female'
  const language = oneOf(['nl', 'nl', 'nl', 'nl', 'nl', 'fr', 'fr', 'fr', 'de', 'en'] as const, random)
  return {
    insz: makeInsz(birthDate, 2 * between(1, 498, random) + (sex === 'male' ? -1 : 0)),
    familyName: oneOf(families[language], random),
    givenName: oneOf(givenNames[sex], random),
    birthDate,
    sex,
    language,
    phone: `+3247${between(0, 9, random)}${String(between(0, 999_999, random)).padStart(6, '0')}`,
    postalCode: oneOf(postalCodes[language], random),
  }
}

/** The pharmacy with a number in the pool: always the same name and NIHII for the same number. */
export function inventPharmacy(number: number): Pharmacy {
  const name = pharmacyNames[number % pharmacyNames.length]!
  const round = Math.floor(number / pharmacyNames.length)
  return { nihii: makeNihii(270_000 + number), name: `Apotheek ${name}${round === 0 ? '' : ` ${round + 1}`}` }
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
