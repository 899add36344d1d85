import { versionsOfPatient, versionsOfResults } from '../../store/result-search.ts'
import type { FhirDeps } from './deps.ts'
import { renderPatient } from './render-patient.ts'
import { openContents, takenBackAmong } from './results.ts'

const lately = 20

/**
 * A patient as the newest result has it that was not taken back: one that was may bear the name of another person, also in the
 * versions before that. Null when there is no such result.
 */
export async function patientOf(deps: FhirDeps, patient: Buffer): Promise<Readonly<Record<string, unknown>> | null> {
  const versions = await versionsOfPatient(deps.db, patient, lately)
  const keys = [...new Set(versions.map(({ key }) => key))]
  const takenBack = takenBackAmong(await versionsOfResults(deps.db, keys))
  const newest = versions.find(({ record }) => !takenBack.has(record))
  if (newest === undefined) return null
  const content = (await openContents(deps, [newest])).get(newest.record)
  return content === undefined ? null : renderPatient(patient.toString('hex'), content, newest.receivedAt)
}
