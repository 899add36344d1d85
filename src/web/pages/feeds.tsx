import { addresses } from '../addresses.ts'
import { HeatMap, type HeatRow } from '../parts/charts/heat-map.tsx'
import { Chip } from '../parts/chip.tsx'
import { TextField } from '../parts/form.tsx'
import { Empty } from '../parts/notices.tsx'
import { page } from '../parts/shell.tsx'
import { Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { feedKindWords } from '../texts/lab-words.ts'
import type { View } from '../view.ts'

export type FeedState = 'usual' | 'late' | 'thin' | 'quiet' | 'changed-mix' | 'draining' | 'rhythm-unknown'

/** Every source, how it sends on one day by hour, and what disturbs or disturbed it. */
export interface FeedsPage {
  readonly asOf: string
  readonly day: string
  readonly sources: readonly {
    readonly name: string
    readonly kind: string
    readonly state: FeedState
    readonly lastAt: string | null
    readonly today: number
  }[]
  readonly hours: readonly HeatRow[]
  readonly disturbances: readonly {
    readonly id: string
    readonly source: string
    readonly state: FeedState
    readonly from: string
    /** Null while it lasts. */
    readonly until: string | null
    /** What it brought late has come in; null while something is missing. */
    readonly repairedAt: string | null
    readonly missing: number
  }[]
}

export function feedsPage(view: View, data: FeedsPage): string {
  const { lab } = view.t
  const sentence = feedsSentence(view, data)
  return page(
    view,
    { title: sentence, section: addresses.feeds() },
    <>
      <div class="headline">
        <h1>{sentence}</h1>
        <p class="as-of">
          {view.t.asOf} <time datetime={data.asOf}>{view.f.clock(data.asOf)}</time>
        </p>
      </div>
      {data.sources.length === 0 ? <Empty sentence={lab.feeds.none} /> : <Sources view={view} data={data} />}
      <Disturbances view={view} data={data} />
      {data.sources.length > 0 && <Hours view={view} data={data} />}
    </>,
  )
}

function feedsSentence(view: View, { sources }: FeedsPage): string {
  const words = view.t.lab.feeds
  const unknown = sources.filter(({ state }) => state === 'rhythm-unknown').length
  const disturbed = sources.filter(({ state }) => state !== 'usual').length - unknown
  if (sources.length === 0) return words.title
  if (disturbed > 0) return words.disturbed(disturbed, sources.length)
  return unknown === 0 ? words.fine(sources.length) : words.notKnown(unknown, sources.length)
}

function Sources({ view, data }: { view: View; data: FeedsPage }) {
  const words = view.t.lab.feeds
  return (
    <section aria-labelledby="sources-title">
      <h2 id="sources-title">{words.sources}</h2>
      {data.sources.some(({ state }) => state === 'rhythm-unknown') && <p class="rule">{words.learning}</p>}
      <Table
        caption={words.sources}
        quietCaption
        rows={data.sources}
        rowKey={(row) => `${row.name} ${row.kind}`}
        columns={[
          { heading: words.source, cell: (row) => row.name },
          { heading: view.t.kind, cell: (row) => view.word(feedKindWords, row.kind) },
          { heading: view.t.state, cell: (row) => <Chip view={view} state={row.state} /> },
          {
            heading: words.last,
            cell: (row) => (row.lastAt === null ? words.never : <Time view={view} at={row.lastAt} />),
          },
          { heading: words.today, number: true, cell: (row) => view.f.number(row.today) },
        ]}
      />
    </section>
  )
}

function Disturbances({ view, data }: { view: View; data: FeedsPage }) {
  const words = view.t.lab.feeds
  return (
    <section aria-labelledby="disturbances-title">
      <h2 id="disturbances-title">{words.disturbances}</h2>
      <p class="rule">{words.meaning}</p>
      {data.disturbances.length === 0 ? (
        <Empty sentence={words.noDisturbances} />
      ) : (
        <Table
          caption={words.disturbances}
          quietCaption
          rows={data.disturbances}
          rowKey={(row) => row.id}
          columns={[
            { heading: words.source, cell: (row) => row.source },
            { heading: view.t.state, cell: (row) => <Chip view={view} state={row.state} /> },
            { heading: words.since, cell: (row) => <Time view={view} at={row.from} /> },
            {
              heading: words.until,
              cell: (row) => (row.until === null ? words.lasts : <Time view={view} at={row.until} />),
            },
            {
              heading: words.repaired,
              cell: (row) =>
                row.repairedAt === null ? words.missing(row.missing) : <Time view={view} at={row.repairedAt} />,
            },
          ]}
        />
      )}
    </section>
  )
}

function Hours({ view, data }: { view: View; data: FeedsPage }) {
  const words = view.t.lab.feeds
  return (
    <section aria-labelledby="hours-title">
      <h2 id="hours-title">{words.hours(view.f.day(`${data.day}T12:00:00Z`))}</h2>
      <form class="toolbar" action={addresses.feeds()} method="get">
        <TextField id="day" label={view.t.books.day} type="date" value={data.day} />
        <button>{view.t.show}</button>
      </form>
      <HeatMap view={view} caption={words.hours(data.day)} heading={words.source} rows={data.hours} />
    </section>
  )
}
