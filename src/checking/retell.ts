import { isFindingCode } from '../formats/eform/findings.ts'
import type { Service } from '../formats/record.ts'
import { findingsPack } from '../rules/findings.ts'
import { holdPacks } from '../store/activations.ts'
import { inTransaction, type Database, type Queryable } from '../store/connect.ts'
import { insertEntries, type NewEntry } from '../store/entries.ts'
import {
  isJudgingStored,
  noteRefusals,
  refusalMark,
  refusalsToldOtherwise,
  withheldAmong,
  type Certain,
  type Refusal,
  type Withholding,
} from '../store/rule-refusals.ts'
import { addSteps, shardCount } from '../store/steps.ts'

const usualBatch = 5_000

/**
 * Tells senders what became of records they were told of otherwise: a version or a person lets a refused one pass, which
 * is planned from now on like one that never was refused; or what was stored is refused by a version that came later.
 * Returns how many were told. `certain` narrows it, asked before each batch, to what is certain already.
 */
export async function retellRefusals(
  db: Database,
  actor: string,
  certainIn: (tx: Queryable) => Promise<Certain> = () => Promise.resolve('all'),
  batch = usualBatch,
): Promise<number> {
  let told = 0
  for (;;) {
    const count = await inTransaction(db, async (tx) => {
      // A version that begins to count between two batches has judged nothing yet, and would seem to let all of it pass.
      await holdPacks(tx, 'shared')
      const certain = await certainIn(tx)
      const changed = (await refusalsToldOtherwise(tx, batch, certain)).map((one) => ({ ...one, now: !one.refused }))
      if (changed.length === 0) return 0
      await noteRefusals(tx, changed)
      // What is refused no more may be withheld by another version, or by a person: until that is over nothing is sent.
      const withheld = await withheldAmong(
        tx,
        changed.filter(({ now }) => !now).map(({ record }) => record),
      )
      for (const [service, own] of Map.groupBy(changed, (one): Service => one.service)) {
        await insertEntries(
          tx,
          service,
          own.map((one) => entryOf(one, actor, withheld.get(one.record))),
        )
        const passing = own.filter(({ now }) => !now)
        await addSteps(
          tx,
          'plan',
          service,
          passing.map(({ senderId, message, record, receivedAt }) => ({
            shard: senderId % shardCount,
            message,
            record,
            receivedAt,
          })),
        )
      }
      return changed.length
    })
    told += count
    if (count < batch) return told
  }
}

function entryOf(
  refusal: Refusal & { readonly now: boolean },
  actor: string,
  withheld: Withholding | undefined,
): NewEntry {
  const { record, receivedAt, message, senderId, ordinal, formKind, now } = refusal
  const faults = refusal.faults.filter(isFindingCode)
  const common = { message, receivedAt, record, delivery: null, senderId, actor, tell: true }
  const detail = { ordinal, formKind, faults }
  if (now) return { ...common, kind: 'refused-later', detail }
  if (withheld === undefined) return { ...common, kind: 'reinstated', detail }
  return { ...common, kind: 'withheld', detail: { ...detail, flags: [], ...withheld } }
}

/** What is certain of the forms: all of it, unless a version that counts is still judging what is stored. */
export const certainNow = async (db: Queryable): Promise<Certain> =>
  (await isJudgingStored(db, findingsPack)) ? 'released' : 'all'

/**
 * Looks, by one node, whether anything changed that senders must be told; asks for one line when nothing did. While
 * what is stored is still being judged by the version that counts, only what a person released is told.
 */
export function retellLook(node: string) {
  let known = ''
  return {
    name: 'refusals',
    kinds: [] as const,
    everyMs: 1_000,
    promptly: true,
    look: async (db: Database) => {
      const mark = `${await certainNow(db)} ${await refusalMark(db, findingsPack)}`
      if (mark === known) return []
      await retellRefusals(db, `hub:${node}`, certainNow)
      known = mark
      return []
    },
  }
}
