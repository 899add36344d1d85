import { addresses } from '../addresses.ts'
import type { View } from '../view.ts'

/** Whose page it is. What is not known of a person stays null; nothing of it stands in an address. */
export interface PatientBar {
  /** The patient index in hex. */
  readonly index: string
  /** Why the reader looks, carried from page to page. */
  readonly purpose: string
  readonly name: string | null
  readonly birthDate: string | null
  readonly identifier: string | null
}

/** Name, birth date and number of the patient, with the ways to the other pages of the same person. */
export function Patient({ view, patient, here }: { view: View; patient: PatientBar; here: 'results' | 'monitors' }) {
  const { lab } = view.t
  const link = (page: 'results' | 'monitors', address: string) => (
    <a href={address} aria-current={page === here ? 'page' : undefined}>
      {lab.patient[page]}
    </a>
  )
  const { purpose } = patient
  return (
    <div class="patient-bar">
      <p>
        <strong>{patient.name ?? lab.patient.noName}</strong>
        {patient.birthDate !== null && <span>{dayOf(view, patient.birthDate)}</span>}
        {patient.identifier !== null && <code>{patient.identifier}</code>}
      </p>
      <nav class="patient-pages" aria-label={lab.patient.pages}>
        {link('results', addresses.patientResults(patient.index, { purpose }))}
        {link('monitors', addresses.patientMonitors(patient.index, { purpose }))}
      </nav>
    </div>
  )
}

/** A day as it is known: a date is written out, a year or month stays as it came. */
export function dayOf(view: View, day: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) ? view.f.day(`${day}T12:00:00Z`) : day
}
