import { isPurpose } from '../../access/access-log.ts'
import type { PatientIdentifier } from '../../formats/lab/observation.ts'
import { checkBsn } from '../../identifiers/bsn.ts'
import { checkInsz } from '../../identifiers/insz.ts'
import { identifierIndex } from '../../ledger/patient.ts'
import { addresses } from '../../web/addresses.ts'
import { patientSearchPage } from '../../web/pages/patients.tsx'
import type { FieldFault } from '../../web/parts/form.tsx'
import type { ConsoleDeps } from './deps.ts'
import { fieldsRefused, type Form } from './forms.ts'
import { patientPurposes } from './patient-gate.ts'
import type { Screens, Visit } from './screens.ts'

/** Finds a patient by a number. The number comes in a form and leaves as an index: no address and no log ever holds it. */
export function patientScreens(screens: Screens, deps: ConsoleDeps): void {
  screens.show(addresses.patients, 'see-patient', async ({ view }) =>
    patientSearchPage(view, { scheme: 'insz', value: '', assigner: '', faults: [], purposes: patientPurposes }),
  )
  screens.act(addresses.patients, 'see-patient', async (visit, form) => {
    const { identifier, faults } = readSearch(visit, form)
    const purpose = form.text('purpose')
    if (!isPurpose(purpose)) faults.push({ field: 'purpose', sentence: visit.view.t.lab.search.purposeEmpty })
    if (identifier === null || faults.length > 0) {
      const given = { scheme: form.text('scheme'), value: form.text('number'), assigner: form.text('assigner') }
      const page = patientSearchPage(visit.view, { ...given, faults, purposes: patientPurposes })
      return { state: 'asks', page, refusal: fieldsRefused(faults) }
    }
    const index = identifierIndex(deps.vault.keys, identifier, '').toString('hex')
    return { state: 'done', to: addresses.patientResults(index, { purpose }) }
  })
}

function readSearch({ view }: Visit, form: Form): { identifier: PatientIdentifier | null; faults: FieldFault[] } {
  const words = view.t.lab.search
  const [scheme, text, assigner] = [form.text('scheme'), form.text('number'), form.text('assigner')]
  const refused = (sentence: string) => ({ identifier: null, faults: [{ field: 'number', sentence }] })
  if (text === '') return refused(words.numberEmpty)
  if (scheme === 'local') return { identifier: { scheme, value: text, assigner }, faults: [] }
  const digits = text.replaceAll(/[.\-\s]/g, '')
  if (scheme === 'bsn') {
    const bsn = checkBsn(digits)
    if (bsn.state !== 'valid') return refused(words.numberWrong)
    return { identifier: { scheme, value: bsn.nineDigits, assigner: '' }, faults: [] }
  }
  if (checkInsz(digits).state !== 'valid') return refused(words.numberWrong)
  return { identifier: { scheme: 'insz', value: digits, assigner: '' }, faults: [] }
}
