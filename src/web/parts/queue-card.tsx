import type { ComponentChildren } from 'preact'
import { addresses } from '../addresses.ts'
import type { View } from '../view.ts'
import { Sparkline } from './charts/sparkline.tsx'
import type { Value } from './charts/scale.ts'
import { Chip } from './chip.tsx'
import { states, type StateName } from './states.ts'
import { Since, Time } from './time.tsx'

export type QueueState = Extract<
  StateName,
  | 'passing'
  | 'waiting'
  | 'draining'
  | 'late'
  | 'trying'
  | 'refusing'
  | 'stopped'
  | 'paused'
  | 'paused-in-part'
  | 'not-known'
>

/** When the backlog will be empty, with what that rests on. */
export type Emptying =
  | { readonly state: 'empty' }
  | { readonly state: 'seconds'; readonly seconds: number; readonly netPerSecond: number }
  | { readonly state: 'growing' }
  | { readonly state: 'standing' }
  /** What waits is held by a pause, at least a part of it. */
  | { readonly state: 'held' }
  | { readonly state: 'not-known'; readonly since: string }

export type Breaker =
  | { readonly state: 'closed' }
  | { readonly state: 'trying'; readonly tried: number; readonly of: number }
  | { readonly state: 'open'; readonly until: string }

export interface Pause {
  readonly by: string
  readonly at: string
  readonly reason: string
}

/** A pause that holds a queue or a part of it. */
export interface QueuePause extends Pause {
  readonly id: string
  /** The part it holds, in the reader's words; null for the whole queue. */
  readonly part: string | null
  /** It holds other destinations as well. */
  readonly everywhere: boolean
}

/** The queue of one destination. Numbers that cannot be had are `null` and shown as not known since `asOf`. */
export interface Queue {
  readonly id: string
  readonly name: string
  readonly state: QueueState
  readonly waiting: number | null
  readonly urgent: number
  readonly oldest: { readonly receipt: string | null; readonly since: string } | null
  readonly inPerSecond: number | null
  readonly outPerSecond: number | null
  readonly emptying: Emptying
  readonly breaker: Breaker
  /** Everything that holds it or a part of it, oldest first. */
  readonly pauses: readonly QueuePause[]
  /** Backlog of the last hour, oldest first, `null` where it was not measured. */
  readonly course: readonly Value[]
}

/** Since when the oldest delivery of a queue waits, with the way to it. */
export function Oldest({ view, queue }: { view: View; queue: Pick<Queue, 'oldest' | 'waiting'> }) {
  const { oldest, waiting } = queue
  if (oldest === null) return <>{waiting === 0 ? view.t.nothingWaits : view.t.notKnown}</>
  const since = <Since view={view} at={oldest.since} />
  return oldest.receipt === null ? since : <a href={addresses.traceOf(oldest.receipt)}>{since}</a>
}

export function QueueCard({ view, queue }: { view: View; queue: Queue }) {
  const { t, f } = view
  return (
    <article class={`card queue edge-${states[queue.state].tone}`} id={`queue-${queue.id}`}>
      <header>
        <h3>
          <a href={addresses.destination(queue.id)} data-row>
            {queue.name}
          </a>
        </h3>
        <Chip view={view} state={queue.state} />
      </header>
      <div class="figure-line">
        <p class="figure">
          <strong>{queue.waiting === null ? '–' : f.number(queue.waiting)}</strong>{' '}
          <span>{queue.waiting === null ? t.waitingNotKnown : t.waitingWord(queue.waiting)}</span>
        </p>
        <Sparkline values={queue.course} sentence={courseSentence(view, queue.course)} />
      </div>
      <dl class="pairs">
        <Pair name={t.oldest}>
          <Oldest view={view} queue={queue} />
        </Pair>
        <Pair name={t.empties}>{emptyingText(view, queue.emptying)}</Pair>
        <Pair name={t.inOut}>
          {rateText(view, queue.inPerSecond)} · {rateText(view, queue.outPerSecond)}
        </Pair>
        <Pair name={t.breaker}>{breakerText(view, queue.breaker)}</Pair>
        {queue.urgent > 0 && <Pair name={t.urgentWaiting}>{f.number(queue.urgent)}</Pair>}
      </dl>
      <PauseLines view={view} queue={queue} />
    </article>
  )
}

/** Every pause of a queue, with the part it holds. */
export function PauseLines({ view, queue }: { view: View; queue: Pick<Queue, 'pauses'> }) {
  return (
    <>
      {queue.pauses.map((pause) => (
        <PauseLine key={pause.id} view={view} pause={pause} part={pause.part} />
      ))}
    </>
  )
}

function Pair({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** Who paused it, when and why. */
export function PauseLine({
  view,
  pause,
  part = null,
  closed = false,
}: {
  view: View
  pause: Pause
  part?: string | null
  closed?: boolean
}) {
  return (
    <p class="pause-line">
      {part !== null && (
        <strong>
          {part}
          {view.f.colon}
        </strong>
      )}
      {(closed ? view.t.servicePage.closedBy : view.t.pausedBy)(pause.by)} <Time view={view} at={pause.at} />
      {view.f.colon}
      <q>{pause.reason}</q>
    </p>
  )
}

export function rateText(view: View, perSecond: number | null): string {
  return perSecond === null ? view.t.notKnown : view.f.rate(perSecond)
}

export function emptyingText(view: View, emptying: Emptying): string {
  const { t, f } = view
  if (emptying.state === 'seconds') return t.emptyIn(f.duration(emptying.seconds), f.rate(emptying.netPerSecond))
  if (emptying.state === 'not-known') return t.notKnownFrom(f.time(emptying.since, view.now))
  return { empty: t.nothingWaits, growing: t.growing, standing: t.standing, held: t.notWhilePaused }[emptying.state]
}

export function breakerText(view: View, breaker: Breaker): string {
  const { t, f } = view
  if (breaker.state === 'open') return t.breakerOpen(f.time(breaker.until, view.now))
  return breaker.state === 'closed' ? t.breakerClosed : t.breakerTrying(breaker.tried, breaker.of)
}

function courseSentence(view: View, course: readonly Value[]): string {
  const known = course.filter((value) => value !== null)
  const first = known[0]
  const last = known.at(-1)
  if (first === undefined || last === undefined) return view.t.courseNotKnown
  return view.t.course(view.f.number(first), view.f.number(last))
}
