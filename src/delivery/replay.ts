import { SluisError } from '../kernel/errors.ts'
import { failurePoint } from '../kernel/failure-points.ts'
import { inTransaction, type Database, type Queryable } from '../store/connect.ts'
import {
  countChosen,
  countSheet,
  endReplay,
  findReplays,
  insertReplay,
  releaseNext,
  runningReplays,
  stopReplay,
  takeReplay,
  type Chosen,
  type Replay,
} from '../store/replays.ts'

export interface ReplayRequest {
  readonly chosen: Chosen
  /** Deliveries released a second, over all nodes. */
  readonly perSecond: number
  readonly reason: string
  readonly owner: string
}

/** What a replay would touch, by state and form kind. Changes nothing. */
export async function previewReplay(db: Queryable, chosen: Chosen) {
  const lines = await countChosen(db, chosen)
  return { total: lines.reduce((sum, line) => sum + line.count, 0), lines }
}

/**
 * Starts a replay of a chosen set. Any node carries it on, at its pace, from where it was; what was acknowledged is asked
 * after at the destination and sent only when it is not known there. Original times stay. Returns its number.
 * Throws `replay-without-reason` and `replay-empty`.
 */
export async function createReplay(db: Queryable, request: ReplayRequest): Promise<number> {
  const { chosen, perSecond, reason, owner } = request
  if (reason.trim() === '' || owner.trim() === '' || !(perSecond > 0)) throw new SluisError('replay-without-reason')
  const { total } = await previewReplay(db, chosen)
  if (total === 0) throw new SluisError('replay-empty', { destination: chosen.destination })
  return insertReplay(db, chosen, perSecond, reason.trim(), owner)
}

/** Replays, newest first, with the count sheet as it stands. */
export async function replays(db: Queryable, id: number | null = null): Promise<Replay[]> {
  const found = await findReplays(db, id)
  const result: Replay[] = []
  for (const one of found) result.push(one.state === 'done' ? one : { ...one, sheet: await countSheet(db, one.id) })
  return result
}

/** Stops a replay. Throws `replay-not-running`. */
export async function endReplayEarly(db: Queryable, id: number): Promise<void> {
  if (!(await stopReplay(db, id))) throw new SluisError('replay-not-running', { replay: id })
}

/** One turn of every running replay; called a few times a second on every node. Returns how many were released. */
export async function runReplays(db: Database): Promise<number> {
  let released = 0
  for (const id of await runningReplays(db))
    released += await inTransaction(db, async (tx) => {
      const replay = await takeReplay(tx, id)
      if (replay === null) return 0
      const limit = Math.max(replay.allowed, 0)
      const seen = limit === 0 ? 0 : await releaseNext(tx, replay, replay.cursor, limit)
      if (limit > 0 && seen < limit) await endReplay(tx, id)
      if (seen > 0) failurePoint('replay-after-release')
      return seen
    })
  return released
}
