import type { View } from '../../view.ts'
import { dayText } from '../time.tsx'
import { round, ticks } from './scale.ts'

/** One value at its time; withheld ones have no value to show. */
export interface PlottedValue {
  readonly at: string
  /** The day, month or year as it was written, where no more is known. */
  readonly written: string | null
  /** Whether `at` is when the sample was taken, and not when it was released or arrived. */
  readonly sampled: boolean
  readonly value: number
}

export interface Band {
  readonly name: string
  readonly low: number | null
  readonly high: number | null
}

const plot = { top: 16, height: 150, left: 11, width: 86 } as const

/** From a little below the smallest to a little above the largest of values and bounds: 0 says nothing of an HbA1c. */
export function spanOf(values: readonly number[], band: Band | null): { low: number; high: number } {
  const all = [...values, ...[band?.low, band?.high].filter((one) => one != null)]
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const room = (most - least) * 0.12 || Math.abs(most) * 0.1 || 1
  const low = least - room
  return { low: least >= 0 && low < 0 ? 0 : low, high: most + room }
}

/**
 * Values of one measurement over time with the target as a band. A dot a value, a line between them because they are one
 * measurement; withheld ones are hollow diamonds on the ground line, without a value.
 */
export function ValuePlot(props: {
  view: View
  title: string
  unit: string
  values: readonly PlottedValue[]
  withheld: readonly string[]
  band: Band | null
}) {
  const { view, title, unit, values, withheld, band } = props
  const { low, high } = spanOf(
    values.map(({ value }) => value),
    band,
  )
  const times = [...values.map(({ at }) => Date.parse(at)), ...withheld.map((at) => Date.parse(at))]
  const [from, to] = [Math.min(...times), Math.max(...times)]
  const x = (at: string) => round(plot.left + (to === from ? 0.5 : (Date.parse(at) - from) / (to - from)) * plot.width)
  const y = (value: number) => round(plot.top + plot.height * (1 - (value - low) / (high - low)))
  const lines = ticks(low, high)
  return (
    <figure class="chart">
      <svg class="value-plot" width="100%" height="200" role="img" aria-label={sentenceOf(props)}>
        {band !== null && (
          <rect
            class="band"
            x={`${plot.left}%`}
            width={`${plot.width}%`}
            y={y(band.high ?? high)}
            height={round(Math.max(2, y(band.low ?? low) - y(band.high ?? high)))}
          />
        )}
        {lines.map((value) => (
          <line
            key={value}
            class="grid"
            x1={`${plot.left}%`}
            x2={`${plot.left + plot.width}%`}
            y1={y(value)}
            y2={y(value)}
          />
        ))}
        {lines.map((value) => (
          <text key={value} class="axis axis-y" x={`${plot.left - 1.5}%`} y={y(value) + 5}>
            {short(view, value)}
          </text>
        ))}
        {values.slice(1).map((one, index) => {
          const before = values[index]
          if (before === undefined) return null
          return (
            <line
              key={`${before.at} ${one.at}`}
              class="course"
              x1={`${x(before.at)}%`}
              y1={y(before.value)}
              x2={`${x(one.at)}%`}
              y2={y(one.value)}
            />
          )
        })}
        {values.map((one) => (
          <circle key={`${one.at} ${one.value}`} class="dot" cx={`${x(one.at)}%`} cy={y(one.value)} r="4" />
        ))}
        {withheld.map((at) => (
          <svg
            key={at}
            class="held"
            x={`${x(at)}%`}
            y={plot.top + plot.height - 7}
            overflow="visible"
            width="1"
            height="1"
          >
            <path d="M0 -7L7 0L0 7L-7 0z" />
          </svg>
        ))}
        {[...new Set([from, to])].map((at, index) => (
          <text key={at} class={`axis axis-${index * 2}`} x={`${x(new Date(at).toISOString())}%`} y="194">
            {dayOf(view, values, new Date(at).toISOString())}
          </text>
        ))}
      </svg>
      <figcaption>
        {title}, {unit === '' ? view.t.lab.results.noUnit : unit}
        {band !== null && ` · ${band.name}`}
        {values.some(({ sampled }) => !sampled) && ` · ${view.t.lab.results.plottedOtherwise}`}
        {withheld.length > 0 && ` · ◇ ${view.t.lab.results.withheldPoints(withheld.length)}`}
      </figcaption>
    </figure>
  )
}

/** The day of a value, or as it was written where no more than a month or a year is known. */
function dayOf(view: View, values: readonly PlottedValue[], at: string): string {
  const written = values.find((one) => one.at === at)?.written ?? null
  return written === null ? view.f.day(at) : dayText(view, written)
}

const short = (view: View, value: number): string =>
  new Intl.NumberFormat(view.language, { maximumFractionDigits: 6 }).format(value)

function sentenceOf({ view, title, unit, values, withheld }: Parameters<typeof ValuePlot>[0]): string {
  const last = values.at(-1)
  const words = view.t.lab.results
  const said =
    last === undefined ? words.noValue : words.lastValue(`${last.value} ${unit}`, dayOf(view, [last], last.at))
  return `${title}: ${said}${withheld.length > 0 ? `; ${words.withheldPoints(withheld.length)}` : ''}`
}
