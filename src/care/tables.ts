import { recordName } from '../kernel/ids.ts'
import type { CanonicalRecord } from '../formats/record.ts'
import { meaningOf } from '../monitors/meaning.ts'
import { holdPacks } from '../store/activations.ts'
import { markPatients } from '../store/care-dirty.ts'
import { inTransaction, type Database } from '../store/connect.ts'
import {
  linesOfChange,
  noteTablesChange,
  openTablesChange,
  patientsOfChange,
  setMeanings,
  type LineMeaning,
  type MeantLine,
} from '../store/tables-changes.ts'
import type { CareDeps } from './deps.ts'

// A step of a pack waits for a batch: small ones.
const patientsAtOnce = 50

/**
 * Follows the oldest change of tables that the index of results has not followed: writes anew what the tables that count now
 * make of the codes of some patients' results, and marks their monitors. One transaction, with how far it came; tables cannot
 * change meanwhile. False when there is none. Until it has come by, readers of monitors look at every result of such patients.
 */
export async function followTables(deps: CareDeps, db: Database): Promise<boolean> {
  if ((await openTablesChange(db)) === null) return false
  return inTransaction(db, async (tx) => {
    await holdPacks(tx, 'shared')
    const open = await openTablesChange(tx)
    if (open === null) return false
    const patients = await patientsOfChange(tx, open, patientsAtOnce)
    const tables = await deps.tablesFor(tx)
    const differing: (LineMeaning & Pick<MeantLine, 'patient' | 'record'>)[] = []
    for (const line of await linesOfChange(tx, open, patients)) {
      const name = recordName(line.receipt, line.ordinal)
      const bytes = deps.vault.unseal(await deps.vault.byId(line.dataKey), line.content, name)
      const { content } = JSON.parse(bytes.toString()) as CanonicalRecord
      if (content?.kind !== 'observation') continue
      const { loinc, analyte, terms } = meaningOf(content, tables.of(line.senderId))
      const { patient, record } = line
      if (asText({ loinc, analyte, terms }) !== asText(line)) differing.push({ patient, record, loinc, analyte, terms })
    }
    await setMeanings(tx, differing)
    // Also those of whom no code changed: a unit may.
    await markPatients(tx, patients, 'activation')
    await noteTablesChange(tx, open, patients.at(-1) ?? open.patient, patients.length < patientsAtOnce)
    return true
  })
}

const asText = ({ loinc, analyte, terms }: LineMeaning): string => JSON.stringify([loinc, analyte, terms])
