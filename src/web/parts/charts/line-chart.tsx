import type { View } from '../../view.ts'
import { Icon } from '../icon.tsx'
import { Table } from '../table.tsx'
import { polyline, round, runs, top, type Value } from './scale.ts'

export interface Series {
  readonly name: string
  /** Same spacing in time, oldest first; `null` is a gap. */
  readonly values: readonly Value[]
}

/** Something that happened to the hub in the time shown, drawn as an upright line. */
export interface Mark {
  readonly at: string
  readonly text: string
}

/** Pixels upwards, percent sideways: the axis stands left of the plot, the names of the lines right of it. */
const plot = { top: 12, height: 160, left: 11, width: 75, alone: 88 } as const

/**
 * Up to four courses over time. Starts at 0, leaves gaps open, names each line at its end. Has the same figures as a
 * table below. Fewer than 200 points a line.
 */
export function LineChart(props: {
  view: View
  title: string
  from: string
  to: string
  series: readonly Series[]
  marks?: readonly Mark[]
  csv?: string
}) {
  const { view, title, from, to, series, marks = [], csv } = props
  // Two at least: with one, the line half way up would be called one as well.
  const highest = Math.max(2, top(series.flatMap((one) => one.values)))
  const span = Date.parse(to) - Date.parse(from)
  const width = series.length > 1 ? plot.width : plot.alone
  const across = (share: number) => `${round(plot.left + share * width)}%`
  const lines = [highest, highest / 2, 0]
  const heightOf = (value: number) => round(plot.top + plot.height * (1 - value / highest))
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      {series.every((one) => one.values.every((value) => value === null)) && <p class="muted">{view.t.notMeasured}</p>}
      <svg class="line-chart" width="100%" height="200" role="img" aria-label={chartSentence(view, title, series)}>
        {lines.map((value) => (
          <line key={value} class="grid" x1={across(0)} x2={across(1)} y1={heightOf(value)} y2={heightOf(value)} />
        ))}
        {marks.map((mark) => {
          const x = across((Date.parse(mark.at) - Date.parse(from)) / span)
          return <line key={mark.at} class="mark-line" x1={x} x2={x} y1={plot.top} y2={plot.top + plot.height} />
        })}
        <svg
          x={across(0)}
          y={plot.top}
          width={`${width}%`}
          height={plot.height}
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
        >
          {series.map((one, index) =>
            runs(one.values, highest).map((points) => (
              <polyline
                key={`${one.name}-${points[0]?.[0]}`}
                class={`course course-${index}`}
                points={polyline(points)}
              />
            )),
          )}
        </svg>
        {lines.map((value) => (
          <text key={value} class="axis axis-y" x={`${plot.left - 1.5}%`} y={heightOf(value) + 5}>
            {view.f.number(value)}
          </text>
        ))}
        {(series.length > 1 ? endLabels(series, heightOf) : []).map((label) => (
          <text
            key={label.name}
            class={`course-name course-${label.index}`}
            x={`${plot.left + plot.width + 1}%`}
            y={label.y}
          >
            {label.name}
          </text>
        ))}
        {[from, new Date(Date.parse(from) + span / 2).toISOString(), to].map((at, index) => (
          <text key={at} class={`axis axis-${index}`} x={across(index / 2)} y="192">
            {view.f.time(at, view.now)}
          </text>
        ))}
      </svg>
      {marks.length > 0 && (
        <ul class="marks">
          {marks.map((mark) => (
            <li key={mark.at}>
              <Icon name="info" />
              <span>
                {view.f.time(mark.at, view.now)} {mark.text}
              </span>
            </li>
          ))}
        </ul>
      )}
      <ChartTable view={view} title={title} from={from} span={span} series={series} csv={csv} />
    </figure>
  )
}

/** Names at the end of their lines, moved apart when two lines end close together. */
function endLabels(series: readonly Series[], heightOf: (value: number) => number) {
  const labels = series
    .map((one, index) => ({
      name: one.name,
      index,
      y: heightOf(one.values.findLast((value) => value !== null) ?? 0) + 5,
    }))
    .sort((a, b) => a.y - b.y)
  let above = -Infinity
  return labels.map((label) => {
    const y = Math.max(label.y, above + 18)
    above = y
    return { ...label, y }
  })
}

function chartSentence(view: View, title: string, series: readonly Series[]): string {
  const parts = series.map((one) => {
    const last = one.values.findLast((value) => value !== null)
    return `${one.name} ${last === undefined || last === null ? view.t.notKnown : view.f.number(last)}`
  })
  return `${title}: ${view.f.list(parts)}`
}

interface ChartTableProps {
  readonly view: View
  readonly title: string
  readonly from: string
  readonly span: number
  readonly series: readonly Series[]
  readonly csv: string | undefined
}

function ChartTable({ view, title, from, span, series, csv }: ChartTableProps) {
  const points = Math.max(0, ...series.map((one) => one.values.length))
  const at = (index: number) => new Date(Date.parse(from) + (span * index) / Math.max(1, points - 1)).toISOString()
  return (
    <div class="chart-below">
      <details class="as-table">
        <summary>{view.t.asTable}</summary>
        <Table<number>
          caption={title}
          quietCaption
          rows={Array.from({ length: points }, (_, index) => index)}
          rowKey={String}
          columns={[
            { heading: view.t.time, cell: (index) => view.f.time(at(index), view.now) },
            ...series.map((one) => ({
              heading: one.name,
              number: true,
              cell: (index: number) => {
                const value = one.values[index] ?? null
                return value === null ? view.t.notKnown : view.f.number(value)
              },
            })),
          ]}
        />
      </details>
      {csv !== undefined && <a href={csv}>{view.t.csv}</a>}
    </div>
  )
}
