import { addresses } from '../addresses.ts'
import { Chip } from '../parts/chip.tsx'
import { Definitions } from '../parts/definitions.tsx'
import {
  ActForm,
  FaultSummary,
  ReasonField,
  SelectField,
  TextField,
  type Choice,
  type FieldFault,
} from '../parts/form.tsx'
import { Icon } from '../parts/icon.tsx'
import { Headline, Live } from '../parts/live.tsx'
import { Empty } from '../parts/notices.tsx'
import { fragment, page } from '../parts/shell.tsx'
import type { StateName } from '../parts/states.ts'
import { Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { round } from '../parts/charts/scale.ts'
import type { View } from '../view.ts'

export type Chosen = 'acknowledged' | 'waiting' | 'refused' | 'any'

const chosenStates: readonly Chosen[] = ['acknowledged', 'waiting', 'refused', 'any']

/** What is replayed. `from` and `to` as the form writes them: local time of Brussels, `YYYY-MM-DDTHH:MM`. */
export interface Selection {
  readonly destination: string
  readonly kind: string
  readonly sender: string
  readonly chosen: Chosen
  readonly from: string
  readonly to: string
  readonly perSecond: number
}

export interface ReplayForm {
  readonly destinations: readonly Choice[]
  readonly kinds: readonly Choice[]
  readonly values: Selection
  readonly faults: readonly FieldFault[]
}

/** Choosing: a GET to the same address counts, so that the count has an address of its own. */
export function replayFormPage(view: View, data: ReplayForm): string {
  const words = view.t.replay
  return page(
    view,
    { title: words.title, section: addresses.replays },
    <>
      <FaultSummary view={view} faults={data.faults} />
      <h1>{words.title}</h1>
      <form class="act wide" action={addresses.replayNew()} method="get">
        <Fields view={view} data={data} />
        <button class="main">{words.count}</button>
      </form>
    </>,
  )
}

function Fields({ view, data }: { view: View; data: ReplayForm }) {
  const { t } = view
  const { values } = data
  const fault = (field: string) => data.faults.find((one) => one.field === field)?.sentence
  const text = (id: string, label: string, value: string) => ({ id, label, value, fault: fault(id) })
  const moment = { type: 'datetime-local', hint: t.replay.moment(view.f.zoneName(view.now)), required: true } as const
  return (
    <>
      <SelectField
        id="destination"
        label={t.destination}
        choices={data.destinations}
        value={values.destination}
        fault={fault('destination')}
      />
      <div class="field-row">
        <TextField {...text('from', t.replay.from, values.from)} {...moment} />
        <TextField {...text('to', t.replay.to, values.to)} {...moment} />
      </div>
      <div class="field-row">
        <SelectField
          id="chosen"
          label={t.replay.chosen}
          value={values.chosen}
          choices={chosenStates.map((state) => ({ value: state, text: t.replay.choices[state] }))}
        />
        <SelectField
          id="kind"
          label={t.kind}
          value={values.kind}
          choices={[{ value: '', text: t.all }, ...data.kinds]}
        />
      </div>
      <div class="field-row">
        <TextField {...text('sender', t.replay.sender, values.sender)} hint={t.replay.senderHint} />
        <TextField {...text('per-second', t.replay.pace, String(values.perSecond))} type="number" min={1} required />
      </div>
    </>
  )
}

/** What the choice would do, counted; nothing has been sent. */
export interface ReplayPreview {
  readonly selection: Selection
  readonly destinationName: string
  readonly total: number
  readonly byState: readonly { readonly state: Exclude<Chosen, 'any'>; readonly count: number }[]
  readonly takesSeconds: number
  readonly countedAt: string
  /** The count the reader saw before, when it is no longer true. */
  readonly countBefore: number | null
}

export function replayPreviewPage(view: View, data: ReplayPreview): string {
  const { t, f } = view
  const words = t.replay
  const title = words.previewTitle(data.total, data.destinationName)
  const { perSecond, ...rest } = data.selection
  return page(
    view,
    { title, section: addresses.replays },
    <div class="confirm">
      <h1>{title}</h1>
      {data.countBefore !== null && (
        <p class="alarm is-late" role="alert">
          <Icon name="triangle-alert" />
          {words.changed(f.number(data.countBefore), f.number(data.total))}
        </p>
      )}
      {data.total === 0 ? (
        <Empty sentence={words.nothing} />
      ) : (
        <>
          <Definitions items={data.byState.map((row) => [words.choices[row.state], f.number(row.count)] as const)} />
          <p>{words.what}</p>
          <p>
            {words.takes(f.duration(data.takesSeconds))} {words.undo}
          </p>
          <ActForm view={view} act="operate" action={addresses.replays} button={words.run(data.total)} main>
            {Object.entries(data.selection).map(([name, value]) => (
              <input key={name} type="hidden" name={name === 'perSecond' ? 'per-second' : name} value={String(value)} />
            ))}
            <input type="hidden" name="counted" value={data.total} />
            <ReasonField view={view} />
          </ActForm>
        </>
      )}
      <p>
        <a href={addresses.replayNew({ ...rest, 'per-second': String(perSecond), change: 'yes' })}>{t.back}</a>
      </p>
    </div>,
  )
}

/** A replay that runs or has run. At every moment chosen = again + known + refused + waiting + left. */
export interface ReplayRun {
  readonly asOf: string
  readonly id: string
  readonly destinationName: string
  readonly state: Extract<StateName, 'busy' | 'done' | 'halted'>
  readonly startedBy: string
  readonly startedAt: string
  readonly reason: string
  readonly counts: {
    readonly chosen: number
    /** Acknowledged as new by the destination. */
    readonly again: number
    /** The destination said it had it already. */
    readonly known: number
    readonly refused: number
    readonly waiting: number
    /** Not sent because the replay was stopped. */
    readonly left: number
  }
}

export function replayPage(view: View, run: ReplayRun): string {
  return page(
    view,
    { title: runSentence(view, run), section: addresses.replays },
    <>
      <Live view={view} page="replay" of={run.id}>
        <RunSheet view={view} run={run} />
      </Live>
      {run.state === 'busy' && (
        <section class="acts">
          <details>
            <summary>
              <Icon name="square-stop" />
              {view.t.replay.stop}
            </summary>
            <ActForm view={view} act="operate" action={`${addresses.replay(run.id)}/stop`} button={view.t.replay.stop}>
              <p>{view.t.replay.undo}</p>
              <ReasonField view={view} />
            </ActForm>
          </details>
        </section>
      )}
    </>,
  )
}

/** The inside of the live part, for the stream. */
export function replayLive(view: View, run: ReplayRun): string {
  return fragment(<RunSheet view={view} run={run} />)
}

const doneOf = ({ counts }: ReplayRun) => counts.again + counts.known + counts.refused

function runSentence(view: View, run: ReplayRun): string {
  const { replay: words } = view.t
  const { number } = view.f
  if (run.state === 'done') return words.finished(run.counts.chosen, run.destinationName)
  const say = run.state === 'busy' ? words.running : words.stopped
  return say(number(doneOf(run)), number(run.counts.chosen), run.destinationName)
}

function RunSheet({ view, run }: { view: View; run: ReplayRun }) {
  const { t, f } = view
  const words = t.replay
  const { counts } = run
  const difference = counts.chosen - doneOf(run) - counts.waiting - counts.left
  const share = counts.chosen === 0 ? 1 : (counts.chosen - counts.waiting) / counts.chosen
  const names = ['chosen', 'again', 'known', 'refused', 'waiting', 'left'] as const
  return (
    <>
      <Headline view={view} sentence={runSentence(view, run)} asOf={run.asOf} />
      <p class="under-headline">
        <Chip view={view} state={run.state} />
        <span>
          {words.startedBy(run.startedBy)} <Time view={view} at={run.startedAt} />
          {view.f.colon}
          <q>{run.reason}</q>
        </span>
      </p>
      <svg class="progress" width="100%" height="12" role="img" aria-label={f.percent(share)}>
        <rect class="bar-ground" width="100%" height="12" />
        <rect class="bar-value" width={`${round(share * 100)}%`} height="12" />
      </svg>
      <section aria-labelledby="sheet-title">
        <h2 id="sheet-title">{words.sheet}</h2>
        <Definitions figures items={names.map((name) => [words.rows[name], f.number(counts[name])] as const)} />
        <p class="sum">
          <Chip view={view} state={difference === 0 ? 'balanced' : 'differs'} />
          <span>{difference === 0 ? words.sumRight : words.sumWrong(f.number(difference))}</span>
        </p>
        <p class="muted">{words.sum}</p>
      </section>
    </>
  )
}

/** Replays so far, newest first. */
export function replayListPage(view: View, runs: readonly ReplayRun[]): string {
  const { t, f } = view
  return page(
    view,
    { title: t.replay.list, section: addresses.replays },
    <>
      <div class="headline">
        <h1>{t.replay.list}</h1>
        <a class="button main" href={addresses.replayNew()}>
          {t.replay.start}
        </a>
      </div>
      <section>
        {runs.length === 0 ? (
          <Empty sentence={t.replay.none} />
        ) : (
          <Table
            caption={t.replay.list}
            quietCaption
            rows={runs}
            rowKey={(run) => run.id}
            columns={[
              {
                heading: t.replay.sheet,
                cell: (run) => <a href={addresses.replay(run.id)}>{runSentence(view, run)}</a>,
              },
              { heading: t.state, cell: (run) => <Chip view={view} state={run.state} /> },
              { heading: t.replay.rows.chosen, number: true, cell: (run) => f.number(run.counts.chosen) },
              { heading: t.time, cell: (run) => <Time view={view} at={run.startedAt} /> },
              { heading: t.reason, cell: (run) => <q>{run.reason}</q> },
            ]}
          />
        )}
      </section>
    </>,
  )
}
