import type { Mark } from '../parts/charts/line-chart.tsx'
import type { Value } from '../parts/charts/scale.ts'
import { Chip } from '../parts/chip.tsx'
import { Definitions } from '../parts/definitions.tsx'
import { Headline, Live } from '../parts/live.tsx'
import { Empty } from '../parts/notices.tsx'
import { breakerText, emptyingText, Oldest, PauseLines, rateText, type Queue } from '../parts/queue-card.tsx'
import { fragment, page } from '../parts/shell.tsx'
import { Time } from '../parts/time.tsx'
import type { View } from '../view.ts'
import { Acts } from '../parts/destination-acts.tsx'
import { Backlog, History } from '../parts/destination-course.tsx'
import { Held, type HeldDeliveries } from '../parts/destination-held.tsx'
import { RefusalTable, type Refusal } from '../parts/refusals.tsx'

export type Window = '1h' | '6h' | '24h'

/** Everything about one destination. Figures that cannot be had are `null`. */
export interface Destination {
  readonly asOf: string
  readonly queue: Queue
  readonly limit: {
    /** Null without a fixed limit. */
    readonly perSecond: number | null
    readonly lanes: number
    /** The present limit while it rises after an outage; null when it stands at its top. */
    readonly rising: number | null
  }
  readonly acknowledgedToday: number | null
  readonly refusedToday: number | null
  readonly lastAnswerAt: string | null
  readonly window: Window
  /** Equal steps from `from` to `to`, fewer than 200; rates per minute, backlog in deliveries. */
  readonly history: {
    readonly from: string
    readonly to: string
    readonly in: readonly Value[]
    readonly out: readonly Value[]
    readonly backlog: readonly Value[]
    readonly marks: readonly Mark[]
  }
  readonly byKind: readonly {
    readonly kind: string
    readonly waiting: number
    readonly oldestSince: string | null
    readonly paused: boolean
  }[]
  /** The senders with most waiting, and how many others there are. */
  readonly bySender: readonly {
    readonly id: string
    readonly name: string
    readonly waiting: number
    readonly oldestSince: string
  }[]
  readonly otherSenders: number
  /** Waiting by age; `toSeconds` null means older. */
  readonly byAge: readonly { readonly fromSeconds: number; readonly toSeconds: number | null; readonly count: number }[]
  readonly refusals: readonly Refusal[]
  /** Deliveries that wait for a rule or a person to let go, by activation; `heldMost` when more may be held. */
  readonly held: readonly HeldDeliveries[]
  readonly heldMost: number | null
}

export function destinationPage(view: View, data: Destination): string {
  const { queue } = data
  return page(
    view,
    { title: destinationSentence(view, queue) },
    <>
      <Live view={view} page="destination" of={queue.id}>
        <Figures view={view} data={data} />
      </Live>
      <Acts view={view} data={data} />
      <History view={view} data={data} />
      <Backlog view={view} data={data} />
      {data.held.length > 0 && <Held view={view} held={data.held} most={data.heldMost} />}
      <section aria-labelledby="refusals-title">
        <h2 id="refusals-title">{view.t.destinationPage.refusals}</h2>
        {data.refusals.length === 0 ? (
          <Empty sentence={view.t.destinationPage.noRefusals} />
        ) : (
          <RefusalTable view={view} caption={view.t.destinationPage.refusals} refusals={data.refusals} />
        )}
      </section>
    </>,
  )
}

/** The inside of the live part, for the stream. */
export function destinationLive(view: View, data: Destination): string {
  return fragment(<Figures view={view} data={data} />)
}

/** State and backlog in one sentence. */
export function destinationSentence(view: View, queue: Queue): string {
  const sentence = view.t.queueIs[queue.state](queue.name)
  if (queue.waiting === null || queue.waiting === 0) return sentence
  return `${sentence}${view.f.colon}${view.f.number(queue.waiting)} ${view.t.waitingWord(queue.waiting)}`
}

function Figures({ view, data }: { view: View; data: Destination }) {
  const { t, f } = view
  const { queue, limit } = data
  const limitText = t.destinationPage.limitText(
    limit.perSecond === null ? t.noLimit : f.rate(limit.perSecond),
    limit.lanes,
  )
  const orUnknown = (value: number | null) => (value === null ? t.notKnown : f.number(value))
  return (
    <>
      <Headline view={view} sentence={destinationSentence(view, queue)} asOf={data.asOf} />
      <p class="under-headline">
        <Chip view={view} state={queue.state} />
        {queue.urgent > 0 && (
          <span>
            {t.urgentWaiting}
            {f.colon}
            {f.number(queue.urgent)}
          </span>
        )}
      </p>
      <PauseLines view={view} queue={queue} />
      <Definitions
        figures
        items={[
          [t.waiting, orUnknown(queue.waiting)],
          [t.oldest, <Oldest key="oldest" view={view} queue={queue} />],
          [t.rateIn, rateText(view, queue.inPerSecond)],
          [t.rateOut, rateText(view, queue.outPerSecond)],
          [t.destinationPage.acknowledgedToday, orUnknown(data.acknowledgedToday)],
          [t.destinationPage.refusedToday, orUnknown(data.refusedToday)],
        ]}
      />
      <Definitions
        items={[
          [t.empties, emptyingText(view, queue.emptying)],
          [t.breaker, breakerText(view, queue.breaker)],
          [
            t.destinationPage.limit,
            limit.rising === null ? limitText : `${limitText}, ${t.destinationPage.rampingUp(f.rate(limit.rising))}`,
          ],
          [
            t.destinationPage.lastAnswer,
            data.lastAnswerAt === null ? t.destinationPage.never : <Time view={view} at={data.lastAnswerAt} />,
          ],
        ]}
      />
    </>
  )
}
