import type { ComponentChildren } from 'preact'
import { may, type Act, type View } from '../view.ts'
import { Icon } from './icon.tsx'

/** Hidden fields of every form: proof that it is ours, the id that makes a double click one act, and where to return. */
export function Guard({ view, back = false }: { view: View; back?: boolean }) {
  return (
    <>
      <input type="hidden" name="token" value={view.token} />
      <input type="hidden" name="form" value={view.form} />
      {back && <input type="hidden" name="back" value={view.address} />}
    </>
  )
}

/** What was wrong with one field, in the reader's language. */
export interface FieldFault {
  readonly field: string
  readonly sentence: string
}

/** The faults of a form, above it, each leading to its field. */
export function FaultSummary({ view, faults }: { view: View; faults: readonly FieldFault[] }) {
  if (faults.length === 0) return null
  return (
    <div class="faults" role="alert" tabindex={-1}>
      <h2>{view.t.faultsTitle(faults.length)}</h2>
      <ul>
        {faults.map((fault) => (
          <li key={fault.field}>
            <a href={`#${fault.field}`}>{fault.sentence}</a>
          </li>
        ))}
      </ul>
    </div>
  )
}

interface FieldProps {
  readonly id: string
  readonly label: string
  readonly hint?: string
  readonly fault?: string | undefined
}

function Around({ id, label, hint, fault, children }: FieldProps & { children: ComponentChildren }) {
  return (
    <div class={fault === undefined ? 'field' : 'field has-fault'}>
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault !== undefined && (
        <p class="fault" id={`${id}-fault`}>
          <Icon name="octagon-x" />
          {fault}
        </p>
      )}
      {children}
    </div>
  )
}

function described({ id, hint, fault }: FieldProps): { 'aria-describedby'?: string; 'aria-invalid'?: true } {
  const ids = [hint === undefined ? '' : `${id}-hint`, fault === undefined ? '' : `${id}-fault`].filter((x) => x !== '')
  return {
    ...(ids.length > 0 && { 'aria-describedby': ids.join(' ') }),
    ...(fault !== undefined && { 'aria-invalid': true }),
  }
}

type TextProps = FieldProps & {
  readonly value?: string
  readonly type?: 'text' | 'password' | 'search' | 'number' | 'date' | 'datetime-local'
  readonly required?: boolean
  readonly autocomplete?: string
  readonly min?: number
  readonly minLength?: number
}

/** The element's type is one of many shapes; of these the others' attributes are the same. */
const inputType = (type: NonNullable<TextProps['type']>) => ({ type }) as { type: 'text' }

/** One line of input; the id is the name it is posted under. */
export function TextField(props: TextProps) {
  const { id, value = '', type = 'text', required = false, autocomplete = 'off', min, minLength } = props
  return (
    <Around {...props}>
      <input
        id={id}
        name={id}
        {...inputType(type)}
        value={value}
        required={required}
        autocomplete={autocomplete}
        {...(min !== undefined && { min })}
        {...(minLength !== undefined && { minLength })}
        {...described(props)}
      />
    </Around>
  )
}

/** Why somebody does this: at least ten characters, kept with the act. */
export function ReasonField({
  view,
  id = 'reason',
  value = '',
  fault,
  label = view.t.reason,
  hint = view.t.reasonHint,
}: {
  view: View
  id?: string
  value?: string
  fault?: string
  label?: string
  hint?: string
}) {
  const props = { id, label, hint, fault }
  return (
    <Around {...props}>
      <textarea id={id} name="reason" rows={2} minLength={10} maxLength={500} required {...described(props)}>
        {value}
      </textarea>
    </Around>
  )
}

export interface Choice {
  readonly value: string
  readonly text: string
}

export function SelectField(props: FieldProps & { choices: readonly Choice[]; value?: string; name?: string }) {
  const { id, choices, value, name = id } = props
  return (
    <Around {...props}>
      <select id={id} name={name} {...described(props)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} selected={choice.value === value}>
            {choice.text}
          </option>
        ))}
      </select>
    </Around>
  )
}

/** A form of an act, or, for a reader whose role does not allow it, who may do it. */
export function ActForm(props: {
  view: View
  act: Act
  action: string
  button: string
  main?: boolean
  children?: ComponentChildren
}) {
  const { view, act, action, button, main = false, children } = props
  if (!may(view, act)) return <p class="not-allowed">{view.t.notAllowed[act]}</p>
  return (
    <form class="act" action={action} method="post">
      <Guard view={view} />
      {children}
      <button class={main ? 'main' : undefined}>{button}</button>
    </form>
  )
}
