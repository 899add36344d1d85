import { readIdentifier } from '../../care/enrol-file.ts'
import { SluisError, type ErrorCode } from '../../kernel/errors.ts'
import type { HubKeys } from '../../kernel/keys.ts'
import type { Params } from '../../kernel/language.ts'
import { identifierIndex, nameIndex } from '../../ledger/patient.ts'
import { offers, type ResourceType } from './interactions.ts'
import { readDateTest, type DateTest } from './moments.ts'
import { identifierFrom, systemOfUri } from './names.ts'

export interface Token {
  /** null: any system; empty: none. */
  readonly system: string | null
  readonly value: string
}

/** A search as plain data. Lists inside lists: every outer one must fit, of an inner one any. */
export interface Search {
  readonly type: ResourceType
  /** Patient index in hex; null when none is named. */
  readonly patient: string | null
  /** Index of birth date and family name in hex. */
  readonly named: string | null
  readonly ids: readonly string[] | null
  readonly codes: readonly (readonly Token[])[]
  readonly statuses: readonly (readonly string[])[]
  readonly dates: readonly (readonly DateTest[])[]
  readonly updated: readonly (readonly DateTest[])[]
  readonly ascending: boolean
  readonly count: number
}

export interface ReadSearch {
  readonly search: Search
  /** The filters of it as they were asked, beside patient and ids. */
  readonly filters: readonly (readonly [name: string, text: string])[]
  /** What was asked and is not searched here: told in the answer, or refused when the client wants that. */
  readonly ignored: readonly { readonly code: ErrorCode; readonly params: Params }[]
}

const countDefault = 50
const countMost = 500
const indexText = /^[0-9a-f]{32}$/

/**
 * Reads the parameters of a search. What cannot be read is refused; a parameter nobody here searches by is refused too when
 * `strict` (Prefer: handling=strict), else told as ignored.
 *
 * Throws `fhir-parameter-unknown`, `fhir-parameter-value` or `fhir-search-too-wide`.
 */
export function readSearch(keys: HubKeys, type: ResourceType, query: URLSearchParams, strict: boolean): ReadSearch {
  const draft = makeDraft(keys, type)
  const asked: [string, string][] = []
  const ignored: { code: ErrorCode; params: Params }[] = []
  const known = [...offers[type].search.map(({ name }) => name), '_count', '_sort']
  for (const [given, text] of query) {
    const name = given === 'patient:identifier' ? 'patient.identifier' : given
    if (name === '_format' || text === '') continue
    if (known.includes(name)) {
      draft.take(name, text)
      asked.push([name, text])
    } else
      ignored.push({
        code: 'fhir-parameter-unknown',
        params: { parameter: given.slice(0, 60), known: known.join(', ') },
      })
  }
  const [first] = ignored
  if (strict && first !== undefined) throw new SluisError(first.code, first.params)
  const search = draft.made()
  if (search.patient === null && search.ids === null && search.named === null) {
    const accepted = type === 'Patient' ? 'identifier, _id, birthdate + family' : 'patient, patient.identifier, _id'
    throw new SluisError('fhir-search-too-wide', { accepted })
  }
  return { search, filters: asked.filter(([name]) => isFilterOf(search, name)), ignored }
}

/** Whether a parameter narrows the search beside patient and ids. A name and a birth date do only where neither is given. */
function isFilterOf({ patient, ids }: Search, name: string): boolean {
  if (name === 'birthdate' || name === 'family') return patient === null && ids === null
  return ['code', 'date', 'status', '_lastUpdated'].includes(name)
}

function makeDraft(keys: HubKeys, type: ResourceType): { take(name: string, text: string): void; made(): Search } {
  let patient: string | null = null
  let ids: readonly string[] | null = null
  let ascending = false
  let count = countDefault
  let birthDate = ''
  let family = ''
  const codes: Token[][] = []
  const statuses: string[][] = []
  const dates: DateTest[][] = []
  const updated: DateTest[][] = []
  const of = (index: Buffer): string => index.toString('hex')
  const takers: Readonly<Record<string, (text: string) => void>> = {
    patient: (text) => (patient = readReference(text)),
    'patient.identifier': (text) => (patient = of(indexOfToken(keys, 'patient.identifier', text))),
    identifier: (text) => (patient = of(indexOfToken(keys, 'identifier', text))),
    code: (text) => codes.push(text.split(',').map(readToken)),
    status: (text) => statuses.push(text.split(',').map((one) => readToken(one).value)),
    date: (text) => dates.push(readDates('date', text)),
    _lastUpdated: (text) => updated.push(readDates('_lastUpdated', text)),
    _id: (text) => (ids = readIds(text)),
    _count: (text) => (count = readCount(text)),
    _sort: (text) => (ascending = readSort(text)),
    birthdate: (text) => (birthDate = readDay(text)),
    family: (text) => (family = text),
  }
  return {
    take: (name, text) => takers[name]?.(text),
    made() {
      const isNamed = birthDate !== '' && family !== ''
      const named = isNamed ? of(nameIndex(keys, birthDate, family)) : null
      return { type, patient, named, ids, codes, statuses, dates, updated, ascending, count }
    },
  }
}

function wrong(parameter: string, expected: string): SluisError {
  return new SluisError('fhir-parameter-value', { parameter, expected })
}

function readReference(text: string): string {
  const id = text.replace(/^.*\/?Patient\//, '')
  if (!indexText.test(id)) throw wrong('patient', 'Patient/{id}')
  return id
}

function indexOfToken(keys: HubKeys, name: string, text: string): Buffer {
  const bar = text.indexOf('|')
  if (bar < 0) {
    try {
      return identifierIndex(keys, readIdentifier(text), '')
    } catch {
      throw wrong(name, 'system|value, INSZ, BSN')
    }
  }
  const identifier = identifierFrom(text.slice(0, bar), text.slice(bar + 1))
  if (identifier === null) throw wrong(name, 'system|value')
  return identifierIndex(keys, identifier, '')
}

function readToken(text: string): Token {
  const bar = text.indexOf('|')
  if (bar < 0) return { system: null, value: text }
  return { system: systemOfUri(text.slice(0, bar)), value: text.slice(bar + 1) }
}

function readDates(name: string, text: string): DateTest[] {
  return text.split(',').map((one) => {
    const test = readDateTest(one)
    if (test === null) throw wrong(name, '2026, 2026-07, ge2026-07-01, lt2026-07-01T10:00:00+02:00')
    return test
  })
}

function readCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw wrong('_count', `0-${countMost}`)
  return Math.min(Number(text), countMost)
}

function readIds(text: string): readonly string[] {
  const ids = text.split(',')
  // Left out in silence they would look as if they were not there.
  if (ids.length > countMost) throw wrong('_id', `0-${countMost}`)
  return ids
}

function readSort(text: string): boolean {
  if (text !== 'date' && text !== '-date') throw wrong('_sort', 'date, -date')
  return text === 'date'
}

function readDay(text: string): string {
  const day = /^(?:eq)?(\d{4}-\d{2}-\d{2})$/.exec(text)?.[1]
  if (day === undefined) throw wrong('birthdate', 'YYYY-MM-DD')
  return day
}
