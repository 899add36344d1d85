import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/notices.tsx'
import { dayOf, Patient, type PatientBar } from '../parts/patient-bar.tsx'
import { page } from '../parts/shell.tsx'
import { severity, states } from '../parts/states.ts'
import { Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { WithheldLines, type WithheldGroup } from '../parts/withheld-lines.tsx'
import { addresses } from '../addresses.ts'
import { causeWords } from '../texts/lab-words.ts'
import type { View } from '../view.ts'

export type ItemState = 'green' | 'red-overdue' | 'red-out-of-target' | 'unreliable' | 'unknown' | 'not-applicable'

/** One item as it is shown; sentences come in the reader's language, the first says what is so. */
export interface MonitorItem {
  readonly id: string
  readonly name: string
  readonly state: ItemState
  readonly sentences: readonly string[]
  readonly evidence: readonly {
    readonly day: string
    readonly source: string
    readonly original: string
    readonly receipt: string
  }[]
}

export interface ShownMonitor {
  readonly name: string
  readonly version: string
  readonly practice: string
  readonly items: readonly MonitorItem[]
  /** Said of the whole, such as targets that no clinician confirmed. */
  readonly sentences: readonly string[]
}

export interface MonitorPage {
  readonly asOf: string
  readonly patient: PatientBar
  readonly monitors: readonly ShownMonitor[]
  readonly withheld: readonly WithheldGroup[]
  readonly changes: readonly {
    readonly item: string
    readonly from: ItemState | null
    readonly state: ItemState
    readonly cause: string
    readonly at: string
    /** Seconds from the arrival of a result to the colour it led to; null for another cause. */
    readonly lagSeconds: number | null
  }[]
}

export function monitorPage(view: View, data: MonitorPage): string {
  const { lab } = view.t
  const sentence = monitorSentence(view, data)
  return page(
    view,
    { title: sentence, section: addresses.patients },
    <>
      <Patient view={view} patient={data.patient} here="monitors" />
      <div class="headline">
        <h1>{sentence}</h1>
        <p class="as-of">
          {view.t.asOf} <time datetime={data.asOf}>{view.f.clock(data.asOf)}</time>
        </p>
      </div>
      <WithheldLines view={view} groups={data.withheld} />
      {data.monitors.length === 0 && <Empty sentence={lab.monitor.none} />}
      {data.monitors.map((monitor) => (
        <Monitor key={monitor.name} view={view} monitor={monitor} />
      ))}
      {data.monitors.length > 0 && (
        <p>
          <a href={addresses.patientMonitorsCsv(data.patient.index, data.patient.purpose)}>
            {view.t.checks.patientSheet}
          </a>
        </p>
      )}
      {data.changes.length > 0 && <Changes view={view} data={data} />}
    </>,
  )
}

/** What needs looking at first, counted over every monitor of the patient. */
export function monitorSentence(view: View, { monitors }: MonitorPage): string {
  const words = view.t.lab.monitor
  const items = monitors.flatMap((monitor) => monitor.items)
  const count = (...wanted: readonly ItemState[]) => items.filter((item) => wanted.includes(item.state)).length
  const [unsure, red] = [count('unreliable', 'unknown'), count('red-overdue', 'red-out-of-target')]
  if (items.length === 0) return words.notEnrolled
  if (unsure + red === 0) return words.allWell(count('green'))
  return view.f.list([...(red > 0 ? [words.red(red)] : []), ...(unsure > 0 ? [words.unsure(unsure)] : [])])
}

/** Worst first; within one state the order of the monitor stays. */
const worstFirst = (items: readonly MonitorItem[]): readonly MonitorItem[] =>
  items.toSorted((a, b) => severity[states[a.state].tone] - severity[states[b.state].tone])

function Monitor({ view, monitor }: { view: View; monitor: ShownMonitor }) {
  const id = `monitor-${monitor.name.replaceAll(/\W/g, '')}`
  return (
    <section aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{monitor.name}</h2>
        <p class="muted">
          {view.t.lab.monitor.version(monitor.version)} · {monitor.practice}
        </p>
      </div>
      <ul class="tally">
        {tallyOf(monitor.items).map(([state, n]) => (
          <li key={state}>
            <strong>{view.f.number(n)}</strong> <Chip view={view} state={state} />
          </li>
        ))}
      </ul>
      {monitor.sentences.map((sentence) => (
        <p key={sentence} class="alarm is-late">
          {sentence}
        </p>
      ))}
      <div class="items">
        {worstFirst(monitor.items).map((item) => (
          <Item key={item.id} view={view} item={item} />
        ))}
      </div>
    </section>
  )
}

/** How many items stand in each state, worst first. */
export function tallyOf(items: readonly { readonly state: ItemState }[]): [ItemState, number][] {
  const counts = new Map<ItemState, number>()
  for (const { state } of items) counts.set(state, (counts.get(state) ?? 0) + 1)
  return [...counts].toSorted(([a], [b]) => severity[states[a].tone] - severity[states[b].tone])
}

function Item({ view, item }: { view: View; item: MonitorItem }) {
  const [first, ...others] = item.sentences
  const words = view.t.lab.monitor
  return (
    <details class={`item edge-of-${states[item.state].tone}`}>
      <summary data-row>
        <strong>{item.name}</strong>
        <Chip view={view} state={item.state} />
        <span>{first}</span>
      </summary>
      <ul>
        {others.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {item.evidence.length > 0 && (
        <Table
          caption={words.evidence}
          rows={item.evidence}
          rowKey={(row) => `${row.receipt} ${row.day} ${row.original}`}
          columns={[
            { heading: words.sampled, cell: (row) => dayOf(view, row.day) },
            { heading: words.asSent, cell: (row) => row.original },
            { heading: words.source, cell: (row) => row.source },
            {
              heading: view.t.trace.receipt,
              cell: (row) => <a href={addresses.traceOf(row.receipt)}>{words.follow}</a>,
            },
          ]}
        />
      )}
    </details>
  )
}

function Changes({ view, data }: { view: View; data: MonitorPage }) {
  const words = view.t.lab.monitor
  return (
    <section aria-labelledby="changes-title">
      <h2 id="changes-title">{words.changes}</h2>
      <Table
        caption={words.changes}
        quietCaption
        rows={data.changes}
        rowKey={(row) => `${row.item} ${row.at} ${row.state}`}
        columns={[
          { heading: view.t.time, cell: (row) => <Time view={view} at={row.at} /> },
          { heading: words.item, cell: (row) => row.item },
          {
            heading: words.was,
            cell: (row) => (row.from === null ? words.first : <Chip view={view} state={row.from} />),
          },
          { heading: words.became, cell: (row) => <Chip view={view} state={row.state} /> },
          { heading: words.because, cell: (row) => view.word(causeWords, row.cause) },
          {
            heading: words.lag,
            cell: (row) => (row.lagSeconds === null ? words.noLag : view.f.duration(row.lagSeconds)),
          },
        ]}
      />
    </section>
  )
}
