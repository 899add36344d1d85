import { versionOf } from '../formats/lab/history.ts'
import type { InterpretedObservation, Moment } from '../formats/lab/observation.ts'
import { instantOf } from '../formats/lab/result-key.ts'
import type { LabTables } from '../formats/lab/tables.ts'
import type { CanonicalRecord } from '../formats/record.ts'
import type { HubKeys } from '../kernel/keys.ts'
import { labPatientIndex, nameIndex } from '../ledger/patient.ts'
import { contentIndex, orderIndex, resultIndex } from '../ledger/result.ts'
import type { TablesFor } from '../ledger/tables.ts'
import { midnightIn, firstDayOf } from '../monitors/calendar.ts'
import { loadMonitors } from '../monitors/load.ts'
import { meaningOf } from '../monitors/meaning.ts'
import { touchedBy, touchIndex, type TouchIndex } from '../monitors/touch.ts'
import { holdPacks } from '../store/activations.ts'
import { markTouched, type Touch } from '../store/care-dirty.ts'
import type { Queryable } from '../store/connect.ts'
import { addHours } from '../store/feed-hours.ts'
import type { NewRecord } from '../store/records.ts'
import { insertResults, type NewResult } from '../store/results.ts'
import { countHours } from './feed-hours.ts'

/** A record that was just written, with what was read and the receipt of its message. */
export interface WrittenRecord {
  readonly id: number
  readonly row: NewRecord
  readonly record: CanonicalRecord
  readonly receipt: string
}

export interface IndexedResult {
  readonly result: NewResult
  readonly observation: InterpretedObservation
}

/**
 * Writes what the care room needs of laboratory results, in the transaction that wrote them: a line in the index, the items
 * of enrolled patients that they touch, and the counts of their source. Refused records are no results. No change of tables
 * comes in between: what it finds in the index is all that was written under the tables before.
 */
export async function indexResults(
  tx: Queryable,
  { keys, tablesFor }: { readonly keys: HubKeys; readonly tablesFor: TablesFor },
  written: readonly WrittenRecord[],
): Promise<void> {
  const results: IndexedResult[] = []
  const touches: Touch[] = []
  const touched = (touching ??= touchIndex(loadMonitors()))
  await holdPacks(tx, 'shared')
  const tables = await tablesFor(tx)
  for (const one of written) {
    const indexed = toResult(keys, tables.of(one.row.senderId), one)
    if (indexed === null) continue
    results.push(indexed)
    const { patient, record, receivedAt, terms } = indexed.result
    for (const key of touchedBy(touched, terms)) touches.push({ patient, ...key, record, receivedAt })
  }
  if (results.length === 0) return
  await insertResults(
    tx,
    results.map(({ result }) => result),
  )
  await markTouched(tx, touches)
  await addHours(tx, countHours(results))
}

// Read from files at the first laboratory result: a hub that carries none needs none.
let touching: TouchIndex | undefined

/** The line of a record in the index of results; null for one that is no result. */
export function toResult(
  keys: HubKeys,
  tables: LabTables,
  { id, row, record, receipt }: WrittenRecord,
): IndexedResult | null {
  const { content } = record
  if (content?.kind !== 'observation' || row.outcome === 'refused') return null
  const { observation, loinc, analyte, terms } = meaningOf(content, tables)
  const { patient } = observation
  const { original } = observation.code
  const index = labPatientIndex(keys, patient, observation.source)
  const isNamed = patient.familyName !== '' && patient.birthDate.length === 10
  return {
    observation,
    result: {
      patient: index,
      record: id,
      receivedAt: row.receivedAt,
      receipt,
      ordinal: record.ordinal,
      senderId: row.senderId,
      source: observation.source,
      named: isNamed ? nameIndex(keys, patient.birthDate, patient.familyName) : null,
      code: `${original.system}|${original.code}`,
      loinc,
      analyte,
      terms,
      resultKey: resultIndex(keys, index, observation.resultKey).toString('hex'),
      orderKey: orderIndex(keys, observation)?.toString('hex') ?? null,
      status: observation.status,
      collectedAt: timeOf(observation.collectedAt),
      resultAt: timeOf(observation.resultAt),
      content: contentIndex(keys, versionOf('', '', observation).content).toString('hex'),
    },
  }
}

const zone = 'Europe/Brussels'

/** The moment, or the midnight its day began; a month or a year counts from its first day. */
function timeOf(moment: Moment | null): Date | null {
  if (moment === null) return null
  const instant = instantOf(moment)
  if (instant !== null) return new Date(instant)
  const day = firstDayOf(moment.at.slice(0, 10))
  return day === null ? null : new Date(midnightIn(zone, day))
}
