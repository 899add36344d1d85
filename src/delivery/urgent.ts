import { SluisError } from '../kernel/errors.ts'
import { isUuid8, parseRecordName, prefixOf } from '../kernel/ids.ts'
import type { Queryable } from '../store/connect.ts'
import { insertUrgentMark } from '../store/delivery-urgent.ts'
import { findMessage } from '../store/messages.ts'
import { recordsOfMessage } from '../store/records.ts'

/**
 * Lets a message or one record of it go first: somebody is waiting for it. What must go before it comes along. Returns how
 * many deliveries were hurried; 0 when nothing is owed yet (the mark then counts when it is). Throws `receipt-unknown`.
 *
 * @example await markUrgent(db, '3f0c7a52-11d0-8a6e-9c1b-0b64f1a2c3d4', 'boards at 18:10', 'helpdesk.an')
 */
export async function markUrgent(db: Queryable, wanted: string, reason: string, owner: string): Promise<number> {
  const named = parseRecordName(wanted)
  const receipt = named?.receipt ?? wanted
  const message = isUuid8(receipt) ? await findMessage(db, receipt, prefixOf(receipt)) : null
  if (message === null) throw new SluisError('receipt-unknown', { receipt: wanted.slice(0, 60) })
  let record = 0
  if (named !== null) {
    const found = (await recordsOfMessage(db, message)).find((one) => one.ordinal === named.ordinal)
    if (found === undefined) throw new SluisError('receipt-unknown', { receipt: wanted })
    record = found.id
  }
  return insertUrgentMark(db, { message: message.id, record, reason, owner })
}
