import type { AlertKind } from '../../store/alerts.ts'
import type { Database } from '../../store/connect.ts'
import { latestEvents, type EventRow } from '../../store/console-events.ts'
import { silentSeconds, type NodeRow } from '../../store/nodes.ts'
import { addresses } from '../../web/addresses.ts'
import { overviewLive, overviewPage, type Event, type Overview } from '../../web/pages/overview.tsx'
import type { Flow, HubNode, NodeState, Source } from '../../web/parts/flow.tsx'
import type { Queue, QueueState } from '../../web/parts/queue-card.tsx'
import { feedKindWords } from '../../web/texts/lab-words.ts'
import { hubRoleWords, kindWords, senderKindWords, stopWords } from '../../web/texts/words.ts'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'
import { readFlow, type FlowFacts } from './flow-facts.ts'
import type { LivePart } from './live.ts'
import { actorName, destinationName, scopeName } from './names.ts'
import { queuesOf } from './queues.ts'
import type { Screens } from './screens.ts'

interface Facts {
  readonly flow: FlowFacts
  readonly events: readonly EventRow[]
}

const eventsShown = 10

export function overviewScreen(screens: Screens, deps: ConsoleDeps): void {
  screens.show(addresses.overview, 'see-operations', async ({ view }) =>
    overviewPage(view, tell(deps, view, await read(deps.db, deps.now()))),
  )
}

/** The live part of the overview. */
export function overviewStream(deps: ConsoleDeps): LivePart<Facts> {
  return {
    read: () => read(deps.db, deps.now()),
    show: (view, facts) => overviewLive(view, tell(deps, view, facts)),
  }
}

async function read(db: Database, now: Date): Promise<Facts> {
  const [flow, events] = await Promise.all([readFlow(db, now), latestEvents(db, eventsShown)])
  return { flow, events }
}

function tell(deps: ConsoleDeps, view: View, { flow, events }: Facts): Overview {
  const queues = queuesOf(deps, flow, view)
  return {
    asOf: flow.at.toISOString(),
    sources: sourcesOf(view, flow),
    nodes: flow.nodes.filter((node) => node.state !== 'stopped').map(nodeOf),
    books: booksOf(flow),
    queues,
    events: [...unwritten(flow, queues, events), ...events.flatMap((row) => tellEvent(deps, view, row))],
  }
}

/** How a queue that does not pass is told before anybody wrote it down. */
const queueWords: Readonly<Partial<Record<QueueState, Event['happened']>>> = {
  stopped: 'breaker-open',
  trying: 'breaker-open',
  refusing: 'refusing',
  late: 'late',
}

/**
 * What the queues show and no event says yet: alarms are raised seconds later, with no node that watches not at all, and
 * for refusals never. The list must not say that nothing happened beside a queue that stands still.
 */
function unwritten(flow: FlowFacts, queues: readonly Queue[], events: readonly EventRow[]): Event[] {
  return queues.flatMap(({ id, name, state, oldest }) => {
    const happened = queueWords[state]
    // The newest of its kind: one that is over tells of another time.
    const last = events.find(({ kind, scope }) => scope === id && happenedNow(kind) === happened)
    if (happened === undefined || last?.what === 'alert-began') return []
    const at = (state === 'late' ? oldest?.since : undefined) ?? flow.at.toISOString()
    return [{ id: `queue-${id}`, at, happened, what: name, by: null, reason: null, address: addresses.destination(id) }]
  })
}

const happenedNow = (kind: string): Event['happened'] | undefined =>
  Object.hasOwn(alertWords, kind) ? alertWords[kind as AlertKind][0] : undefined

function sourcesOf(view: View, flow: FlowFacts): Source[] {
  const closed = flow.backlog.pauses.some(
    (pause) => pause.what === 'intake' && pause.service === null && pause.formKind === null,
  )
  // Somebody trying things out is no feed that could fall silent, and the hub's own probes are nobody's.
  const shown = flow.arrived.filter(({ name, count }) => name !== 'probe' && (count > 0 || name !== 'development'))
  return shown.map(({ name, count }) => ({
    id: name,
    name: view.word(senderKindWords, name),
    state: closed ? 'closed' : count > 0 ? 'passing' : 'silent',
    perSecond: count / 60,
  }))
}

const awaySeconds = 60

export function nodeState(node: NodeRow): NodeState {
  if (node.state === 'stopped' || node.silentFor > awaySeconds) return 'away'
  if (node.silentFor > silentSeconds) return 'silent'
  return node.state === 'draining' ? 'stopping' : 'running'
}

function nodeOf(node: NodeRow): HubNode {
  return { name: node.name, state: nodeState(node), spooled: Number(node.facts['spoolFrames'] ?? 0) }
}

/** Balanced only when somebody looks: without a living node that watches the books are not known. */
function booksOf(flow: FlowFacts): Flow['books'] {
  if (flow.alerts.some((alert) => alert.kind === 'books-differ' || alert.kind === 'spooled-missing')) return 'differs'
  const watched = flow.nodes.some((node) => node.roles.includes('watch') && nodeState(node) === 'running')
  return watched ? 'balanced' : 'not-known'
}

const alertWords = {
  'node-silent': ['node-away', 'node-back'],
  'role-uncarried': ['role-missing', 'role-back'],
  'kept-for-node': ['kept-for-node', 'kept-no-more'],
  'spool-in-use': ['spooling', 'unspooled'],
  'spool-aside': ['set-aside', 'none-aside'],
  'destination-late': ['late', 'caught-up'],
  'breaker-open': ['breaker-open', 'breaker-closed'],
  'books-differ': ['books-differ', 'books-agree'],
  'spooled-missing': ['spooled-missing', 'spooled-found'],
  'database-away': ['database-away', 'database-back'],
  'steps-stuck': ['stuck', 'unstuck'],
  'probe-failed': ['probe-failed', 'probe-passed'],
  'pack-demoted': ['pack-demoted', 'pack-settled'],
  'pack-withholds': ['pack-withholds', 'pack-within'],
  'pack-proof-fails': ['proof-fails', 'proof-holds'],
  'rule-barred': ['rule-barred', 'rule-asked'],
  'feed-disturbed': ['feed-disturbed', 'feed-well'],
  'paused-late': ['paused-late', 'paused-late-over'],
  'emergency-access': ['emergency-access', 'emergency-over'],
  'refusals-unusual': ['refusing-more', 'refusing-as-usual'],
} as const satisfies Readonly<Record<AlertKind, readonly [began: Event['happened'], ended: Event['happened']]>>

function tellEvent(deps: ConsoleDeps, view: View, row: EventRow): Event[] {
  const happened = happenedOf(row)
  if (happened === undefined) return []
  return [
    {
      id: row.id,
      at: row.at.toISOString(),
      happened,
      what: whatOf(deps, view, row),
      by: row.by === null ? null : actorName(view, row.by),
      reason: row.reason,
      address: addressOf(row),
    },
  ]
}

function happenedOf(row: EventRow): Event['happened'] | undefined {
  if (row.what !== 'alert-began' && row.what !== 'alert-ended') return row.what
  // A kind of another version of the hub has no words here.
  if (!Object.hasOwn(alertWords, row.kind)) return undefined
  return alertWords[row.kind as AlertKind][row.what === 'alert-began' ? 0 : 1]
}

function whatOf(deps: ConsoleDeps, view: View, row: EventRow): string {
  if (row.what === 'replay-started' || row.what === 'replay-done') {
    return destinationName(deps.destinations, row.destination ?? '', view.language)
  }
  if (row.scope !== null) return scopeOf(deps, view, row, row.scope)
  return row.what === 'marked-urgent' ? '' : scopeName(view, deps.destinations, row)
}

/** What an alert is about, by its name. */
function scopeOf(deps: ConsoleDeps, view: View, { kind, since }: EventRow, scope: string): string {
  const destination = (name: string): string => destinationName(deps.destinations, name, view.language)
  if (kind === 'probe-failed') {
    const [node = '', stop = ''] = scope.split(': ')
    return `${node}: ${Object.hasOwn(stopWords, stop) ? view.word(stopWords, stop) : destination(stop)}`
  }
  if (kind === 'feed-disturbed') {
    const place = scope.lastIndexOf(' ')
    return `${scope.slice(0, place)} (${view.word(feedKindWords, scope.slice(place + 1))})`
  }
  if (kind === 'role-uncarried') return view.word(hubRoleWords, scope)
  if (kind === 'emergency-access') return scope.split(' ')[0] ?? ''
  if (kind === 'refusals-unusual') {
    const { service, formKind, code, ...to } = refusedOf(scope)
    const named = { ...to, formKind, service: formKind === null ? service : null }
    return `${scopeName(view, deps.destinations, named)} (${code})`
  }
  if (kind !== 'paused-late' || since === null) return destination(scope)
  return `${destination(scope)} (${view.t.checks.since(view.f.time(since, view.now))})`
}

/** What the scope of unusual refusals names: a form kind, or a destination, or neither for what nobody can read. */
function refusedOf(scope: string) {
  const [service = '', at = '', ...code] = scope.split(' ')
  const isKind = Object.hasOwn(kindWords, at)
  const destination = isKind || at === '' ? null : at
  return { service, formKind: isKind ? at : null, destination, code: code.join(' ') }
}

function addressOf(row: EventRow): string | null {
  if (row.what === 'marked-urgent') return row.scope === null ? null : addresses.traceOf(row.scope)
  if (row.what === 'replay-started' || row.what === 'replay-done') return addresses.replay(row.scope ?? '')
  if (/^(node-silent|role-uncarried|kept-for-node|spool-in-use|spool-aside|database-away)$/.test(row.kind))
    return addresses.nodes
  if (row.kind === 'books-differ' || row.kind === 'spooled-missing') return addresses.books
  if (row.kind.startsWith('pack-')) return addresses.pack(row.scope ?? '')
  if (row.kind === 'rule-barred') return addresses.pack(row.scope?.split(' ')[0] ?? '')
  if (row.kind === 'feed-disturbed') return addresses.feeds()
  if (row.kind === 'emergency-access') return addresses.emergencies
  if (row.kind === 'refusals-unusual') {
    const { service, destination } = refusedOf(row.scope ?? '')
    return destination === null ? addresses.service(service) : addresses.destination(destination)
  }
  if (/^(destination-late|breaker-open|paused-late)$/.test(row.kind)) return addresses.destination(row.scope ?? '')
  if (row.destination !== null) return addresses.destination(row.destination)
  return row.service === null ? null : addresses.service(row.service)
}
