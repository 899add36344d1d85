import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder } from '../kernel/package-root.ts'

export interface Code {
  readonly code: string
  readonly name: string
  /** `false`: still read in certificates of others, never issued any more. */
  readonly active?: boolean
}

/** A vaccine with its holder and prophylaxis codes, the most precise first (encoding instructions of the value sets). */
export interface ProductCode extends Code {
  readonly holder: string
  readonly prophylaxis: readonly string[]
}

export interface ValueSets {
  readonly diseases: readonly Code[]
  readonly testTypes: readonly Code[]
  readonly testResults: readonly Code[]
  readonly prophylaxis: readonly Code[]
  readonly holders: readonly Code[]
  readonly products: readonly ProductCode[]
  readonly devices: readonly Code[]
  /** ISO 3166 alpha-2 codes, with a space between. */
  readonly countries: string
}

let loaded: ValueSets | null = null

/** The shipped value sets (eHealth Network release 2.12.0), read from data/certificates once. */
export function valueSets(): ValueSets {
  loaded ??= JSON.parse(readFileSync(join(dataFolder, 'certificates', 'value-sets.json'), 'utf8')) as ValueSets
  return loaded
}

/** The active code of a list, or undefined. */
export function activeCode<C extends Code>(list: readonly C[], code: string): C | undefined {
  return list.find((one) => one.code === code && one.active !== false)
}

/** The value sets in the shape and by the names CertLogic rules use for them. */
export function valueSetsForRules(): CodesBySet {
  codesBySet ??= readCodes(valueSets())
  return codesBySet
}

type CodesBySet = Readonly<Record<string, readonly string[]>>

let codesBySet: CodesBySet | null = null

function readCodes(sets: ValueSets): CodesBySet {
  return {
    'disease-agent-targeted': codes(sets.diseases),
    'covid-19-lab-test-type': codes(sets.testTypes),
    'covid-19-lab-result': codes(sets.testResults),
    'covid-19-lab-test-manufacturer-and-name': codes(sets.devices),
    'sct-vaccines-covid-19': codes(sets.prophylaxis),
    'vaccines-covid-19-names': codes(sets.products),
    'vaccines-covid-19-auth-holders': codes(sets.holders),
    'country-2-codes': sets.countries.split(' '),
  }
}

function codes(list: readonly Code[]): string[] {
  return list.map((one) => one.code)
}

const setOfField = {
  tg: 'disease-agent-targeted',
  tt: 'covid-19-lab-test-type',
  tr: 'covid-19-lab-result',
  vp: 'sct-vaccines-covid-19',
  mp: 'vaccines-covid-19-names',
  co: 'country-2-codes',
} as const

/** The fields of a certificate's entry whose code is in no value set. Inactive codes are known. */
export function unknownCodes(group: 't' | 'v' | 'r', entry: Readonly<Record<string, unknown>>): string[] {
  const sets = valueSetsForRules()
  const manufacturers = group === 't' ? 'covid-19-lab-test-manufacturer-and-name' : 'vaccines-covid-19-auth-holders'
  return Object.entries({ ...setOfField, ma: manufacturers })
    .filter(([field, set]) => {
      const value = entry[field]
      return typeof value === 'string' && sets[set]?.includes(value) !== true
    })
    .map(([field]) => field)
}
