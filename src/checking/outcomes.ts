import type { NewEntry } from '../store/entries.ts'
import type { StoredRecord } from '../store/records.ts'
import type { NewRefusal } from '../store/rule-refusals.ts'
import type { NewVerdict } from '../store/verdicts.ts'
import type { Counting } from './standing.ts'

/** What versions that count said of records, one list of verdicts for each. */
export interface Said {
  readonly records: readonly StoredRecord[]
  readonly effective: Counting | null
  readonly verdicts: readonly (readonly NewVerdict[])[]
}

/** What the checks made of one record. */
export interface CheckOutcome {
  readonly record: StoredRecord
  readonly state: 'passed' | 'withheld' | 'refused'
  readonly flags: readonly string[]
  readonly withheldBy: readonly string[]
  /** The codes of the findings it is refused for. */
  readonly refusedFor: readonly string[]
  readonly activation: number | null
}

/** What all that was said together makes of each record, in the order they were read. */
export function outcomesOf(stored: readonly StoredRecord[], said: readonly Said[]): CheckOutcome[] {
  const found = new Map<number, { verdicts: NewVerdict[]; activation: number | null }>()
  for (const { records, verdicts, effective } of said) {
    for (const [at, own] of verdicts.entries()) {
      if (own.length === 0) continue
      const sum = found.get(records[at]!.id) ?? { verdicts: [], activation: null }
      sum.verdicts.push(...own)
      if (own.some(({ outcome }) => outcome === 'withhold')) sum.activation = effective?.activation ?? null
      found.set(records[at]!.id, sum)
    }
  }
  return stored.map((record) => {
    const { verdicts, activation } = found.get(record.id) ?? { verdicts: [], activation: null }
    const withheld = verdicts.filter(({ outcome }) => outcome === 'withhold')
    const refusedFor = [...new Set(withheld.flatMap(({ refusesFor }) => refusesFor ?? []))]
    return {
      record,
      state: withheld.length === 0 ? 'passed' : refusedFor.length === 0 ? 'withheld' : 'refused',
      flags: verdicts.filter(({ outcome }) => outcome !== 'withhold').map(({ rule }) => rule),
      withheldBy: withheld.map(({ rule }) => rule),
      refusedFor,
      activation,
    }
  })
}

/**
 * The entry of each outcome. `asked`: records of which the door could only say what the version it knew says; their senders
 * are told what it came to.
 */
export function entriesOf(node: string, outcomes: readonly CheckOutcome[], asked: ReadonlySet<number>): NewEntry[] {
  return outcomes.map(({ record, state, flags, withheldBy, refusedFor, activation }): NewEntry => {
    const common = {
      message: record.message,
      receivedAt: record.receivedAt,
      record: record.id,
      delivery: null,
      senderId: record.senderId,
      actor: `hub:${node}`,
      tell: asked.has(record.id),
    }
    if (state === 'passed') return { ...common, kind: 'passed', detail: { flags } }
    const by = { flags, rules: withheldBy, activation }
    if (state === 'withheld') return { ...common, kind: 'withheld', detail: by }
    const { ordinal, formKind } = record
    return { ...common, kind: 'record-refused', detail: { ordinal, formKind, faults: refusedFor, ...by } }
  })
}

/** What is kept of refused records, so that their senders hear when it is otherwise. */
export function refusalsOf(outcomes: readonly CheckOutcome[]): NewRefusal[] {
  return outcomes
    .filter(({ state }) => state === 'refused')
    .map(({ record, refusedFor }) => ({
      record: record.id,
      receivedAt: record.receivedAt,
      message: record.message,
      senderId: record.senderId,
      formKind: record.formKind,
      faults: refusedFor,
    }))
}
