import type { Queryable } from '../store/connect.ts'
import { dropOldRates } from '../store/delivery-housekeeping.ts'
import { spreadUrgentMarks } from '../store/delivery-urgent.ts'
import { settleReplaced } from './replaced.ts'

/** What must happen from time to time whoever does it: every part is repeatable, and any node does it. */
export async function housekeeping(tx: Queryable, actor: string): Promise<void> {
  await settleReplaced(tx, actor, null)
  await spreadUrgentMarks(tx)
  await dropOldRates(tx)
}
