import { addresses, withQuery } from '../addresses.ts'
import type { Destination, Window } from '../pages/destination.tsx'
import { kindWords } from '../texts/words.ts'
import type { View } from '../view.ts'
import { Bars } from './charts/bars.tsx'
import { LineChart } from './charts/line-chart.tsx'
import { Chip } from './chip.tsx'
import { Empty } from './notices.tsx'
import { Table } from './table.tsx'
import { Since } from './time.tsx'

const windows: readonly Window[] = ['1h', '6h', '24h']

/** Rates and backlog over the chosen window. */
export function History({ view, data }: { view: View; data: Destination }) {
  const words = view.t.destinationPage
  const { from, to, marks } = data.history
  return (
    <section aria-labelledby="rate-title">
      <div class="section-head">
        <h2 id="rate-title">{words.history}</h2>
        <nav class="choices" aria-label={words.window}>
          {windows.map((name) => (
            <a
              key={name}
              href={withQuery(addresses.destination(data.queue.id), { window: name })}
              aria-current={name === data.window ? 'true' : undefined}
            >
              {words.windows[name]}
            </a>
          ))}
        </nav>
      </div>
      <div class="chart-pair">
        <LineChart
          view={view}
          title={words.rateTitle}
          from={from}
          to={to}
          marks={marks}
          series={[
            { name: words.in, values: data.history.in },
            { name: words.out, values: data.history.out },
          ]}
          csv={withQuery(addresses.destinationCsv(data.queue.id), { window: data.window })}
        />
        <LineChart
          view={view}
          title={words.backlogTitle}
          from={from}
          to={to}
          marks={marks}
          series={[{ name: view.t.waiting.toLowerCase(), values: data.history.backlog }]}
        />
      </div>
    </section>
  )
}

/** What waits, by kind, sender and age. */
export function Backlog({ view, data }: { view: View; data: Destination }) {
  const { t, f } = view
  const words = t.destinationPage
  const age = (seconds: number) => f.duration(seconds)
  return (
    <section aria-labelledby="backlog-title">
      <h2 id="backlog-title">{words.backlogTitle}</h2>
      {data.byKind.length === 0 ? (
        <Empty sentence={t.nothingWaits} />
      ) : (
        <div class="tables">
          <Table
            caption={words.byKind}
            rows={data.byKind}
            rowKey={(row) => row.kind}
            columns={[
              { heading: t.kind, cell: (row) => view.word(kindWords, row.kind) },
              { heading: t.waiting, number: true, cell: (row) => f.number(row.waiting) },
              {
                heading: t.oldest,
                cell: (row) => (row.oldestSince === null ? t.nothingWaits : <Since view={view} at={row.oldestSince} />),
              },
              {
                heading: t.state,
                cell: (row) => (
                  <Chip view={view} state={row.paused ? 'paused' : row.waiting > 0 ? 'waiting' : 'passing'} />
                ),
              },
            ]}
          />
          {data.bySender.length > 0 && (
            <Table
              caption={words.bySender}
              rows={data.bySender}
              rowKey={(row) => row.id}
              columns={[
                { heading: t.sender, cell: (row) => row.name },
                { heading: t.waiting, number: true, cell: (row) => f.number(row.waiting) },
                { heading: t.oldest, cell: (row) => <Since view={view} at={row.oldestSince} /> },
              ]}
            />
          )}
          {data.otherSenders > 0 && <p class="muted">{words.otherSenders(data.otherSenders)}</p>}
          {data.byAge.some((row) => row.count > 0) && (
            <figure class="chart">
              <figcaption>{words.byAge}</figcaption>
              <Bars
                view={view}
                label={words.byAge}
                bars={data.byAge.map((row) => ({
                  label: row.toSeconds === null ? `> ${age(row.fromSeconds)}` : `< ${age(row.toSeconds)}`,
                  value: row.count,
                }))}
              />
            </figure>
          )}
        </div>
      )}
    </section>
  )
}
