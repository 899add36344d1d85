import { patientWithoutCtpc } from '../ctpc.ts'
import { makeNihii } from '../../identifiers/nihii.ts'
import { dayOf } from './days.ts'
import { inventPerson, inventPharmacy, type Person, type Pharmacy } from './people.ts'
import { between, oneOf, type Random } from './random.ts'

export const sampleKinds = ['rapid-test', 'vaccination', 'booster', 'second-booster'] as const

export type SampleKind = (typeof sampleKinds)[number]

export interface SampleOptions {
  /** From 0 up to but not including 1; the same numbers give the same form. */
  readonly random: Random
  /** The moment of sending; the sample was taken or the dose was given shortly before. */
  readonly at: Date
  /** Share of rapid tests that are positive, 0.1 unless said; a tenth as many are undetermined, so with 0 all are negative. */
  readonly positiveShare?: number
  /** Who sends; one of a pool of two hundred unless said. */
  readonly pharmacy?: Pharmacy
  readonly person?: Person
}

interface FormHead {
  messageId: string
  form: 'rapid-test' | 'vaccination'
  version: string
  action?: 'new' | 'correct' | 'withdraw'
  replaces?: string
  motive?: string
  pharmacy: { nihii: string; name: string }
  pharmacist: { nihii: string; name: string }
  software: { name: string; version: string }
  patient: Person
}

interface RapidTestForm extends FormHead {
  form: 'rapid-test'
  test: {
    result: 'negative' | 'positive' | 'undetermined'
    sampledAt: string
    sampleKind: string
    device: string
    targetGroup: string
    ctpc: string
  }
}

interface VaccinationForm extends FormHead {
  form: 'vaccination'
  vaccination: {
    vaccinatedOn: string
    product: string
    cnk: string
    lot: string
    expiresOn: string
    dose: number
    doses: number
    round: 'first-series' | 'first-booster' | 'second-booster'
    vaccinator: string
  }
}

export type EForm = RapidTestForm | VaccinationForm

/**
 * Makes a form as a pharmacy would send it now: an invented person, a pharmacy of the pool, codes that are in use.
 * It reads without a fault by the shipped forms when received at `at`, from 24 January 2022 on for tests and from
 * 1 April 2022 on for vaccinations.
 *
 * @example sampleForm('rapid-test', { random: Math.random, at: new Date() }).form // 'rapid-test'
 */
export function sampleForm(kind: SampleKind, options: SampleOptions): EForm {
  const { random, at } = options
  const pharmacist = inventPerson(random, dayOf(at))
  const head = {
    messageId: randomUuid(random),
    version: '2.0',
    pharmacy: options.pharmacy ?? inventPharmacy(between(0, 199, random)),
    pharmacist: {
      nihii: makeNihii(between(200_000, 299_999, random), '001'),
      name: `${pharmacist.givenName} ${pharmacist.familyName}`,
    },
    software: oneOf(softwares, random),
    patient: options.person ?? inventPerson(random, dayOf(at)),
  }
  if (kind === 'rapid-test') return { ...head, form: 'rapid-test', test: sampleTest(options) }
  return { ...head, form: 'vaccination', vaccination: sampleDose(kind, options, head.pharmacist.name) }
}

const softwares = [
  { name: 'Apotheekwerk', version: '7.3' },
  { name: 'OfficinaPlus', version: '2022.2' },
  { name: 'Mortier', version: '11.0.4' },
] as const

function sampleTest({ random, at, positiveShare = 0.1 }: SampleOptions): RapidTestForm['test'] {
  const luck = random()
  const result = luck < positiveShare ? 'positive' : luck < positiveShare * 1.1 ? 'undetermined' : 'negative'
  const targetGroup = oneOf(['TP0110', 'TP0120', 'TP0200', 'TP0300', 'TP0600'], random)
  const alphabet = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'.split('')
  return {
    result,
    sampledAt: brusselsTime(new Date(at.getTime() - between(16, 75, random) * 60_000)),
    sampleKind: oneOf(['nasopharynx', 'nasopharynx', 'mid-turbinate', 'anterior-nares', 'combined'], random),
    device: oneOf(['1232', '1468', '1173', '1162', '1604', '345', '1218'], random),
    targetGroup,
    ctpc:
      targetGroup === 'TP0120'
        ? Array.from({ length: 16 }, () => oneOf(alphabet, random)).join('')
        : patientWithoutCtpc,
  }
}

const products = {
  comirnaty: { product: 'EU/1/20/1528', cnk: '4330114', lots: ['FE6029', 'FK0112', 'FN5254', 'GA3381'] },
  spikevax: { product: 'EU/1/20/1507', cnk: '4330122', lots: ['3004220', '000102A', '214037'] },
  jcovden: { product: 'EU/1/20/1525', cnk: '4330148', lots: ['XE423', 'XE495'] },
} as const

function sampleDose(
  kind: Exclude<SampleKind, 'rapid-test'>,
  { random, at }: SampleOptions,
  vaccinator: string,
): VaccinationForm['vaccination'] {
  const single = kind === 'vaccination' && random() < 0.1
  const { product, cnk, lots } = single
    ? products.jcovden
    : oneOf([products.comirnaty, products.comirnaty, products.spikevax], random)
  const today = dayOf(at)
  const numbers = {
    vaccination: single ? { dose: 1, doses: 1 } : { dose: between(1, 2, random), doses: 2 },
    booster: random() < 0.1 ? { dose: 2, doses: 1 } : { dose: 3, doses: 3 },
    'second-booster': random() < 0.1 ? { dose: 3, doses: 1 } : { dose: 4, doses: 4 },
  } as const
  return {
    vaccinatedOn: today,
    product,
    cnk,
    lot: oneOf<string>(lots, random),
    expiresOn: dayOf(new Date(at.getTime() + between(20, 180, random) * 86_400_000)),
    ...numbers[kind],
    round: ({ vaccination: 'first-series', booster: 'first-booster', 'second-booster': 'second-booster' } as const)[
      kind
    ],
    vaccinator,
  }
}

const offsetInBrussels = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Brussels', timeZoneName: 'longOffset' })

/** A moment as a clock in Belgium shows it, with its offset, to the second: `2022-07-01T09:12:00+02:00`. */
export function brusselsTime(moment: Date): string {
  const name = offsetInBrussels.formatToParts(moment).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT+01:00'
  const offset = name.slice(3)
  const local = new Date(moment.getTime() + Number(offset.slice(0, 3)) * 3_600_000)
  return local.toISOString().slice(0, 19) + offset
}

function randomUuid(random: Random): string {
  const digit = () => Math.floor(random() * 16).toString(16)
  const digits = (count: number) => Array.from({ length: count }, digit).join('')
  return `${digits(8)}-${digits(4)}-4${digits(3)}-${'89ab'[Math.floor(random() * 4)]}${digits(3)}-${digits(12)}`
}
