import { failurePoint } from '../kernel/failure-points.ts'
import type { DataKey } from '../ledger/vault.ts'
import type { Standing } from '../monitors/evaluation.ts'
import { addPracticeSources } from '../store/enrolments.ts'
import { postponeDirty, takeDirty, type DirtyRow } from '../store/care-dirty.ts'
import { newestActivation } from '../store/care-activations.ts'
import { inTransactionByIndex, type Database } from '../store/connect.ts'
import {
  dropItemStates,
  putItemStates,
  putTransitions,
  storedStates,
  type NewItemState,
  type StoredState,
} from '../store/item-states.ts'
import type { CareDeps } from './deps.ts'
import { itemName } from './enrolment.ts'
import { evaluateItems, type EvaluatedItem } from './evaluate.ts'
import { outlineOf } from './outline.ts'

/** What one batch did. */
export interface Kept {
  readonly evaluated: number
  readonly changed: number
  /** Seconds from the arrival of a record to the state it led to, for each record that changed something to look at. */
  readonly lags: readonly number[]
}

const batchSize = 2_000

/** A record waits this long for its checks before it is evaluated as one in doubt. */
const patienceMs = 2_000

/**
 * Evaluates a batch of what is marked and writes how it stands: one transaction, so that a crash leaves it marked. The rows
 * taken are nobody else's meanwhile, and what arrives meanwhile marks them again: the last to write has seen everything.
 * What is evaluated from the same as before is left as it stands.
 */
export async function keepOnce(deps: CareDeps, db: Database, now: () => Date): Promise<Kept> {
  const kept = await inTransactionByIndex(db, async (tx) => {
    const taken = await takeDirty(tx, batchSize, patienceMs)
    if (taken.length === 0) return nothing
    // Read after the rows were taken: until now another worker may have written them.
    const stored = await storedStates(tx, taken)
    const rows = taken.map((row, at): Taken => ({ ...row, stored: stored[at] ?? null }))
    // Read first: an activation that comes while the facts are read makes this look old, never new.
    const mark = await newestActivation(tx)
    const moment = now()
    const dataKey = await deps.vault.forPeriod('lab', moment)
    // Marked because what is stored is doubted itself: then it is written whatever it was made from.
    const isKnown = ({ stored: was, cause }: Taken, fingerprint: string): boolean =>
      cause !== 'definition' &&
      was?.fingerprint === nameUnder(dataKey, fingerprint) &&
      (was.nextChangeAt ?? Infinity) > moment.getTime()
    const { evaluated, same, gone, unknown } = await evaluateItems(deps, tx, rows, { now: moment, mark, isKnown })
    const states = evaluated.map((one) => sealed(deps, one, dataKey))
    await putItemStates(tx, states, { activationMark: mark, evaluatedAt: moment, dataKey: dataKey.id })
    const changed = await putTransitions(tx, states)
    await addPracticeSources(tx, sourcesOf(evaluated))
    await dropItemStates(tx, gone)
    const looked = [...evaluated, ...same]
    await postponeDirty(tx, [...unknown, ...looked.filter(({ unchecked }) => unchecked)])
    failurePoint('care-before-commit')
    return { evaluated: rows.length, changed, lags: lagsOf(looked, moment) }
  })
  if (kept.evaluated > 0) failurePoint('care-after-commit')
  return kept
}

const nothing: Kept = { evaluated: 0, changed: 0, lags: [] }

interface Taken extends DirtyRow {
  readonly stored: StoredState | null
}

const lagsOf = (rows: readonly DirtyRow[], now: Date): number[] =>
  rows.filter(({ cause }) => cause === 'record').map(({ receivedAt }) => (now.getTime() - receivedAt.getTime()) / 1_000)

type Marked = Taken & EvaluatedItem

/** With the key it is sealed under: under another one it is written anew, and outlives the old one. */
const nameUnder = (dataKey: DataKey, fingerprint: string): string => `${dataKey.id} ${fingerprint}`

function sealed({ vault }: CareDeps, one: Marked, dataKey: DataKey): NewItemState {
  const { evaluation, written, fingerprint, patient, monitor, item, practice, cause, record, receivedAt, stored } = one
  return {
    patient,
    monitor,
    item,
    practice,
    itemHash: evaluation.itemHash,
    // As shown while every feed is well: what rests on a value in question is not shown as a colour.
    state: shownOf(evaluation),
    basis: evaluation.basis,
    stateHash: evaluation.stateHash,
    outline: outlineOf(evaluation),
    nextChangeAt: evaluation.nextChangeAt,
    nextState: evaluation.next && shownOf(evaluation.next.standing),
    content: vault.seal(dataKey, Buffer.from(written), itemName(patient, monitor, item)),
    fingerprint: nameUnder(dataKey, fingerprint),
    was: stored?.state ?? null,
    cause,
    causeSeq: record,
    receivedAt: cause === 'record' ? receivedAt : null,
  }
}

const shownOf = ({ basis, state }: Standing): string => (basis === 'suspect' ? 'unreliable' : state)

function sourcesOf(evaluated: readonly Marked[]): { practice: string; kind: 'lab' | 'practice'; source: string }[] {
  const found = new Map<string, { practice: string; kind: 'lab' | 'practice'; source: string }>()
  for (const { practice, evaluation } of evaluated) {
    const kind = evaluation.expected.feed
    for (const source of evaluation.expected.sources) {
      found.set(`${practice} ${kind} ${source}`, { practice, kind, source })
    }
  }
  return [...found.values()]
}
