import type { InszFacts } from '../../identifiers/insz.ts'
import type { Fault } from '../../kernel/fault.ts'
import type { RapidTestContent, Subject, VaccinationContent } from '../record.ts'
import type { CodeList } from './code-list.ts'
import type { Moment } from './moment.ts'

/**
 * What a rule that looks at several fields gets to see; a section that is not there is null. A rule is only asked when the
 * fields it reads are there and without an error; the others may hold anything.
 */
export interface Facts {
  readonly subject: Subject | null
  /** What the INSZ of the subject says; null when it is not right. */
  readonly insz: InszFacts | null
  readonly content: RapidTestContent | VaccinationContent | null
  readonly moment: Moment
  readonly lists: ReadonlyMap<string, CodeList>
}

type Finding = Pick<Fault, 'code' | 'path' | 'params'>

export interface CrossRule {
  /** The fields it reads, as JSON Pointers. */
  readonly reads: readonly string[]
  readonly find: (facts: Facts) => Finding | null
}

/** A rule by its name in the form files; they say whether what it finds refuses the record or warns. */
export function crossRule(name: string): CrossRule | undefined {
  return rules.get(name)
}

const rules: ReadonlyMap<string, CrossRule> = new Map<string, CrossRule>([
  ['insz-born-before-today', { reads: ['/patient/insz'], find: inszBornBeforeToday }],
  ['insz-birth-date', { reads: ['/patient/insz', '/patient/birthDate'], find: inszBirthDate }],
  ['insz-sex', { reads: ['/patient/insz', '/patient/sex'], find: inszSex }],
  ['birth-before-test', { reads: ['/patient/birthDate', '/test/sampledAt'], find: birthBeforeFact }],
  ['birth-before-vaccination', { reads: ['/patient/birthDate', '/vaccination/vaccinatedOn'], find: birthBeforeFact }],
  [
    'dose-fits-round',
    { reads: ['/vaccination/dose', '/vaccination/doses', '/vaccination/round'], find: doseFitsRound },
  ],
  ['lot-not-expired', { reads: ['/vaccination/vaccinatedOn', '/vaccination/expiresOn'], find: lotNotExpired }],
  ['lot-of-product', { reads: ['/vaccination/product', '/vaccination/lot'], find: lotOfProduct }],
  ['cnk-of-product', { reads: ['/vaccination/product', '/vaccination/cnk'], find: cnkOfProduct }],
])

/** The century of an INSZ follows from its check digits; it may be one that is still to come. */
function inszBornBeforeToday({ insz, moment }: Facts): Finding | null {
  if (insz === null || insz.birthDate <= moment.today) return null
  return { code: 'insz-of-the-future', path: '/patient/insz', params: { year: insz.birthDate.slice(0, 4) } }
}

function inszBirthDate({ subject, insz }: Facts): Finding | null {
  if (insz === null || subject === null) return null
  const known = Math.min(insz.birthDate.length, subject.birthDate.length)
  if (insz.birthDate.slice(0, known) === subject.birthDate.slice(0, known)) return null
  return { code: 'insz-other-birth-date', path: '/patient/birthDate', params: {} }
}

function inszSex({ subject, insz }: Facts): Finding | null {
  if (insz === null || subject === null || insz.sex === 'unknown') return null
  if (subject.sex !== 'male' && subject.sex !== 'female') return null
  return subject.sex === insz.sex ? null : { code: 'insz-other-sex', path: '/patient/sex', params: {} }
}

function birthBeforeFact({ subject, content, moment }: Facts): Finding | null {
  if (subject === null || content === null || subject.birthDate <= moment.factDay) return null
  return { code: 'birth-after-fact', path: '/patient/birthDate', params: {} }
}

/** How many doses a booster is written with (Implementing Decision (EU) 2021/2301): after a series of two, and of one. */
const boosters: Readonly<Record<string, readonly string[]>> = {
  'first-booster': ['3/3', '2/1'],
  'second-booster': ['4/4', '3/1'],
}

/** In the first series the dose number stays within the number of doses; a booster counts on from the series. */
function doseFitsRound({ content }: Facts): Finding | null {
  if (content?.kind !== 'vaccination') return null
  const { dose, doses, round } = content
  const fits = boosters[round]?.includes(`${dose}/${doses}`) ?? dose <= doses
  return fits ? null : { code: 'dose-not-of-round', path: '/vaccination/dose', params: { dose, doses, round } }
}

function lotNotExpired({ content }: Facts): Finding | null {
  if (content?.kind !== 'vaccination' || content.expiresOn === null || content.expiresOn >= content.vaccinatedOn) {
    return null
  }
  return { code: 'lot-expired', path: '/vaccination/expiresOn', params: { expiresOn: content.expiresOn } }
}

function lotOfProduct({ content, lists, moment }: Facts): Finding | null {
  if (content?.kind !== 'vaccination') return null
  const lot = lists.get('vaccine-batches')?.look(content.lot, moment.factDay)
  if (lot?.state !== 'known' || lot.code.product === content.product) return null
  return { code: 'lot-of-other-product', path: '/vaccination/lot', params: { product: lot.code.product ?? '' } }
}

function cnkOfProduct({ content, lists, moment }: Facts): Finding | null {
  if (content?.kind !== 'vaccination' || content.cnk === null) return null
  const product = lists.get('vaccines')?.look(content.product, moment.factDay)
  if (product?.state !== 'known' || product.code.cnk?.includes(content.cnk) !== false) return null
  return { code: 'cnk-of-other-product', path: '/vaccination/cnk', params: { product: content.product } }
}
