import {
  deliveryLines,
  holdPeriods,
  messageLines,
  recordLines,
  type Days,
  type DeliveryLine,
  type MessageLine,
  type RecordLine,
} from '../store/account.ts'
import { inSnapshot, type Database } from '../store/connect.ts'
import { closedLines } from '../store/retention.ts'
import { missingSpooled, type MissingSpooled } from '../store/spooled-missing.ts'
import { withClosed } from './closed-books.ts'

/** The books of some days. `balanced` only when no line differs, all set hashes agree and no spooled receipt is missing. */
export interface Account {
  readonly days: Days
  readonly balanced: boolean
  readonly messages: readonly MessageLine[]
  readonly records: readonly RecordLine[]
  readonly deliveries: readonly DeliveryLine[]
  readonly missing: readonly MissingSpooled[]
}

/**
 * Closes the books (law 4) per service, sender, destination, form kind and day. Counts come from the facts and from the
 * entries apart, so that one can show the other wrong. All lines are read in one snapshot. What retention dropped counts
 * with the lines that were kept of it.
 *
 * @example (await account(db, { from: '2022-07-01', to: '2022-07-01' })).balanced
 */
export async function account(db: Database, days: Days): Promise<Account> {
  return inSnapshot(db, async (tx) => {
    await holdPeriods(tx)
    const messages = await messageLines(tx, days)
    const records = await recordLines(tx, days)
    const deliveries = await deliveryLines(tx, days)
    const missing = await missingSpooled(tx)
    const lines = withClosed({ messages, records, deliveries, missing }, await closedLines(tx, days))
    return { days, balanced: isBalanced(lines), ...lines }
  })
}

/** Whether a set of lines balances; also for a part of the books. */
export function isBalanced({ messages, records, deliveries, missing }: Omit<Account, 'days' | 'balanced'>): boolean {
  return (
    missing.length === 0 &&
    messages.every((line) => messageLineBalances(line)) &&
    records.every((line) => recordLineBalances(line)) &&
    deliveries.every((line) => deliveryLineBalances(line))
  )
}

export const messageLineBalances = (line: MessageLine): boolean =>
  line.differing === 0 &&
  line.accepted === line.read + line.unreadable + line.waiting &&
  line.acceptedHash === line.accountedHash

export const recordLineBalances = (line: RecordLine): boolean =>
  line.differing === 0 &&
  line.read === line.passed + line.withheld + line.refused + line.waiting &&
  line.readHash === line.accountedHash

export const deliveryLineBalances = (line: DeliveryLine): boolean =>
  line.differing === 0 &&
  line.owed === line.acknowledged + line.waiting + line.refused + line.withdrawn &&
  line.owedHash === line.accountedHash
