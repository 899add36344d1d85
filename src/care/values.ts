import { currentOf, versionOf, type ResultVersion } from '../formats/lab/history.ts'
import { interpret } from '../formats/lab/interpret.ts'
import type { InterpretedObservation } from '../formats/lab/observation.ts'
import type { LabTables } from '../formats/lab/tables.ts'
import type { CanonicalRecord } from '../formats/record.ts'
import { recordName } from '../kernel/ids.ts'
import type { Disposition, MonitorValue } from '../monitors/facts.ts'
import { valueFrom } from '../monitors/value.ts'
import type { Queryable } from '../store/connect.ts'
import { dispositionsOf, type DispositionRow } from '../store/dispositions.ts'
import { resultsByTerm, type ResultRow } from '../store/results.ts'
import type { CareDeps } from './deps.ts'

/** The values of one patient, and whether a check of one of them is still to come. */
export interface PatientValues {
  /** The zone decides the day of a value. */
  readonly values: (zone: string) => readonly MonitorValue[]
  readonly unchecked: boolean
}

/** Puts another judgement in the place of the one that counts, to tell what would be; undefined leaves it. */
export type Overlay = (record: number) => Disposition | undefined

export interface Loading {
  readonly overlay?: Overlay | undefined
  /** Also results whose line has none of the terms: under other tables than those that count they may. */
  readonly everyTerm?: boolean | undefined
}

/** Enough for years of one kind of result; the newest count. */
const resultsAtMost = { ofTerm: 200, ofAnyTerm: 2_000 }

/**
 * Loads what monitors see of patients' results that carry one of the terms: of every result the version that counts, what
 * the checks made of it, and what the active tables make of its code and unit.
 */
export async function loadValues(
  deps: CareDeps,
  db: Queryable,
  patients: readonly Buffer[],
  terms: readonly string[],
  { overlay = () => undefined, everyTerm = false }: Loading = {},
): Promise<ReadonlyMap<string, PatientValues>> {
  const rows = await resultsByTerm(db, patients, terms, resultsAtMost, everyTerm)
  const tables = await deps.tablesFor(db)
  const verdicts = Map.groupBy(await dispositionsOf(db, rows), ({ record }) => record)
  const found = new Map<string, PatientValues>()
  for (const [patient, own] of Map.groupBy(rows, (row) => row.patient.toString('hex'))) {
    const seen: Seen[] = []
    for (const row of own)
      seen.push(await see(deps, tables.of(row.senderId), patient, row, overlay(row.record) ?? judged(row, verdicts)))
    const counted = [...Map.groupBy(seen, ({ version }) => version.key).values()].flatMap(counting)
    found.set(patient, {
      unchecked: own.some(({ checked }) => !checked),
      values: (zone) => counted.map(({ observation, custody }) => valueFrom(observation, custody, zone)),
    })
  }
  return found
}

interface Seen {
  readonly version: ResultVersion
  readonly observation: InterpretedObservation
  readonly custody: Parameters<typeof valueFrom>[1]
}

async function see(
  deps: CareDeps,
  tables: LabTables,
  patient: string,
  row: ResultRow,
  disposition: Disposition,
): Promise<Seen> {
  const name = recordName(row.receipt, row.ordinal)
  const bytes = deps.vault.unseal(await deps.vault.byId(row.dataKey), row.content, name)
  const { content } = JSON.parse(bytes.toString()) as CanonicalRecord
  if (content?.kind !== 'observation') throw new TypeError(`${name} is no observation`)
  const observation = { ...content, mapped: interpret(content, tables) }
  const custody = { record: name, receivedAt: row.receivedAt, disposition, systemFor: tables.systemFor }
  return { version: versionOf(name, patient, observation), observation, custody }
}

/** Worst first: withheld, then a check that is to come or failed, then a flag. */
function judged(row: ResultRow, verdicts: ReadonlyMap<number, readonly DispositionRow[]>): Disposition {
  const own = verdicts.get(row.record) ?? []
  const withheld = first(own, 'withhold')
  if (withheld !== undefined) {
    const { rule, activation, since } = withheld
    return { state: 'withheld', rule, activation: String(activation ?? ''), since: since.toISOString() }
  }
  if (!row.checked) return { state: 'in-doubt', rule: 'not-checked-yet', why: 'review' }
  const failed = first(own, 'error')
  if (failed !== undefined) return { state: 'in-doubt', rule: failed.rule, why: 'error' }
  const flag = first(own, 'flag')
  return flag === undefined ? { state: 'visible' } : { state: 'flagged', rule: flag.rule }
}

/** Always the same one of several, whatever order they come in. */
const first = (rows: readonly DispositionRow[], outcome: DispositionRow['outcome']): DispositionRow | undefined =>
  rows.filter((row) => row.outcome === outcome).toSorted((a, b) => (a.rule < b.rule ? -1 : 1))[0]

/** Of the versions of one result the one that counts; one that others contradict without a word is for a person to see. */
function counting(seen: readonly Seen[]): Seen[] {
  const current = currentOf(seen.map(({ version }) => version))
  if (current.state === 'none') return []
  const chosen = seen.find(({ version }) => version === current.version)
  if (chosen === undefined) return []
  const isContradicted = current.state === 'current' && current.conflicts.length > 0
  if (!isContradicted || chosen.custody.disposition.state === 'withheld') return [chosen]
  return [{ ...chosen, custody: { ...chosen.custody, disposition: contradicted } }]
}

const contradicted: Disposition = { state: 'in-doubt', rule: 'result-conflict', why: 'review' }
