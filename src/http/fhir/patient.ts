import { versionsOfPatient } from '../../store/result-search.ts'
import type { FhirDeps } from './deps.ts'
import { renderPatient } from './render-patient.ts'
import { openContents } from './results.ts'

const lately = 20

/** A patient as the newest result has it that was not taken back; null when there is no result. */
export async function patientOf(deps: FhirDeps, patient: Buffer): Promise<Readonly<Record<string, unknown>> | null> {
  const versions = await versionsOfPatient(deps.db, patient, lately)
  const newest = versions.find(({ status }) => status !== 'wrong-patient') ?? versions[0]
  if (newest === undefined) return null
  const content = (await openContents(deps, [newest])).get(newest.record)
  return content === undefined ? null : renderPatient(patient.toString('hex'), content, newest.receivedAt)
}
