import { addresses } from '../addresses.ts'
import { FlowPicture, type Flow } from '../parts/flow.tsx'
import { Headline, Live } from '../parts/live.tsx'
import { Empty } from '../parts/notices.tsx'
import { emptyingText, QueueCard, rateText, type Queue } from '../parts/queue-card.tsx'
import { fragment, page } from '../parts/shell.tsx'
import { severity, states, stateWord } from '../parts/states.ts'
import { Table } from '../parts/table.tsx'
import { Since } from '../parts/time.tsx'
import type { View } from '../view.ts'

/** Something that happened to a queue, a node, a service or a message; `what` is its name. */
export interface Event {
  readonly id: string
  readonly at: string
  readonly happened: keyof View['t']['events']
  readonly what: string
  /** Who did it, and why, when somebody did. */
  readonly by: string | null
  readonly reason: string | null
  /** Where it can be read in full. */
  readonly address: string | null
}

/** What the operations console shows; the first page of whoever keeps the hub. */
export interface Overview extends Flow {
  /** When these figures were measured. */
  readonly asOf: string
  /** Newest first, at most ten are shown. */
  readonly events: readonly Event[]
}

/** The whole page. */
export function overviewPage(view: View, overview: Overview): string {
  return page(
    view,
    { title: overviewSentence(view, overview.queues), section: addresses.overview },
    <Live view={view} page="overview">
      <Inside view={view} overview={overview} />
    </Live>,
  )
}

/** The inside of the live part, for the stream. */
export function overviewLive(view: View, overview: Overview): string {
  return fragment(<Inside view={view} overview={overview} />)
}

function Inside({ view, overview }: { view: View; overview: Overview }) {
  const { t, f } = view
  const sorted = worstFirst(overview.queues)
  return (
    <>
      <Headline view={view} sentence={overviewSentence(view, overview.queues)} asOf={overview.asOf} />
      <section class="flow-section" aria-labelledby="flow-title">
        <h2 id="flow-title">{t.flow.title}</h2>
        <FlowPicture view={view} flow={overview} />
        <FlowTables view={view} overview={overview} />
      </section>
      <section aria-labelledby="queues-title">
        <h2 id="queues-title">{t.queuesTitle}</h2>
        {sorted.length === 0 ? (
          <Empty sentence={t.noQueues} />
        ) : (
          <div class="cards">
            {sorted.map((queue) => (
              <QueueCard key={queue.id} view={view} queue={queue} />
            ))}
          </div>
        )}
      </section>
      <section aria-labelledby="events-title">
        <h2 id="events-title">{t.lastEvents}</h2>
        {overview.events.length === 0 ? (
          <Empty sentence={t.noEvents} />
        ) : (
          <ol class="events">
            {overview.events.slice(0, 10).map((event) => (
              <li key={event.id}>
                <time datetime={event.at}>{f.time(event.at, view.now)}</time>
                <EventLine view={view} event={event} />
              </li>
            ))}
          </ol>
        )}
      </section>
    </>
  )
}

function EventLine({ view, event }: { view: View; event: Event }) {
  const { f } = view
  const sentence = view.t.events[event.happened](event.what)
  return (
    <span>
      {event.address === null ? sentence : <a href={event.address}>{sentence}</a>}
      {event.by !== null && ` ${view.t.by(event.by)}`}
      {event.reason !== null && (
        <>
          {f.colon}
          <q>{event.reason}</q>
        </>
      )}
    </span>
  )
}

/** The same figures as the picture, for those who read rather than see. */
function FlowTables({ view, overview }: { view: View; overview: Overview }) {
  const { t, f } = view
  const none = t.notKnown
  return (
    <details class="as-table" id="flow-table">
      <summary>{t.asTable}</summary>
      <Table
        caption={t.flow.senders}
        rows={overview.sources}
        rowKey={(source) => source.id}
        columns={[
          { heading: t.sender, cell: (source) => source.name },
          { heading: t.state, cell: (source) => stateWord(source.state, view.language) },
          { heading: t.rateIn, number: true, cell: (source) => rateText(view, source.perSecond) },
        ]}
      />
      <Table<Queue>
        caption={t.flow.destinations}
        rows={overview.queues}
        rowKey={(queue) => queue.id}
        columns={[
          { heading: t.destination, cell: (queue) => queue.name },
          { heading: t.state, cell: (queue) => stateWord(queue.state, view.language) },
          { heading: t.rateOut, number: true, cell: (queue) => rateText(view, queue.outPerSecond) },
          {
            heading: t.waiting,
            number: true,
            cell: (queue) => (queue.waiting === null ? none : f.number(queue.waiting)),
          },
          {
            heading: t.oldest,
            cell: (queue) => (queue.oldest === null ? t.nothingWaits : <Since view={view} at={queue.oldest.since} />),
          },
          { heading: t.empties, cell: (queue) => emptyingText(view, queue.emptying) },
        ]}
      />
    </details>
  )
}

const weight = (queue: Queue) => severity[states[queue.state].tone]

/** Worst first; within one state the larger backlog first, then by name so that the order does not dance. */
export function worstFirst(queues: readonly Queue[]): Queue[] {
  return queues.toSorted(
    (a, b) => weight(a) - weight(b) || (b.waiting ?? 0) - (a.waiting ?? 0) || a.name.localeCompare(b.name),
  )
}

/** The answer to why somebody opens the console, worst first. */
export function overviewSentence(view: View, queues: readonly Queue[]): string {
  const { t } = view
  if (queues.length === 0) return t.noQueues
  const counted = (names: readonly Queue['state'][]) => queues.filter((queue) => names.includes(queue.state)).length
  const groups = [
    { count: counted(['stopped', 'refusing']), of: t.queues.stopped, also: t.queues.alsoStopped },
    { count: counted(['late', 'trying']), of: t.queues.late, also: t.queues.alsoLate },
    { count: counted(['paused']), of: t.queues.paused, also: t.queues.alsoPaused },
    { count: counted(['paused-in-part']), of: t.queues.partly, also: t.queues.alsoPartly },
    { count: counted(['not-known']), of: t.queues.notKnown, also: t.queues.alsoNotKnown },
  ].filter((group) => group.count > 0)
  const [worst, ...others] = groups
  if (worst === undefined) return t.queues.fine(queues.length)
  return [worst.of(worst.count, queues.length), ...others.map((group) => group.also(group.count))].join(', ')
}
