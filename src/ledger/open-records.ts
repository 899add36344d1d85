import type { CanonicalRecord } from '../formats/record.ts'
import { parseRecordName, prefixOf, recordName } from '../kernel/ids.ts'
import type { Database } from '../store/connect.ts'
import { recordsAt, type StoredRecord } from '../store/records.ts'
import type { Vault } from './vault.ts'

/** A record with its content in the clear. */
export interface OpenedRecord {
  readonly record: StoredRecord
  readonly content: CanonicalRecord
}

/**
 * The contents of records of one message in the clear, by their places in it, for those who may see them; every call belongs
 * in the access log. Read at once: a message may have thousands of records.
 */
export async function openRecords(
  { db, vault }: { db: Database; vault: Vault },
  receipt: string,
  ordinals: readonly number[],
): Promise<OpenedRecord[]> {
  if (ordinals.length === 0) return []
  const records = await recordsAt(db, receipt, prefixOf(receipt), ordinals)
  const opened: OpenedRecord[] = []
  for (const record of records) {
    const name = recordName(record.receipt, record.ordinal)
    const bytes = vault.unseal(await vault.byId(record.dataKey), record.content, name)
    opened.push({ record, content: JSON.parse(bytes.toString()) as CanonicalRecord })
  }
  return opened
}

/** The same of one record, by its name; null when there is none. */
export async function openRecord(deps: { db: Database; vault: Vault }, name: string): Promise<OpenedRecord | null> {
  const parsed = parseRecordName(name)
  if (parsed === null) return null
  const [opened] = await openRecords(deps, parsed.receipt, [parsed.ordinal])
  return opened ?? null
}
