import { addresses } from '../addresses.ts'
import { FaultSummary, Guard, SelectField, TextField, type FieldFault } from '../parts/form.tsx'
import { PurposeField } from '../parts/purpose-field.tsx'
import { page } from '../parts/shell.tsx'
import type { View } from '../view.ts'

/** Asks for a number and a purpose; the number goes into no address and no log. */
export interface PatientSearch {
  readonly scheme: string
  readonly value: string
  readonly assigner: string
  readonly faults: readonly FieldFault[]
  readonly purposes: readonly string[]
}

export function patientSearchPage(view: View, data: PatientSearch): string {
  const words = view.t.lab.search
  return page(
    view,
    { title: words.title, section: addresses.patients },
    <div class="confirm">
      <h1>{words.title}</h1>
      <p>{view.t.purpose.what}</p>
      <FaultSummary view={view} faults={data.faults} />
      <form class="act" action={addresses.patients} method="post">
        <Guard view={view} />
        <SelectField
          id="scheme"
          label={words.scheme}
          value={data.scheme}
          choices={[
            { value: 'insz', text: words.schemes.insz },
            { value: 'bsn', text: words.schemes.bsn },
            { value: 'local', text: words.schemes.local },
          ]}
        />
        <TextField
          id="number"
          label={words.number}
          value={data.value}
          required
          fault={data.faults.find(({ field }) => field === 'number')?.sentence}
        />
        <TextField id="assigner" label={words.assigner} hint={words.assignerHint} value={data.assigner} />
        <PurposeField view={view} purposes={data.purposes} />
        <button class="main">{words.button}</button>
      </form>
      {view.person?.role === 'operator' && (
        <p>
          <a href={addresses.emergencies}>{view.t.checks.emergency.title}</a>
        </p>
      )}
    </div>,
  )
}

/** Asked when somebody opens a page of a patient by its address alone. */
export function patientPurposePage(
  view: View,
  data: { readonly action: string; readonly purposes: readonly string[] },
): string {
  const { t } = view
  return page(
    view,
    { title: t.purpose.title, section: addresses.patients },
    <div class="confirm">
      <h1>{t.purpose.title}</h1>
      <p>{t.purpose.what}</p>
      <form class="act" action={data.action} method="get">
        <PurposeField view={view} purposes={data.purposes} />
        <button class="main">{t.purpose.button}</button>
      </form>
      <p>
        <a href={addresses.patients}>{t.back}</a>
      </p>
    </div>,
  )
}
