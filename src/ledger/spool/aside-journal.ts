import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../../kernel/durable-file.ts'
import type { Log } from '../../kernel/log.ts'
import type { Aside } from './aside.ts'
import { writeDurably, type OpenFile } from './files.ts'
import type { Journal } from './journal.ts'
import type { SpooledMessage } from './message.ts'
import { decodeRecords, encodeRecord, type GivenReceipt } from './receipt-records.ts'

/** The receipts of messages set aside, in the folder of the journal: one small file each, as the messages themselves. */
export interface AsideReceipts {
  keep(given: GivenReceipt): Promise<void>
  forget(receipt: string): Promise<void>
  all(): Promise<GivenReceipt[]>
}

const suffix = '.aside'

export function asideReceipts(folder: string, openFile: OpenFile): AsideReceipts {
  return {
    keep: (given) =>
      writeDurably(folder, given.receipt + suffix, encodeRecord({ state: 'given', offset: 0, ...given }), openFile),
    async forget(receipt) {
      await rm(join(folder, receipt + suffix), { force: true })
      await syncFolder(folder)
    },
    async all() {
      const found: GivenReceipt[] = []
      for (const name of await readdir(folder)) {
        if (!name.endsWith(suffix)) continue
        const [record] = decodeRecords(await readFile(join(folder, name)))
        if (record?.state !== 'given') continue
        const { receipt, senderId, spooledAt } = record
        found.push({ receipt, senderId, spooledAt })
      }
      return found
    },
  }
}

/** Keeps a message out of the drain's way and its receipt in the journal: the spool's own list of it ends with the drain. */
export async function putAside(aside: Aside, journal: Journal, message: SpooledMessage): Promise<void> {
  await aside.put(message)
  await journal.aside(givenFor(message))
}

/** Gives a message to `store` and keeps it no more. False: it is not here, or unreadable. */
export async function giveBack(
  aside: Aside,
  journal: Journal,
  receipt: string,
  store: (message: SpooledMessage) => Promise<void>,
): Promise<boolean> {
  const message = await aside.read(receipt)
  if (message === null) return false
  await store(message)
  await giveUp(aside, journal, receipt)
  return true
}

/** Keeps a message no more. */
export async function giveUp(aside: Aside, journal: Journal, receipt: string): Promise<void> {
  // In this order: a crash between the two leaves a message without a line, not a line that calls a stored message lost.
  await journal.returned(receipt)
  await aside.remove(receipt)
}

/** The receipt of what is set aside; of a file that cannot be read nobody knows whose, and since when only that it is aside. */
export async function givenAside(aside: Aside, receipt: string): Promise<GivenReceipt> {
  const message = await aside.read(receipt)
  if (message !== null) return givenFor(message)
  return { receipt, senderId: 0, spooledAt: aside.since().get(receipt) ?? new Date() }
}

/** Holds what an earlier process set aside against its receipts: names those without a message, writes down those missed. */
export async function recoverAside(aside: Aside, journal: Journal, log: Log): Promise<void> {
  try {
    const listed = await journal.asides()
    const here = new Set(aside.since().keys())
    const lost = listed.filter(({ receipt }) => !here.has(receipt))
    if (lost.length > 0) log.error('spool-aside-missing', { lost: lost.length })
    await journal.keepLost(lost)
    for (const { receipt } of lost) await journal.returned(receipt)
    for (const { receipt } of listed) here.delete(receipt)
    if (journal.state() === 'off') return
    // The disk of the journal refused then, or the version of then kept no such list.
    for (const receipt of here) {
      const message = await aside.read(receipt)
      if (message !== null) await journal.aside(givenFor(message))
    }
  } catch (error) {
    log.error('spool-journal-unread', {}, error)
  }
}

const givenFor = ({ receipt, senderId, receivedAt }: SpooledMessage): GivenReceipt => ({
  receipt,
  senderId,
  spooledAt: receivedAt,
})
