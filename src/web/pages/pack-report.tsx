import type { TablesDiff } from '../../formats/lab/tables-diff.ts'
import { addresses } from '../addresses.ts'
import { ShareBars } from '../parts/charts/share-bars.tsx'
import { Chip } from '../parts/chip.tsx'
import { Definitions } from '../parts/definitions.tsx'
import { ActForm } from '../parts/form.tsx'
import { Icon } from '../parts/icon.tsx'
import { Headline, Live } from '../parts/live.tsx'
import { Empty } from '../parts/notices.tsx'
import { TablesDiffPart } from '../parts/pack-diff.tsx'
import { ImpactExamples, type ImpactExample } from '../parts/pack-examples.tsx'
import { Touched, type PackTouched } from '../parts/pack-touched.tsx'
import { fragment, page } from '../parts/shell.tsx'
import { states, type StateName } from '../parts/states.ts'
import { Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { kindWords } from '../texts/words.ts'
import type { View } from '../view.ts'

/** What a version would do to what is stored: by rule and source, and what that means for people. */
export interface PackReport {
  readonly asOf: string
  readonly id: string
  readonly pack: string
  readonly version: string
  /** The version it is compared with; null when nothing counts. */
  readonly against: string | null
  readonly state: 'busy' | 'halted' | 'done' | 'outdated'
  /** Why it does not hold any more. */
  readonly outdated: string | null
  readonly startedAt: string
  readonly by: string
  readonly seen: number
  readonly total: number
  readonly lines: readonly ImpactLine[]
  /** What the tables of codes and units would mean otherwise; null where they say the same. */
  readonly tables: TablesDiff | null
  readonly bySource: readonly {
    readonly source: string
    readonly records: number
    readonly before: number
    readonly after: number
    readonly newlyWithheld: number
  }[]
  /** A few records for each rule, while it is done; to be looked at before anybody decides. */
  readonly examples: readonly ImpactExample[]
  /** One source or kind holds most of what would be newly withheld. */
  readonly concentration: { readonly name: string; readonly share: number; readonly rule: string } | null
  /** Null until it is worked out. */
  readonly meaning: {
    readonly patients: number
    readonly monitors: readonly MonitorChange[] | null
    readonly deliveries: number
    readonly certificates: number
    readonly irreversible: number
    readonly touched: PackTouched
  } | null
  readonly actions: { readonly stop: boolean; readonly resume: boolean }
}

/** Items of one monitor that would leave one state and enter another. */
interface MonitorChange {
  readonly monitor: string
  readonly from: string
  readonly to: string
  readonly count: number
}

export interface ImpactLine {
  readonly source: string
  readonly organisation: string
  readonly kind: string
  /** Empty for all rules together. */
  readonly rule: string
  readonly records: number
  readonly before: number
  readonly after: number
  readonly newlyWithheld: number
  readonly newlyVisible: number
  readonly errors: number
}

export function packReportPage(view: View, data: PackReport): string {
  return page(
    view,
    { title: reportSentence(view, data), section: addresses.packs },
    <>
      <Live view={view} page="pack-report" of={`${data.pack}.${data.id}`}>
        <Whole view={view} data={data} />
      </Live>
      <Acts view={view} data={data} />
    </>,
  )
}

/** The inside of the live part, for the stream. */
export function packReportLive(view: View, data: PackReport): string {
  return fragment(<Whole view={view} data={data} />)
}

function reportSentence(view: View, data: PackReport): string {
  const words = view.t.lab.report
  const { version, pack, state, lines } = data
  if (state === 'busy') return words.busy(pack, version)
  const total = sumOf(lines, 'newlyWithheld')
  return total === 0 ? words.noEffect(pack, version) : words.effect(pack, version, total)
}

/** The sum over whole records: lines of single rules count a record once a rule. */
function sumOf(lines: readonly ImpactLine[], what: 'newlyWithheld' | 'newlyVisible' | 'errors' | 'records'): number {
  return lines.filter(({ rule }) => rule === '').reduce((sum, line) => sum + line[what], 0)
}

function Whole({ view, data }: { view: View; data: PackReport }) {
  const words = view.t.lab.report
  const { f } = view
  return (
    <>
      <Headline view={view} sentence={reportSentence(view, data)} asOf={data.asOf} />
      <p class="under-headline">
        <Chip view={view} state={data.state} />
        <span>{words.progress(f.number(data.seen), f.number(data.total))}</span>
        <span>
          <Time view={view} at={data.startedAt} /> {view.t.by(data.by)}
        </span>
      </p>
      {(data.state === 'busy' || data.state === 'halted') && (
        <progress class="progress" max={Math.max(1, data.total)} value={data.seen} aria-label={words.progressLabel} />
      )}
      {data.outdated !== null && (
        <p class="alarm is-late">
          <Icon name="triangle-alert" />
          {words.outdated} {data.outdated}
        </p>
      )}
      {data.concentration !== null && (
        <p class="alarm" role="status">
          <Icon name="octagon-x" />
          {words.concentrated(f.percent(data.concentration.share), data.concentration.name, data.concentration.rule)}
        </p>
      )}
      <Definitions
        figures
        items={[
          [words.newlyWithheld, f.number(sumOf(data.lines, 'newlyWithheld'))],
          [words.newlyVisible, f.number(sumOf(data.lines, 'newlyVisible'))],
          [
            words.unchanged,
            f.number(
              sumOf(data.lines, 'records') - sumOf(data.lines, 'newlyWithheld') - sumOf(data.lines, 'newlyVisible'),
            ),
          ],
          [words.errors, f.number(sumOf(data.lines, 'errors'))],
        ]}
      />
      {data.tables !== null && (
        <section>
          <TablesDiffPart view={view} tables={data.tables} level={2} />
        </section>
      )}
      <Meaning view={view} data={data} />
      <Sources view={view} data={data} />
      {data.meaning !== null && <Touched view={view} data={data.meaning.touched} />}
      <Lines view={view} data={data} />
      <ImpactExamples view={view} rows={data.examples} />
    </>
  )
}

function Meaning({ view, data }: { view: View; data: PackReport }) {
  const words = view.t.lab.report
  const { f } = view
  const { meaning } = data
  if (meaning === null) return null
  const { monitors } = meaning
  return (
    <section aria-labelledby="meaning-title">
      <h2 id="meaning-title">{words.meaning}</h2>
      <Definitions
        items={[
          [words.patients, f.number(meaning.patients)],
          [
            words.monitors,
            monitors === null ? (
              words.notComputed
            ) : monitors.length === 0 ? (
              f.number(0)
            ) : (
              <ul class="item-list">
                {monitors.map((one) => (
                  <li key={`${one.monitor} ${one.from} ${one.to}`}>
                    {f.number(one.count)} · {one.monitor}: {colour(view, one.from)} → {colour(view, one.to)}
                  </li>
                ))}
              </ul>
            ),
          ],
          [words.deliveries, f.number(meaning.deliveries)],
          [words.certificates, f.number(meaning.certificates)],
        ]}
      />
      <p class={meaning.irreversible > 0 ? 'alarm is-late' : 'muted'}>{words.irreversible(meaning.irreversible)}</p>
    </section>
  )
}

/** A state as its chip; what has no chip is shown as it is written. */
function colour(view: View, state: string) {
  return Object.hasOwn(states, state) ? <Chip view={view} state={state as StateName} /> : state
}

function Sources({ view, data }: { view: View; data: PackReport }) {
  const words = view.t.lab.report
  if (data.bySource.length === 0) return null
  return (
    <section aria-labelledby="shares-title">
      <h2 id="shares-title">{words.shares}</h2>
      <ShareBars
        view={view}
        label={words.shares}
        names={{
          before: data.against === null ? words.before : words.now(data.against),
          after: words.with(data.version),
        }}
        rows={data.bySource.map((one) => ({
          name: one.source,
          before: one.records === 0 ? 0 : one.before / one.records,
          after: one.records === 0 ? 0 : one.after / one.records,
          said: words.ofRecords(view.f.number(one.records)),
        }))}
      />
    </section>
  )
}

function Lines({ view, data }: { view: View; data: PackReport }) {
  const words = view.t.lab.report
  const { f } = view
  const rows = data.lines.filter(
    ({ rule, newlyWithheld, newlyVisible, errors }) => rule !== '' && newlyWithheld + newlyVisible + errors > 0,
  )
  return (
    <section aria-labelledby="lines-title">
      <div class="section-head">
        <h2 id="lines-title">{words.lines}</h2>
        <a href={addresses.packReportCsv(data.pack, data.id)}>{view.t.csv}</a>
      </div>
      {rows.length === 0 ? (
        <Empty sentence={data.state === 'busy' ? words.nothingYet : words.nothing} />
      ) : (
        <Table
          caption={words.lines}
          quietCaption
          rows={rows}
          rowKey={(row) => `${row.rule} ${row.source} ${row.kind}`}
          columns={[
            { heading: words.rule, cell: (row) => <code>{row.rule}</code> },
            { heading: view.t.sender, cell: (row) => row.source },
            {
              heading: words.organisation,
              cell: (row) => (row.organisation === '' ? view.t.notKnown : row.organisation),
            },
            { heading: view.t.kind, cell: (row) => view.word(kindWords, row.kind) },
            { heading: words.newlyWithheld, number: true, cell: (row) => f.number(row.newlyWithheld) },
            { heading: words.newlyVisible, number: true, cell: (row) => f.number(row.newlyVisible) },
            {
              heading: words.unchanged,
              number: true,
              cell: (row) => f.number(row.records - row.newlyWithheld - row.newlyVisible - row.errors),
            },
            { heading: words.errors, number: true, cell: (row) => f.number(row.errors) },
            { heading: words.shareBefore, number: true, cell: (row) => share(view, row.before, row.records) },
            { heading: words.shareAfter, number: true, cell: (row) => share(view, row.after, row.records) },
          ]}
        />
      )}
    </section>
  )
}

const share = (view: View, part: number, whole: number): string => view.f.percent(whole === 0 ? 0 : part / whole)

function Acts({ view, data }: { view: View; data: PackReport }) {
  const words = view.t.lab.report
  const address = addresses.packReport(data.pack, data.id)
  return (
    <section class="acts-line">
      {data.actions.stop && <ActForm view={view} act="operate" action={`${address}/stop`} button={words.stop} />}
      {data.actions.resume && (
        <ActForm view={view} act="operate" action={`${address}/resume`} button={words.resume} main />
      )}
      <p>
        <a href={addresses.pack(data.pack)}>{view.t.back}</a>
      </p>
    </section>
  )
}
