import { ActForm, FaultSummary, ReasonField } from '../parts/form.tsx'
import { Definitions } from '../parts/definitions.tsx'
import { Icon } from '../parts/icon.tsx'
import { page } from '../parts/shell.tsx'
import { Time } from '../parts/time.tsx'
import type { Act, View } from '../view.ts'

/** The preview of an act that hides, stops, sends or deletes: the preview is the question. Texts come in the reader's language. */
export interface Confirm {
  readonly title: string
  /** Who may do it. */
  readonly act: Act
  /** What it does, in a sentence. */
  readonly what: string
  /** The reason as given, and what is wrong with it. */
  readonly reason: string
  readonly fault: string | null
  /** What will happen, counted from real data. */
  readonly effect: readonly { readonly name: string; readonly value: string }[]
  readonly undo: string
  readonly action: string
  /** Hidden fields posted with the reason. */
  readonly fields: Readonly<Record<string, string>>
  /** The verb with its number: "Pause 1,204 deliveries". */
  readonly button: string
  /** What is no longer as the reader saw it. */
  readonly changed: boolean
  /** It is so already: by whom and since when, or by nobody we know of. Nothing would happen then, and nothing is promised. */
  readonly done: { readonly by: string; readonly at: string } | { readonly by: null } | null
  readonly secondPerson: boolean
  readonly back: string
}

export function confirmPage(view: View, data: Confirm): string {
  const words = view.t.confirm
  return page(
    view,
    { title: data.title },
    <div class="confirm">
      <h1>{data.title}</h1>
      {data.changed && (
        <p class="alarm is-late" role="alert">
          <Icon name="triangle-alert" />
          {words.changed}
        </p>
      )}
      <FaultSummary view={view} faults={data.fault === null ? [] : [{ field: 'reason', sentence: data.fault }]} />
      {data.done === null ? <Effect view={view} data={data} /> : <Done view={view} done={data.done} />}
      <h2>{words.undo}</h2>
      <p>{data.undo}</p>
      {data.done === null && (
        <ActForm view={view} act={data.act} action={data.action} button={data.button} main>
          {Object.entries(data.fields).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          {data.secondPerson && <p>{words.second}</p>}
          <ReasonField view={view} value={data.reason} {...(data.fault !== null && { fault: data.fault })} />
        </ActForm>
      )}
      <p>
        <a href={data.back}>{view.t.back}</a>
      </p>
    </div>,
  )
}

function Effect({ view, data }: { view: View; data: Confirm }) {
  return (
    <>
      <h2>{view.t.confirm.effect}</h2>
      <p>{data.what}</p>
      <Definitions items={data.effect.map((row) => [row.name, row.value] as const)} />
    </>
  )
}

function Done({ view, done }: { view: View; done: NonNullable<Confirm['done']> }) {
  const words = view.t.confirm
  if (done.by === null) return <p>{words.nothingToEnd}</p>
  return (
    <p>
      {words.alreadyDone(done.by)} <Time view={view} at={done.at} />
    </p>
  )
}
