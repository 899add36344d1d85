import { isUncarried, outlookOf, type Backlog, type Outlook } from '../../delivery/backlog.ts'
import type { DestinationConfig, Route } from '../../delivery/config.ts'
import type { DestinationView } from '../../store/destinations.ts'
import { pausesOver, type Pause as PauseRow, type Paused, type PauseScope } from '../../store/pauses.ts'
import type { Breaker, Emptying, Pause, Queue, QueueState } from '../../web/parts/queue-card.tsx'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'
import type { FlowFacts } from './flow-facts.ts'
import { actorName, scopeName } from './names.ts'

/** Older than this a delivery is late. */
const lateSeconds = 300
/** Younger than this nobody needs to be told that something waits. */
const quietSeconds = 60

/** What queues are told with. */
type Known = Pick<ConsoleDeps, 'destinations' | 'routes'>

/** The queue of every destination, as a card shows it. */
export function queuesOf(known: Known, facts: FlowFacts, view: View): Queue[] {
  return known.destinations.map((destination) => queueOf(known, destination, facts, view))
}

export function queueOf(known: Known, destination: DestinationConfig, facts: FlowFacts, view: View): Queue {
  const { name } = destination
  const lines = facts.backlog.lines.filter((line) => line.destination === name)
  const state = facts.backlog.destinations.find((one) => one.destination === name)
  const holding = holdingOf(known, facts.backlog.pauses, name)
  const isHeld = (line: Backlog): boolean => pausesOver(facts.backlog.pauses, line).length > 0
  const [all, free] = [totalOf(lines), totalOf(lines.filter((line) => !isHeld(line)))]
  // The rate is that of the last minute: what was stopped since then does not go on emptying.
  const stands = state?.breaker === 'open' || isUncarried(facts.backlog, 'delivery')
  const outlook = outlookOf(free, stands ? 0 : free.rate)
  const oldest = facts.oldest.get(name)
  return {
    id: name,
    name: destination.texts[view.language],
    state: stateOf(free, outlook.state, state, holding),
    waiting: all.count,
    urgent: all.urgent,
    oldest: oldest === undefined ? null : { receipt: oldest.receipt, since: oldest.since.toISOString() },
    inPerSecond: (facts.owed.find((one) => one.name === name)?.count ?? 0) / 60,
    outPerSecond: all.rate,
    emptying: all.count > free.count ? { state: 'held' } : emptyingOf(outlook, free.count),
    breaker: breakerOf(state, destination.breaker.trial),
    pauses: holding.pauses.map((pause) => ({
      ...tellPause(view, pause),
      id: String(pause.id),
      part: partOf(view, pause, name),
      everywhere: pause.destination === null && known.destinations.length > 1,
    })),
    course: courseOf(facts, name),
  }
}

function totalOf(lines: readonly Backlog[]): Total {
  const sum = (figure: (line: Backlog) => number): number => lines.reduce((total, line) => total + figure(line), 0)
  return {
    count: sum((line) => line.count),
    blocked: sum((line) => line.blocked),
    fresh: sum((line) => line.fresh),
    urgent: sum((line) => line.urgent),
    rate: sum((line) => line.rate),
    refused: sum((line) => line.refused),
    oldestSeconds: Math.max(0, ...lines.map((line) => line.oldestSeconds)),
  }
}

const emptyingOf = (outlook: Outlook, count: number): Emptying =>
  outlook.state === 'emptying'
    ? { state: 'seconds', seconds: outlook.seconds, netPerSecond: count / outlook.seconds }
    : outlook

interface Total {
  readonly count: number
  readonly blocked: number
  readonly fresh: number
  readonly urgent: number
  readonly rate: number
  readonly refused: number
  readonly oldestSeconds: number
}

/** The state of what is not paused, unless that is fine and the rest is held. */
function stateOf(
  free: Total,
  outlook: Outlook['state'],
  destination: DestinationView | undefined,
  holding: Holding,
): QueueState {
  if (holding.held === 'whole') return 'paused'
  const state = stateOfFree(free, outlook, destination)
  const isFine = state === 'passing' || state === 'waiting' || state === 'draining'
  return isFine && holding.held === 'part' ? 'paused-in-part' : state
}

function stateOfFree(total: Total, outlook: Outlook['state'], destination: DestinationView | undefined): QueueState {
  if (destination?.breaker === 'open') return 'stopped'
  if (destination?.breaker === 'trying') return 'trying'
  if (total.refused > 0 && total.rate === 0) return 'refusing'
  if (total.count === 0 || total.oldestSeconds < quietSeconds) return 'passing'
  // What waits for another destination first is not this one's delay.
  if (total.count === total.blocked || total.oldestSeconds < lateSeconds) return 'waiting'
  return outlook === 'emptying' ? 'draining' : 'late'
}

interface Holding {
  readonly held: 'none' | 'part' | 'whole'
  /** Every pause of this destination, also one that holds nothing. */
  readonly pauses: readonly PauseRow[]
}

/** How much of what is routed to a destination people keep paused, and with which pauses. */
function holdingOf({ routes }: Known, pauses: readonly PauseRow[], destination: string): Holding {
  const routed = routedTo(routes, destination).map((at) => pausesOver(pauses, at))
  const holding = pauses.filter((pause) => touches(routes, pause, destination))
  const isHeld = (over: readonly PauseRow[]): boolean => over.length > 0
  const isWhole = holding.some((pause) => holdsAll(pause, destination)) || (routed.length > 0 && routed.every(isHeld))
  const held = isWhole ? 'whole' : routed.some(isHeld) ? 'part' : 'none'
  return { held, pauses: holding }
}

/** Everything that is routed to a destination, as pauses look at it. */
const routedTo = (routes: readonly Route[], destination: string): Paused[] =>
  routes
    .filter((route) => route.destination === destination)
    .flatMap(({ service, formKinds }) => formKinds.map((formKind) => ({ destination, service, formKind })))

/**
 * Whether a pause of forwarding is one of this destination: it names it, whatever the form kind, or it holds something
 * that is routed there.
 */
export const touches = (routes: readonly Route[], pause: PauseScope, destination: string): boolean =>
  pause.what === 'delivery' &&
  (pause.destination === destination ||
    holdsAll(pause, destination) ||
    routedTo(routes, destination).some((at) => pausesOver([pause], at).length > 0))

/** The part of a destination that a pause holds, in words; null for all of it. */
export const partOf = (view: View, pause: PauseScope, destination: string): string | null =>
  holdsAll(pause, destination) ? null : scopeName(view, [], { ...pause, destination: null })

/** Of the whole destination, whatever goes there. */
const holdsAll = ({ what, destination, service, formKind }: PauseScope, name: string): boolean =>
  what === 'delivery' && service === null && formKind === null && (destination === null || destination === name)

export const tellPause = (view: View, pause: PauseRow): Pause => ({
  by: actorName(view, pause.owner),
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
