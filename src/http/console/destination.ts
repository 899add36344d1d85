import type { DestinationConfig } from '../../delivery/config.ts'
import { SluisError } from '../../kernel/errors.ts'
import { pausesSince, type PauseSpan } from '../../store/console-events.ts'
import { flowSince, waitingByAge, waitingBySender, type FlowMinute } from '../../store/flow.ts'
import { heldAtMost, heldLines, type HeldLine } from '../../store/holds.ts'
import { pausesOver } from '../../store/pauses.ts'
import { answersSince, type TallyLine } from '../../store/tally.ts'
import { addresses } from '../../web/addresses.ts'
import { destinationLive, destinationPage, type Destination, type Window } from '../../web/pages/destination.tsx'
import type { View } from '../../web/view.ts'
import { midnight } from './brussels-time.ts'
import { csv, sendCsv } from './csv.ts'
import type { ConsoleDeps } from './deps.ts'
import { readFlow, type FlowFacts } from './flow-facts.ts'
import { queryText } from './forms.ts'
import type { LivePart } from './live.ts'
import { actorName } from './names.ts'
import { partOf, queueOf, touches } from './queues.ts'
import { tellRefusals } from './refusal-lines.ts'
import type { Screens } from './screens.ts'
import { tellHold } from './tell-message.ts'

/** What the moving part of the page needs; the rest is read once, when the page is opened. */
interface Moving {
  readonly flow: FlowFacts
  readonly answers: readonly TallyLine[]
}

/** What stands still until the page is opened again. */
interface Standing {
  readonly minutes: readonly FlowMinute[]
  readonly senders: Awaited<ReturnType<typeof waitingBySender>>
  readonly ages: readonly number[]
  readonly pauses: readonly PauseSpan[]
  readonly held: readonly HeldLine[]
}

const nothing: Standing = { minutes: [], senders: [], ages: [], pauses: [], held: [] }

const hours: Readonly<Record<Window, number>> = { '1h': 1, '6h': 6, '24h': 24 }
const sendersShown = 10
/** Fewer than 200 points in a chart: each is so many minutes. */
const minutesAPoint: Readonly<Record<Window, number>> = { '1h': 1, '6h': 2, '24h': 10 }

export function destinationScreen(screens: Screens, deps: ConsoleDeps): void {
  screens.show('/destinations/:id', 'see-operations', async ({ request, view }) => {
    const destination = destinationOf(deps, request.params)
    const window = windowOf(queryText(request.query, 'window'))
    const [moving, standing] = await Promise.all([
      readMoving(deps, destination.name),
      readStanding(deps, destination.name, window),
    ])
    return destinationPage(view, tell(deps, view, destination, window, moving, standing))
  })
  screens.show('/destinations/:id/history.csv', 'see-operations', async ({ request, reply }) => {
    const { name } = destinationOf(deps, request.params)
    const window = windowOf(queryText(request.query, 'window'))
    const minutes = await flowSince(deps.db, name, since(deps.now(), window))
    const rows = minutes.map((one) => [one.at.toISOString(), one.owed, one.answered, one.waiting])
    return sendCsv(reply, `${name}-${window}.csv`, csv(['at', 'owed', 'answered', 'waiting'], rows))
  })
}

export function destinationStream(deps: ConsoleDeps, id: string): LivePart<Moving> | null {
  const destination = deps.destinations.find((one) => one.name === id)
  if (destination === undefined) return null
  return {
    read: () => readMoving(deps, id),
    show: (view, moving) => destinationLive(view, tell(deps, view, destination, '1h', moving, nothing)),
  }
}

/** The destination of an address. Throws `not-found`. */
export function destinationOf(deps: ConsoleDeps, params: unknown): DestinationConfig {
  const { id } = params as { id: string }
  const found = deps.destinations.find((one) => one.name === id)
  if (found === undefined) throw new SluisError('not-found', { path: addresses.destination(id.slice(0, 60)) })
  return found
}

const windowOf = (text: string): Window => (text === '6h' || text === '24h' ? text : '1h')

const since = (now: Date, window: Window): Date => new Date(now.getTime() - hours[window] * 3_600_000)

async function readMoving(deps: ConsoleDeps, name: string): Promise<Moving> {
  const now = deps.now()
  const [flow, answers] = await Promise.all([readFlow(deps.db, now), answersSince(deps.db, name, midnight(now))])
  return { flow, answers }
}

async function readStanding(deps: ConsoleDeps, name: string, window: Window): Promise<Standing> {
  const from = since(deps.now(), window)
  const [minutes, senders, ages, pauses, held] = await Promise.all([
    flowSince(deps.db, name, from),
    waitingBySender(deps.db, name),
    waitingByAge(deps.db, name),
    pausesSince(deps.db, name, from),
    heldLines(deps.db, name),
  ])
  return { minutes, senders, ages, pauses: pauses.filter((pause) => touches(deps.routes, pause, name)), held }
}

function tell(
  deps: ConsoleDeps,
  view: View,
  destination: DestinationConfig,
  window: Window,
  { flow, answers }: Moving,
  standing: Standing,
): Destination {
  const answered = (what: TallyLine['what']): number =>
    answers.filter((line) => line.what === what).reduce((sum, line) => sum + line.count, 0)
  const state = flow.backlog.destinations.find((one) => one.destination === destination.name)
  const lastAnswer = [state?.lastSuccessAt, state?.lastFailureAt].filter((at) => at != null)
  return {
    asOf: flow.at.toISOString(),
    queue: queueOf(deps, destination, flow, view),
    limit: {
      perSecond: destination.maxPerSecond,
      lanes: destination.concurrency,
      rising: state === undefined || state.pace === 0 ? null : state.pace,
    },
    acknowledgedToday: answered('acknowledged'),
    refusedToday: answered('refused-by-destination'),
    lastAnswerAt: lastAnswer.length === 0 ? null : latest(lastAnswer).toISOString(),
    window,
    history: historyOf(view, flow.at, window, destination.name, standing),
    byKind: byKind(deps, destination.name, flow),
    bySender: standing.senders.slice(0, sendersShown).map((sender) => ({
      id: String(sender.id),
      name: sender.name,
      waiting: sender.waiting,
      oldestSince: sender.oldest.toISOString(),
    })),
    otherSenders: Math.max(0, standing.senders.length - sendersShown),
    byAge: agesOf(standing.ages),
    held: standing.held.map((line) => ({
      kind: line.formKind,
      by: tellHold(line),
      count: line.count,
      since: line.since.toISOString(),
    })),
    heldMost: standing.held.reduce((sum, { count }) => sum + count, 0) >= heldAtMost ? heldAtMost : null,
    refusals: tellRefusals(
      view,
      answers.filter((line) => line.what === 'refused-by-destination'),
    ),
  }
}

const latest = (moments: readonly Date[]): Date => moments.reduce((last, one) => (one > last ? one : last))

function byKind(deps: ConsoleDeps, name: string, { backlog }: FlowFacts): Destination['byKind'] {
  const routed = deps.routes.filter((route) => route.destination === name)
  const kinds = new Map(routed.flatMap(({ service, formKinds }) => formKinds.map((kind) => [kind, service] as const)))
  return [...kinds].map(([kind, service]) => {
    const lines = backlog.lines.filter((line) => line.destination === name && line.formKind === kind)
    const oldest = lines.flatMap((line) => (line.oldest === null ? [] : [line.oldest]))
    return {
      kind,
      waiting: lines.reduce((sum, line) => sum + line.count, 0),
      oldestSince: oldest.length === 0 ? null : oldest.reduce((a, b) => (b < a ? b : a)).toISOString(),
      paused: pausesOver(backlog.pauses, { destination: name, service, formKind: kind }).length > 0,
    }
  })
}

const ageSteps = [0, 60, 600, 3_600, 86_400] as const

function agesOf(counts: readonly number[]): Destination['byAge'] {
  return counts.map((count, index) => ({
    fromSeconds: ageSteps[index] ?? 0,
    toSeconds: ageSteps[index + 1] ?? null,
    count,
  }))
}

/** Steps of equal length; one in which nothing was written down is a gap, never a zero. */
function historyOf(
  view: View,
  now: Date,
  window: Window,
  destination: string,
  standing: Standing,
): Destination['history'] {
  const from = since(now, window)
  const step = minutesAPoint[window] * 60_000
  const points = (hours[window] * 3_600_000) / step
  const inStep = Array.from({ length: points }, (): FlowMinute[] => [])
  for (const minute of standing.minutes) inStep[Math.floor((minute.at.getTime() - from.getTime()) / step)]?.push(minute)
  const average = (figure: (minute: FlowMinute) => number) =>
    inStep.map((minutes) =>
      minutes.length === 0 ? null : Math.round(minutes.reduce((sum, one) => sum + figure(one), 0) / minutes.length),
    )
  return {
    from: from.toISOString(),
    to: now.toISOString(),
    in: average((one) => one.owed),
    out: average((one) => one.answered),
    backlog: average((one) => one.waiting),
    marks: standing.pauses.flatMap((pause) => marksOf(view, pause, destination, from)),
  }
}

/** Beginning and end of a pause, with the part of the destination it held. */
function marksOf(view: View, pause: PauseSpan, destination: string, from: Date): Destination['history']['marks'] {
  const part = partOf(view, pause, destination)
  const before = part === null ? '' : `${part}${view.f.colon}`
  const began = `${before}${view.t.pausedMark(actorName(view, pause.owner), pause.reason)}`
  return [
    ...(pause.since >= from ? [{ at: pause.since.toISOString(), text: began }] : []),
    ...(pause.endedAt === null ? [] : [{ at: pause.endedAt.toISOString(), text: `${before}${view.t.resumedMark}` }]),
  ]
}
