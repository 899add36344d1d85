import { addresses } from '../addresses.ts'
import { ValuePlot, type Band, type PlottedValue } from '../parts/charts/value-plot.tsx'
import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/notices.tsx'
import { Icon } from '../parts/icon.tsx'
import { Patient, type PatientBar } from '../parts/patient-bar.tsx'
import { page } from '../parts/shell.tsx'
import { Table } from '../parts/table.tsx'
import { Moment } from '../parts/time.tsx'
import { WithheldLines, type WithheldGroup } from '../parts/withheld-lines.tsx'
import type { View } from '../view.ts'

export type ResultState =
  | 'final'
  | 'preliminary'
  | 'corrected'
  | 'cancelled'
  | 'withdrawn'
  | 'conflict'
  | 'withheld'
  | 'not-checked'

/**
 * One version of a result. One that is withheld, not checked yet or taken back keeps its place without value; earlier versions stand
 * below the one that counts.
 */
export interface ResultLine {
  readonly receipt: string
  readonly state: ResultState
  /** Its place in time: when the sample was taken, else when it was released, else when it arrived. */
  readonly at: string
  /** Which of these `at` is, and as it was written where no more than a day, a month or a year is known. */
  readonly moment: { readonly of: 'sampled' | 'released' | 'received'; readonly written: string | null }
  /** As the laboratory wrote it, with its unit; null when withheld, not checked yet or taken back. */
  readonly original: string | null
  /** In the unit of the plot, when it differs from what was sent. */
  readonly converted: string | null
  readonly range: string
  readonly flags: string
  readonly source: string
  readonly code: string
  readonly notes: readonly string[]
  /** What rules remark of it without withholding it. */
  readonly remarks: readonly { readonly rule: string; readonly sentence: string }[]
  readonly receivedAt: string
  /** For a withheld result: which rule, since when, and why. */
  readonly withheld: { readonly rule: string; readonly since: string; readonly why: string } | null
  readonly earlier: readonly ResultLine[]
}

export interface Measurement {
  readonly id: string
  readonly name: string
  readonly unit: string
  readonly band: Band | null
  /** Oldest first; empty when there is nothing to plot. */
  readonly plotted: readonly PlottedValue[]
  /** Newest first. */
  readonly lines: readonly ResultLine[]
}

export interface ResultsPage {
  readonly asOf: string
  readonly patient: PatientBar
  readonly measurements: readonly Measurement[]
  readonly withheld: readonly WithheldGroup[]
  /** More results than are shown; the newest are. */
  readonly cut: boolean
}

export function resultsPage(view: View, data: ResultsPage): string {
  const { lab } = view.t
  const lines = data.measurements.flatMap((one) => one.lines)
  // By result: two rules that withhold one are two groups.
  const sentence = lab.results.sentence(lines.length, lines.filter(({ state }) => state === 'withheld').length)
  return page(
    view,
    { title: sentence, section: addresses.patients },
    <>
      <Patient view={view} patient={data.patient} here="results" />
      <div class="headline">
        <h1>{sentence}</h1>
        <p class="as-of">
          {view.t.asOf} <time datetime={data.asOf}>{view.f.clock(data.asOf)}</time>
        </p>
      </div>
      <WithheldLines view={view} groups={data.withheld} />
      {data.cut && <p class="muted">{lab.results.cut}</p>}
      {data.measurements.length === 0 && <Empty sentence={lab.results.none} />}
      {data.measurements.map((measurement) => (
        <MeasurementPart key={measurement.id} view={view} measurement={measurement} />
      ))}
    </>,
  )
}

function MeasurementPart({ view, measurement }: { view: View; measurement: Measurement }) {
  const { id, name, unit, band, plotted, lines } = measurement
  const title = `measured-${id.replaceAll(/\W/g, '-')}`
  const held = lines.filter((line) => line.state === 'withheld').map((line) => line.at)
  return (
    <section aria-labelledby={title} class="measurement">
      <h2 id={title}>{name}</h2>
      {plotted.length > 0 && (
        <ValuePlot view={view} title={name} unit={unit} values={plotted} withheld={held} band={band} />
      )}
      <details open={lines.length < 6}>
        <summary>{view.t.lab.results.lines(lines.length)}</summary>
        <Lines view={view} name={name} lines={lines} />
      </details>
    </section>
  )
}

function Lines({ view, name, lines }: { view: View; name: string; lines: readonly ResultLine[] }) {
  const words = view.t.lab.results
  return (
    <Table
      caption={name}
      quietCaption
      rows={lines}
      rowKey={(line) => line.receipt}
      columns={[
        { heading: words.sampled, cell: (line) => <Sampled view={view} line={line} /> },
        { heading: words.value, cell: (line) => <Value view={view} line={line} /> },
        { heading: words.range, cell: (line) => rangeOf(view, line) },
        { heading: view.t.state, cell: (line) => <Chip view={view} state={line.state} /> },
        { heading: view.t.lab.monitor.source, cell: (line) => line.source },
        { heading: words.more, cell: (line) => <More view={view} line={line} /> },
      ]}
    />
  )
}

const isHidden = (state: ResultState): boolean =>
  state === 'withheld' || state === 'not-checked' || state === 'withdrawn'

/** Of what is not shown it is not said either that the laboratory gave no range. */
function rangeOf(view: View, { state, range }: ResultLine): string {
  if (isHidden(state)) return ''
  return range === '' ? view.t.lab.results.noRange : range
}

function Sampled({ view, line }: { view: View; line: ResultLine }) {
  const { of, written } = line.moment
  const words = view.t.lab.results
  const time = <Moment view={view} at={written ?? line.at} />
  if (of === 'sampled') return time
  return (
    <span>
      {words.notSampled}, {of === 'released' ? words.released : words.received} {time}
    </span>
  )
}

function Value({ view, line }: { view: View; line: ResultLine }) {
  const words = view.t.lab.results
  if (line.withheld !== null) {
    const { rule, since, why } = line.withheld
    return (
      <span>
        {words.heldValue(view.f.time(since, view.now))} {why} <code>{rule}</code>
      </span>
    )
  }
  if (line.state === 'not-checked') return <span>{words.uncheckedValue}</span>
  if (line.state === 'withdrawn') return <span>{words.takenBackValue}</span>
  return (
    <span>
      <strong>{line.original ?? words.noValue}</strong>
      {line.flags !== '' && ` ${line.flags}`}
      {line.converted !== null && <span class="muted"> = {line.converted}</span>}
      {line.remarks.map(({ rule, sentence }) => (
        <span key={rule} class="remark is-late" title={view.t.checks.remark(rule)}>
          <Icon name="triangle-alert" />
          <span>
            {sentence} <code>{rule}</code>
          </span>
        </span>
      ))}
    </span>
  )
}

function More({ view, line }: { view: View; line: ResultLine }) {
  const words = view.t.lab.results
  return (
    <details>
      <summary>{line.earlier.length > 0 ? words.versions(line.earlier.length) : words.origin}</summary>
      <p>
        <code>{line.code}</code>
      </p>
      {line.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      <p>
        {words.received} <Moment view={view} at={line.receivedAt} />.{' '}
        <a href={addresses.traceOf(line.receipt)}>{view.t.lab.monitor.follow}</a>
      </p>
      {line.earlier.map((one) => (
        <p key={one.receipt}>
          <Chip view={view} state={one.state} /> {isHidden(one.state) ? '' : `${one.original ?? words.noValue}, `}
          {words.received} <Moment view={view} at={one.receivedAt} />.{' '}
          <a href={addresses.traceOf(one.receipt)}>{view.t.lab.monitor.follow}</a>
        </p>
      ))}
    </details>
  )
}
