import { noteActivation, openActivation, patientsFailedBy, type OpenActivation } from '../store/care-activations.ts'
import { markPatients } from '../store/care-dirty.ts'
import { inTransaction, type Database, type Queryable } from '../store/connect.ts'
import { patientsTouchedBy } from '../store/visibility.ts'

const batchSize = 1_000

/**
 * Follows the oldest activation that monitors have not followed: marks a batch of the patients it touches. One transaction,
 * with how far it came, so that a crash goes on there. False when there is none.
 */
export async function followActivation(db: Database): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const open = await openActivation(tx)
    if (open === null) return false
    const { activation, patient } = open
    const touched = await patientsTouched(tx, open)
    await markPatients(tx, touched, 'activation')
    await noteActivation(tx, activation, touched.at(-1) ?? patient, touched.length < batchSize)
    return true
  })
}

/** In the order of their index, so that the last one is the place to go on from. */
async function patientsTouched(
  tx: Queryable,
  { activation, patient: after }: OpenActivation,
): Promise<readonly Buffer[]> {
  const withheld = await patientsTouchedBy(tx, activation, after, batchSize)
  const failed = await patientsFailedBy(tx, activation, after, batchSize)
  const all = new Map([...withheld, ...failed].map((patient) => [patient.toString('hex'), patient]))
  return [...all.values()].toSorted((a, b) => a.compare(b)).slice(0, batchSize)
}
