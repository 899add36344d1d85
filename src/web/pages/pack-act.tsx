import { addresses, type PackAct as Step } from '../addresses.ts'
import { Definitions } from '../parts/definitions.tsx'
import { ActForm, FaultSummary, ReasonField, SelectField, type FieldFault } from '../parts/form.tsx'
import { Icon } from '../parts/icon.tsx'
import { page } from '../parts/shell.tsx'
import type { View } from '../view.ts'

/** A step of a version: its effect, counted, before anybody says why. */
export interface PackAct {
  readonly pack: string
  readonly version: string
  readonly step: Step
  readonly effect: readonly { readonly name: string; readonly value: string }[]
  /** Why a second person will be wanted; null when one is enough, or when that depends on what is still to be chosen. */
  readonly warning: string | null
  /** The report this step rests on; null where none is needed. */
  readonly report: string | null
  /** Senders a canary can be for; empty for the other steps. */
  readonly sources: readonly { readonly id: string; readonly name: string }[]
  readonly source: string
  readonly reason: string
  readonly faults: readonly FieldFault[]
  /** Why the step is refused as it is, in the reader's language. */
  readonly refusal: string | null
  /** A second person can still allow it: who asked and why, to be confirmed by whoever looks now. */
  readonly second: SecondPerson
}

export type SecondPerson =
  | { readonly state: 'not-needed' }
  /** This reader asks; the address goes to a colleague. */
  | { readonly state: 'ask'; readonly link: string; readonly until: string }
  /** This reader is the colleague. */
  | {
      readonly state: 'confirm'
      readonly by: string
      readonly why: string
      readonly proposal: string
      readonly own: boolean
    }

export function packActPage(view: View, data: PackAct): string {
  const words = view.t.lab.act
  const title = words.titles[data.step](data.pack, data.version)
  return page(
    view,
    { title, section: addresses.packs },
    <div class="confirm">
      <h1>{title}</h1>
      {data.refusal !== null && (
        <p class="alarm" role="alert">
          <Icon name="octagon-x" />
          {data.refusal}
        </p>
      )}
      <FaultSummary view={view} faults={data.faults} />
      <h2>{view.t.confirm.effect}</h2>
      <p>{words.what[data.step]}</p>
      {data.effect.length > 0 && <Definitions items={data.effect.map((row) => [row.name, row.value] as const)} />}
      {data.warning !== null && data.refusal === null && (
        <p class="alarm is-late">
          <Icon name="triangle-alert" />
          {data.warning}
        </p>
      )}
      {data.report !== null && (
        <p>
          <a href={addresses.packReport(data.pack, data.report)}>{words.report}</a>
        </p>
      )}
      <h2>{view.t.confirm.undo}</h2>
      <p>{words.undo[data.step]}</p>
      <Second view={view} data={data} />
      {data.second.state === 'not-needed' && <Ask view={view} data={data} />}
      <p>
        <a href={addresses.pack(data.pack)}>{view.t.back}</a>
      </p>
    </div>,
  )
}

function Ask({ view, data }: { view: View; data: PackAct }) {
  const words = view.t.lab.act
  const fault = data.faults.find(({ field }) => field === 'reason')?.sentence
  return (
    <ActForm
      view={view}
      act="operate"
      action={addresses.packAct(data.pack, data.step)}
      button={words.titles[data.step](data.pack, data.version)}
      main
    >
      <input type="hidden" name="version" value={data.version} />
      {data.sources.length > 0 && (
        <SelectField
          id="source"
          label={words.source}
          value={data.source}
          choices={data.sources.map(({ id, name }) => ({ value: id, text: name }))}
        />
      )}
      <ReasonField view={view} value={data.reason} {...(fault !== undefined && { fault })} />
      {data.step === 'activate' && (
        <label class="check">
          <input type="checkbox" name="emergency" value="yes" />
          {words.emergency}
        </label>
      )}
    </ActForm>
  )
}

function Second({ view, data }: { view: View; data: PackAct }) {
  const words = view.t.lab.act
  const { second } = data
  if (second.state === 'not-needed') return null
  if (second.state === 'ask') {
    return (
      <>
        <h2>{words.secondTitle}</h2>
        <p>{words.secondAsk(view.f.time(second.until, view.now))}</p>
        <p class="code-line">
          <code>{second.link}</code>
        </p>
      </>
    )
  }
  return (
    <>
      <h2>{words.secondTitle}</h2>
      <p>{words.secondBy(second.by)}</p>
      <blockquote>{second.why}</blockquote>
      {second.own ? (
        <p class="not-allowed">{words.secondOwn}</p>
      ) : (
        <ActForm
          view={view}
          act="operate"
          action={addresses.packAct(data.pack, data.step)}
          button={words.confirm(words.titles[data.step](data.pack, data.version))}
          main
        >
          <input type="hidden" name="proposal" value={second.proposal} />
        </ActForm>
      )}
    </>
  )
}
