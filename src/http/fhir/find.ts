import { prefixOf, isUuid8, parseRecordName } from '../../kernel/ids.ts'
import {
  reasonsOfPatient,
  versionsOfPatient,
  versionsOfReceipt,
  versionsOfResults,
  type IndexedVersion,
  type WithheldReason,
} from '../../store/result-search.ts'
import type { Queryable } from '../../store/connect.ts'
import { changesAwaited } from '../../store/tables-changes.ts'
import type { Position } from './cursor.ts'
import { fits } from './moments.ts'
import { fhirStatus } from './render-observation.ts'
import { meantNow, resultsFrom, type OpenDeps, type Result } from './results.ts'
import type { Search, Token } from './search-parameters.ts'

/** More than a lifetime of results; beyond it the last received are searched, and the answer says so. */
export const versionsAtMost = 20_000

/** What of a patient fits a search, set apart by what may be shown of it. */
export interface Found {
  /** In the order of the search. */
  readonly visible: readonly Result[]
  readonly withheld: readonly (readonly [Result, WithheldReason])[]
  readonly unchecked: readonly Result[]
  /** Everything that was looked through. */
  readonly versions: readonly IndexedVersion[]
  /** There is more than was looked through. */
  readonly cut: boolean
}

/**
 * Finds results of one patient from the index. Nothing sealed is opened, except where a code is asked for and other tables
 * count since a moment ago: what the index says of codes is then made anew for this patient.
 */
export async function findResults(deps: OpenDeps, patient: Buffer, search: Search): Promise<Found> {
  const { db } = deps
  // Every version of a result has the same code, so that none is missed; a report is shown whole, whatever was asked for.
  const [first] = search.codes
  // A system alone (`http://loinc.org|`) asks for all its codes.
  const asked = first === undefined || first.some(({ value }) => value === '') ? null : first.map(({ value }) => value)
  const changes = first === undefined ? [] : await changesAwaited(db, patient)
  const codes = changes.length === 0 ? asked : null
  const versions = await versionsOfPatient(db, patient, versionsAtMost + 1, codes)
  const looked = await meantNow(deps, versions.slice(0, versionsAtMost), changes)
  const fitting = resultsFrom(looked).filter((result) => fitsSearch(result, search))
  const apart = setApart(await reasonsOfPatient(db, patient), fitting, search.ascending)
  return { ...apart, versions: looked, cut: versions.length > versionsAtMost }
}

/** Sets results apart by what may be shown of them. */
function setApart(
  reasons: ReadonlyMap<number, WithheldReason>,
  results: readonly Result[],
  ascending: boolean,
): Omit<Found, 'cut' | 'versions'> {
  const visible: Result[] = []
  const withheld: (readonly [Result, WithheldReason])[] = []
  const unchecked: Result[] = []
  for (const result of results) {
    const reason = reasons.get(result.current.record)
    if (reason !== undefined) withheld.push([result, reason])
    else if (result.current.checked) visible.push(result)
    else unchecked.push(result)
  }
  const order = ascending ? 1 : -1
  return { visible: visible.toSorted((a, b) => order * compare(a, b)), withheld, unchecked }
}

const compare = (a: Result, b: Result): number => a.at - b.at || (a.key < b.key ? -1 : 1)

/** Whether a result stands after a position in the order of a search. */
export function isAfter(result: Pick<Result, 'at' | 'key'>, { at, name }: Position, ascending: boolean): boolean {
  const distance = result.at - at || (result.key === name ? 0 : result.key < name ? -1 : 1)
  return ascending ? distance > 0 : distance < 0
}

function fitsSearch({ key, current, at }: Result, search: Search): boolean {
  if (search.ids !== null && !search.ids.includes(key)) return false
  return (
    search.codes.every((any) => any.some((token) => hasCode(current, token))) &&
    search.statuses.every((any) => any.includes(fhirStatus(current.status))) &&
    search.dates.every((any) => any.some((test) => fits(at, test))) &&
    search.updated.every((any) => any.some((test) => fits(current.receivedAt.getTime(), test)))
  )
}

function hasCode({ code, loinc }: IndexedVersion, { system, value }: Token): boolean {
  if (value === '') return code.startsWith(`${system ?? ''}|`) || (system === 'loinc' && loinc !== null)
  const isMapped = loinc !== null && loinc === value
  if (system === null) return isMapped || code.slice(code.indexOf('|') + 1) === value
  return code === `${system}|${value}` || (system === 'loinc' && isMapped)
}

const resultKey = /^[0-9a-f]{32}$/

/** One result by its id; null when there is none. */
export async function findResult(db: Queryable, id: string): Promise<Result | null> {
  if (!resultKey.test(id)) return null
  return resultsFrom(await versionsOfResults(db, [id]))[0] ?? null
}

/** What one message said of one patient, by the name of a record of it; null when there is no such record. */
export async function findMessagePart(db: Queryable, id: string): Promise<readonly IndexedVersion[] | null> {
  const name = parseRecordName(id)
  if (name === null || !isUuid8(name.receipt)) return null
  const versions = await versionsOfReceipt(db, name.receipt, prefixOf(name.receipt))
  const first = versions.find(({ ordinal }) => ordinal === name.ordinal)
  return first === undefined ? null : versions.filter(({ patient }) => patient.equals(first.patient))
}
