import { outlookOf, type Backlog } from '../../delivery/backlog.ts'
import type { DestinationConfig } from '../../delivery/config.ts'
import type { Language } from '../../kernel/language.ts'
import type { DestinationView } from '../../store/destinations.ts'
import type { Pause as PauseRow } from '../../store/pauses.ts'
import type { Breaker, Emptying, Pause, Queue, QueueState } from '../../web/parts/queue-card.tsx'
import type { FlowFacts } from './flow-facts.ts'

/** Older than this a delivery is late. */
const lateSeconds = 300
/** Younger than this nobody needs to be told that something waits. */
const quietSeconds = 60

/** The queue of every destination, as a card shows it. */
export function queuesOf(destinations: readonly DestinationConfig[], facts: FlowFacts, language: Language): Queue[] {
  return destinations.map((destination) => queueOf(destination, facts, language))
}

export function queueOf(destination: DestinationConfig, facts: FlowFacts, language: Language): Queue {
  const { name } = destination
  const lines = facts.backlog.lines.filter((line) => line.destination === name)
  const sum = (figure: (line: Backlog) => number): number => lines.reduce((total, line) => total + figure(line), 0)
  const state = facts.backlog.destinations.find((one) => one.destination === name)
  const pause = pauseOf(facts.backlog.pauses, name)
  const total = {
    count: sum((line) => line.count),
    blocked: sum((line) => line.blocked),
    fresh: sum((line) => line.fresh),
    rate: sum((line) => line.rate),
    refused: sum((line) => line.refused),
    oldestSeconds: Math.max(0, ...lines.map((line) => line.oldestSeconds)),
  }
  // The rate is that of the last minute: what was stopped since then does not go on emptying.
  const stopped = pause !== null || state?.breaker === 'open'
  const outlook = outlookOf(total, stopped ? 0 : total.rate)
  const emptying: Emptying =
    outlook.state === 'emptying'
      ? { state: 'seconds', seconds: outlook.seconds, netPerSecond: total.count / outlook.seconds }
      : outlook
  const oldest = facts.oldest.get(name)
  return {
    id: name,
    name: destination.texts[language],
    state: stateOf(total, outlook.state, state, pause),
    waiting: total.count,
    urgent: sum((line) => line.urgent),
    oldest: oldest === undefined ? null : { receipt: oldest.receipt, since: oldest.since.toISOString() },
    inPerSecond: (facts.owed.find((one) => one.name === name)?.count ?? 0) / 60,
    outPerSecond: total.rate,
    emptying,
    breaker: breakerOf(state, destination.breaker.trial),
    pause,
    course: courseOf(facts, name),
  }
}

interface Total {
  readonly count: number
  readonly blocked: number
  readonly rate: number
  readonly refused: number
  readonly oldestSeconds: number
}

function stateOf(
  total: Total,
  outlook: string,
  destination: DestinationView | undefined,
  pause: Pause | null,
): QueueState {
  if (pause !== null) return 'paused'
  if (destination?.breaker === 'open') return 'stopped'
  if (destination?.breaker === 'trying') return 'trying'
  if (total.refused > 0 && total.rate === 0) return 'refusing'
  if (total.count === 0 || total.oldestSeconds < quietSeconds) return 'passing'
  // What waits for another destination first is not this one's delay.
  if (total.count === total.blocked || total.oldestSeconds < lateSeconds) return 'waiting'
  return outlook === 'emptying' ? 'draining' : 'late'
}

/** The pause that holds the whole destination; one of a single form kind does not. */
function pauseOf(pauses: readonly PauseRow[], name: string): Pause | null {
  const pause = pauses.find(
    (one) =>
      one.what === 'delivery' &&
      one.service === null &&
      one.formKind === null &&
      (one.destination === null || one.destination === name),
  )
  return pause === undefined ? null : tellPause(pause)
}

export const tellPause = (pause: PauseRow): Pause => ({
  by: pause.owner,
  at: pause.since.toISOString(),
  reason: pause.reason,
})

function breakerOf(state: DestinationView | undefined, trial: number): Breaker {
  if (state === undefined || state.breaker === 'closed') return { state: 'closed' }
  if (state.breaker === 'trying') return { state: 'trying', tried: 0, of: trial }
  return { state: 'open', until: (state.breakerUntil ?? new Date(0)).toISOString() }
}

const minute = 60_000

/** The last hour by minutes; a minute nobody wrote down is a gap, and the present closes the line. */
function courseOf(facts: FlowFacts, name: string): (number | null)[] {
  const known = new Map(
    facts.course.filter((one) => one.destination === name).map((one) => [Math.floor(one.at.getTime() / minute), one]),
  )
  const last = Math.floor(facts.at.getTime() / minute)
  return Array.from({ length: 60 }, (_, index) => known.get(last - 59 + index)?.waiting ?? null)
}
