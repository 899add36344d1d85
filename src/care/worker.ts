import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { isDatabaseAway, thorough, type Database } from '../store/connect.ts'
import { markExpired } from '../store/care-dirty.ts'
import { markOutdated } from '../store/enrolments.ts'
import { followActivation } from './activations.ts'
import type { CareDeps } from './deps.ts'
import { watchFeeds } from './feeds.ts'
import { keepOnce, type Kept } from './keep.ts'
import { followTables } from './tables.ts'

export interface CareWork extends CareDeps {
  readonly db: Database
  readonly log: Log
  readonly clock: Clock
  /** Told of every batch that did something. */
  readonly onKept?: (kept: Kept) => void
}

const idleMs = 100
const timeMs = 1_000
const feedsMs = 60_000
// A look over every enrolment: at the start, and for what another version of the software left behind.
const definitionsMs = 3_600_000
const expiredAtOnce = 2_000

/**
 * Keeps monitors current until stopped: evaluates what is marked, marks what time has changed, follows activations and the
 * tables they bring, and looks at the feeds. Any number of nodes may do it at once; readers are right without it.
 */
export function startCare(work: CareWork): { stop(): Promise<void> } {
  const ending = new AbortController()
  const { db, clock } = work
  const evaluating = async (): Promise<boolean> => {
    const kept = await keepOnce(work, db, clock.now)
    if (kept.evaluated > 0) work.onKept?.(kept)
    return kept.evaluated > 0
  }
  const following = async (): Promise<boolean> => (await followTables(work, db)) || followActivation(db)
  const loops = [
    // Two, so that one computes while the other waits for the database.
    repeat(work, 'care-evaluating', evaluating, idleMs, ending.signal),
    repeat(work, 'care-evaluating', evaluating, idleMs, ending.signal),
    repeat(
      work,
      'care-time',
      async () => (await markExpired(db, clock.now(), expiredAtOnce)) > 0,
      timeMs,
      ending.signal,
    ),
    repeat(work, 'care-activations', following, idleMs * 5, ending.signal),
    repeat(work, 'care-feeds', () => watchFeeds(db, clock.now()), feedsMs, ending.signal),
    repeat(work, 'care-definitions', () => markDefinitions(work), definitionsMs, ending.signal),
  ]
  return {
    async stop() {
      ending.abort()
      await Promise.all(loops)
    },
  }
}

/** Marks the items of which this version of the software has another content than they were evaluated by. */
async function markDefinitions({ db, definitions }: CareWork): Promise<boolean> {
  const items = definitions.flatMap(({ name, version, items: own }) =>
    own.map(({ id, hash }) => ({ monitor: name, version, item: id, hash })),
  )
  return (await markOutdated({ query: (statement) => db.query({ ...thorough, ...statement }) }, items)) > 0
}

/** Does a piece of work again and again; waits when there was none, and when the database is away. */
async function repeat(
  { log }: CareWork,
  name: string,
  work: () => Promise<boolean>,
  pauseMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const did = await work().catch((error: unknown) => {
      if (!isDatabaseAway(error)) log.error(name, {}, error)
      return null
    })
    const pause = did === null ? Math.min(pauseMs, timeMs) : pauseMs
    if (did !== true) await sleep(pause, undefined, { signal }).catch(() => undefined)
  }
}
