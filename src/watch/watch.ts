import { setTimeout as sleep } from 'node:timers/promises'
import { brusselsDay, type Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { makeTurns } from '../kernel/turns.ts'
import { account } from '../ledger/account.ts'
import { becomeWatcher, setAlerts } from '../store/alerts.ts'
import { inTransaction, isDatabaseAway, type Database } from '../store/connect.ts'
import { heldMessages, listNodes, silentSeconds, type NodeRow } from '../store/nodes.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { uncarriedRoles } from '../store/uncarried.ts'
import { differences } from './differences.ts'
import type { Finding, Look } from './look.ts'

/**
 * Expected against running: every node that did not stop in order must show signs of life, carry what it carried during the
 * last day, and keep its messages safe; and each role must be carried by some node. A node that came back without its work
 * says that it is ready; only this tells.
 */
export const rollCall: Look = {
  name: 'roll-call',
  kinds: ['node-silent', 'role-uncarried', 'database-away', 'spool-in-use', 'spool-aside'],
  everyMs: 2_000,
  look: async (db) => {
    const nodes = await listNodes(db)
    const uncarried = uncarriedRoles(nodes).map(({ role }): Finding => ({
      kind: 'role-uncarried',
      scope: role,
      detail: {},
    }))
    return [...nodes.flatMap(findingsOf), ...uncarried]
  },
}

function findingsOf(node: NodeRow): Finding[] {
  const { name, roles } = node
  const { frames, aside } = heldMessages(node)
  // They lie on its disk also while it is away: an alert that ended then would say that they are in the database.
  const since = node.facts['spoolAsideSince']
  const found: Finding[] =
    aside > 0
      ? [{ kind: 'spool-aside', scope: name, detail: { messages: aside, ...(since == null ? {} : { since }) } }]
      : []
  if (frames > 0) found.push({ kind: 'spool-in-use', scope: name, detail: { frames } })
  if (node.state === 'stopped') return found
  if (node.silentFor > silentSeconds) {
    return [...found, { kind: 'node-silent', scope: name, detail: { seenAt: node.seenAt.toISOString(), roles } }]
  }
  const missing = missingRoles(node)
  if (missing.length > 0) found.push({ kind: 'node-silent', scope: name, detail: { missing } })
  return found
}

/** Roles it carried during the last day and does not carry now. */
const missingRoles = ({ carried, roles }: NodeRow): string[] =>
  Object.keys(carried)
    .filter((role) => !roles.includes(role) && carried[role]! < 86_400)
    .sort()

/** The books of today and yesterday: a difference is an incident by itself (law 4). */
export function booksLook(clock: Clock): Look {
  return {
    name: 'books',
    kinds: ['books-differ', 'spooled-missing'],
    everyMs: 60_000,
    async look(db) {
      const now = clock.now()
      const days = { from: brusselsDay(new Date(now.getTime() - 86_400_000)), to: brusselsDay(now) }
      return differences(await account(db, days))
    },
  }
}

/** Makes the partitions of the coming days. One that is still missing a day before it is needed is an error. */
export function partitionsLook(log: Log): Look {
  return {
    name: 'partitions',
    kinds: [],
    everyMs: 3_600_000,
    async look(db) {
      const now = new Date()
      const { unmade } = await ensurePartitions(db, now)
      for (const { table, from, error } of unmade) {
        const soon = Date.parse(from) <= now.getTime() + 86_400_000
        log[soon ? 'error' : 'warn']('partition-missing', { table }, error)
      }
      return []
    },
  }
}

export interface WatchDeps {
  readonly db: Database
  readonly log: Log
  readonly looks: readonly Look[]
}

/**
 * Looks at the hub until stopped. Every node runs this; one at a time watches, and when it dies another takes over at its
 * next turn.
 */
export function startWatch(deps: WatchDeps): { stop(): Promise<void> } {
  let stopped = false
  const wakes = new Set<() => void>()
  const rest = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        wakes.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, milliseconds)
      wakes.add(wake)
    })
  const inTurn = makeTurns({
    atOnce: looksAtOnce,
    mostWaiting: deps.looks.length,
    full: () => new Error('each look waits once'),
  })
  const run = async (look: Look): Promise<void> => {
    while (!stopped) {
      const prompt = look.promptly === true
      const took = prompt ? await timed(deps, look) : await inTurn(() => timed(deps, look))
      if (!stopped) await rest(restAfter(look, took))
    }
  }
  const running = deps.looks.map(run)
  return {
    async stop() {
      stopped = true
      for (const wake of wakes) wake()
      // One that closes the books of a full day is given up with its connection; the next watcher takes it anew.
      await Promise.race([Promise.all(running), sleep(stopMilliseconds, undefined, { ref: false })])
    },
  }
}

/**
 * Milliseconds until a look is taken again. One that costs much is taken less often, so that it uses a twentieth of the time,
 * but never less than every fourth time it is due: a machine that is busy must still miss a node. What is due once a minute
 * grows with the day, as the books do (a second for some 5,000 messages): it rests up to a quarter of an hour, so that
 * knowing whether all was done does not take what doing it needs. A prompt one is never put off.
 */
export function restAfter({ everyMs, promptly }: Pick<Look, 'everyMs' | 'promptly'>, tookMs: number): number {
  if (promptly === true) return everyMs
  const most = everyMs < 60_000 ? everyMs * 4 : Math.max(everyMs * 4, 900_000)
  return Math.min(Math.max(everyMs, tookMs * 20), most)
}

/** How long a stopping node waits for looks that are being taken. */
const stopMilliseconds = 1_000

/** Each holds one connection for its turn and asks over another: all at once they would wait for each other. */
const looksAtOnce = 4

/** Takes one look and returns the milliseconds it took; what fails is told, and looked at again when it is due. */
async function timed(deps: WatchDeps, look: Look): Promise<number> {
  const began = performance.now()
  await lookOnce(deps, look).catch((error: unknown) => {
    if (!isDatabaseAway(error)) deps.log.error('look-failed', { look: look.name }, error)
  })
  return performance.now() - began
}

/** A look that is taken seldom may take long. */
const patienceFor = ({ everyMs }: Look): number => Math.min(Math.max(everyMs * 10, 30_000), 900_000)

/** Takes one look and writes what began and what is over. Nothing when another node is watching right now. */
export async function lookOnce(deps: WatchDeps, look: Look): Promise<void> {
  const changed = await inTransaction(deps.db, async (tx) => {
    if (!(await becomeWatcher(tx, look.name, patienceFor(look)))) return null
    return setAlerts(tx, look.kinds, await look.look(deps.db))
  })
  for (const alert of changed?.began ?? []) deps.log.warn('alert-began', { alert: alert.kind, scope: alert.scope })
  for (const alert of changed?.ended ?? []) deps.log.info('alert-ended', { alert: alert.kind, scope: alert.scope })
}
