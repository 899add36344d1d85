import type { ObservationContent } from '../formats/lab/observation.ts'
import type { CanonicalRecord } from '../formats/record.ts'
import { recordName } from '../kernel/ids.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Earlier, Surroundings } from '../rules/around.ts'
import type { MessageFacts } from '../rules/subject.ts'
import type { Queryable } from '../store/connect.ts'
import type { StoredRecord } from '../store/records.ts'
import { earlierResults, messageCounts, type EarlierRow, type MessageCounts } from '../store/surroundings.ts'

/**
 * Looks up what surrounds laboratory results: two queries, however many they are. It depends only on what was stored before
 * each, so that trying a version and results arriving under it are judged alike.
 */
export async function surroundingsOf(
  { vault }: { readonly vault: Vault },
  db: Queryable,
  records: readonly StoredRecord[],
): Promise<ReadonlyMap<number, Surroundings>> {
  const counts = new Map((await messageCounts(db, 'lab', records)).map((one) => [one.message, one]))
  const rows = await earlierResults(
    db,
    records.flatMap(({ patient, id }) => (patient === null ? [] : [{ patient, record: id }])),
  )
  const earlierOf = new Map<number, Earlier[]>(records.map(({ id }) => [id, []]))
  const opened = new Map<number, ObservationContent | null>()
  for (const row of rows) {
    const content = opened.get(row.record) ?? (await open(vault, row))
    opened.set(row.record, content)
    if (content === null) continue
    const other = row.role === 'other' ? row.patient.toString('hex') : ''
    const one = { role: row.role, other, name: recordName(row.receipt, row.ordinal), content }
    for (const record of row.of) earlierOf.get(record)?.push(one)
  }
  return new Map(
    records.map((record): [number, Surroundings] => {
      const count = counts.get(record.message)
      const message = count === undefined ? null : factsOf(count, record.faultCodes.includes('hl7-charset'))
      return [record.id, { message, earlier: earlierOf.get(record.id)! } as const]
    }),
  )
}

/** What rules are told of the message of a result; `assumed` when its characters had to be. */
function factsOf(counts: MessageCounts, assumed: boolean): MessageFacts {
  return { ...countsIn(counts), characters: assumed ? 'assumed' : 'declared' }
}

export function countsIn({ results, accepted, refused }: MessageCounts): Omit<MessageFacts, 'characters'> {
  return { results, mapped: accepted, kept: refused }
}

async function open(vault: Vault, row: EarlierRow): Promise<ObservationContent | null> {
  const bytes = vault.unseal(await vault.byId(row.dataKey), row.content, recordName(row.receipt, row.ordinal))
  const { content } = JSON.parse(bytes.toString()) as CanonicalRecord
  return content?.kind === 'observation' ? content : null
}
