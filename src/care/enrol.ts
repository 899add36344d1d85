import { SluisError } from '../kernel/errors.ts'
import { identifierIndex } from '../ledger/patient.ts'
import type { MonitorDefinition } from '../monitors/definition.ts'
import { markItems, type ItemKey } from '../store/care-dirty.ts'
import { inTransaction, type Database } from '../store/connect.ts'
import { putEnrolments, type EnrolmentRow } from '../store/enrolments.ts'
import type { CareDeps } from './deps.ts'
import { enrolmentName, enrolmentPeriod, type PersonFacts } from './enrolment.ts'
import { readIdentifier, type EnrolFile } from './enrol-file.ts'

const batchSize = 500

/**
 * Enrols the patients of a file, or says something else of those who are enrolled; their items are evaluated by the workers,
 * and for a reader who comes earlier. Returns how many. Throws before the first one when a monitor or a number is not known.
 *
 * @example await enrol(deps, db, readEnrolFile(text), 'dr. Peeters')
 */
export async function enrol(
  deps: CareDeps,
  db: Database,
  { practice, zone, patients }: EnrolFile,
  actor: string,
  tell: (done: number) => void = () => undefined,
): Promise<number> {
  const meant = new Map<
    string,
    { definition: MonitorDefinition; patient: Buffer; row: EnrolFile['patients'][number] }
  >()
  for (const row of patients) {
    const definition = newest(deps, row.monitor, row.version)
    const patient = identifierIndex(deps.vault.keys, readIdentifier(row.identifier), practice)
    meant.set(`${patient.toString('hex')} ${row.monitor}`, { definition, patient, row })
  }
  const all = [...meant.values()]
  const dataKey = await deps.vault.forPeriod('lab', enrolmentPeriod)
  for (let at = 0; at < all.length; at += batchSize) {
    const rows: EnrolmentRow[] = []
    const items: ItemKey[] = []
    for (const { definition, patient, row } of all.slice(at, at + batchSize)) {
      const { name: monitor, version } = definition
      const sealed = deps.vault.seal(
        dataKey,
        Buffer.from(JSON.stringify(factsOf(row))),
        enrolmentName(patient, monitor),
      )
      const { from: fromDay, to: toDay } = row
      rows.push({ patient, monitor, version, practice, fromDay, toDay, zone, content: sealed, dataKey: dataKey.id })
      for (const { id } of definition.items) items.push({ patient, monitor, item: id })
    }
    await inTransaction(db, async (tx) => {
      await putEnrolments(tx, rows, actor)
      await markItems(tx, items, 'enrolment')
    })
    tell(at + rows.length)
  }
  return all.length
}

/** A version of a monitor, the newest when none is named. Throws `monitor-unknown`. */
export function newest({ definitions }: CareDeps, monitor: string, version?: string): MonitorDefinition {
  // Definitions come by name and then version.
  const found = definitions.findLast(
    (one) => one.name === monitor && (version === undefined || one.version === version),
  )
  if (found !== undefined) return found
  const known = definitions.map((one) => `${one.name} ${one.version}`).join(', ')
  throw new SluisError('monitor-unknown', { monitor, version: version ?? '*', known })
}

function factsOf(row: EnrolFile['patients'][number]): PersonFacts {
  const { name, identifier, birthDate, diagnosedOn, deceasedOn, targets, exemptions, features } = row
  return { name, identifier, birthDate, diagnosedOn, deceasedOn, targets, exemptions, features }
}
