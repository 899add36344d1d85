import { SluisError } from '../kernel/errors.ts'
import { identifierIndex } from '../ledger/patient.ts'
import type { MonitorDefinition } from '../monitors/definition.ts'
import { markItems, type ItemKey } from '../store/care-dirty.ts'
import { inTransaction, type Database } from '../store/connect.ts'
import { putEnrolments, type SaidEnrolment } from '../store/enrolments.ts'
import { versionsEnrolled } from '../store/monitor-moves.ts'
import { definitionOf, type CareDeps } from './deps.ts'
import { enrolmentName, enrolmentPeriod, type PersonFacts } from './enrolment.ts'
import { readIdentifier, type EnrolFile } from './enrol-file.ts'

const batchSize = 500

/**
 * Enrols the patients of a file, or says something else of those who are enrolled; their items are evaluated by the workers,
 * and for a reader who comes earlier. Where no version is named, nobody is moved by it: who is enrolled stays on theirs, and
 * who is new comes to that of the practice. Returns how many. Throws before the first one when a monitor or a number is not
 * known.
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
  const ofPractice = versionsOf(deps, db, practice)
  const meant = new Map<
    string,
    { definition: MonitorDefinition; patient: Buffer; row: EnrolFile['patients'][number] }
  >()
  for (const row of patients) {
    const definition =
      row.version === undefined ? await ofPractice(row.monitor) : newest(deps, row.monitor, row.version)
    const patient = identifierIndex(deps.vault.keys, readIdentifier(row.identifier), practice)
    meant.set(`${patient.toString('hex')} ${row.monitor}`, { definition, patient, row })
  }
  const all = [...meant.values()]
  const dataKey = await deps.vault.forPeriod('lab', enrolmentPeriod)
  for (let at = 0; at < all.length; at += batchSize) {
    const rows: SaidEnrolment[] = []
    for (const { definition, patient, row } of all.slice(at, at + batchSize)) {
      const { name: monitor, version } = definition
      const sealed = deps.vault.seal(
        dataKey,
        Buffer.from(JSON.stringify(factsOf(row))),
        enrolmentName(patient, monitor),
      )
      const { from: fromDay, to: toDay } = row
      const said = { patient, monitor, version, practice, fromDay, toDay, zone, content: sealed, dataKey: dataKey.id }
      rows.push({ ...said, stays: row.version === undefined })
    }
    await inTransaction(db, async (tx) => {
      const put = await putEnrolments(tx, rows, actor)
      await markItems(
        tx,
        put.flatMap((one) => itemsOf(deps, one)),
        'enrolment',
      )
    })
    tell(at + rows.length)
  }
  return all.length
}

/** Of a monitor the newest version that patients of a practice are on, else the newest there is. */
function versionsOf(deps: CareDeps, db: Database, practice: string) {
  const known = new Map<string, MonitorDefinition>()
  return async (monitor: string): Promise<MonitorDefinition> => {
    const found = known.get(monitor)
    if (found !== undefined) return found
    const versions = await versionsEnrolled(db, monitor, practice)
    const own = deps.definitions.findLast((one) => one.name === monitor && versions.includes(one.version))
    const definition = own ?? newest(deps, monitor)
    known.set(monitor, definition)
    return definition
  }
}

type OnVersion = Pick<SaidEnrolment, 'patient' | 'monitor' | 'version'>

/** Those of the version they are on; where only a newer node has it, those known here come first. */
function itemsOf(deps: CareDeps, { patient, monitor, version }: OnVersion): ItemKey[] {
  const { items } = definitionOf(deps, monitor, version) ?? newest(deps, monitor)
  return items.map(({ id }) => ({ patient, monitor, item: id }))
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
