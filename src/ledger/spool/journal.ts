import { readdir, readFile, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../../kernel/durable-file.ts'
import type { Log } from '../../kernel/log.ts'
import { asideReceipts } from './aside-journal.ts'
import { writeAll, type OpenFile } from './files.ts'
import { decodeRecords, encodeRecord, recordBytes, type GivenReceipt, type JournalRecord } from './receipt-records.ts'
import { segmentName, type Segment } from './segment.ts'

/** `off`: there is no second folder. `broken`: its disk refuses; the spool goes on and says so. */
export type JournalState = 'on' | 'off' | 'broken'

/**
 * The receipts given for spooled messages, without content, on another disk: one file beside every segment, gone when the
 * segment is drained, and one for every message set aside. Whatever it holds that the spool does not is lost, and has a name.
 *
 * Its faults never reach the sender: the message itself is durable already.
 */
export interface Journal {
  state(): JournalState
  /** Writes down, durably, the receipts of frames that are durable themselves. */
  given(segment: Segment, receipts: readonly { readonly offset: number; readonly given: GivenReceipt }[]): Promise<void>
  drained(segment: Segment, offset: number): Promise<void>
  forget(name: string): Promise<void>
  /** The names of the segments it knows, drained ones left out. */
  names(): Promise<string[]>
  /** The receipts of a segment that were not drained, in order of their frames. */
  open(name: string): Promise<(GivenReceipt & { readonly offset: number })[]>
  /** Writes down, durably, the receipt of a message set aside; takes it off once the message is back. */
  aside(given: GivenReceipt): Promise<void>
  returned(receipt: string): Promise<void>
  asides(): Promise<GivenReceipt[]>
  /** Keeps names of lost receipts until they are told. */
  keepLost(receipts: readonly GivenReceipt[]): Promise<void>
  lost(): Promise<GivenReceipt[]>
  forgetLost(): Promise<void>
  close(): Promise<void>
}

/** A journal for a spool without a second folder: it knows nothing. */
export const noJournal: Journal = {
  state: () => 'off',
  given: () => Promise.resolve(),
  drained: () => Promise.resolve(),
  forget: () => Promise.resolve(),
  names: () => Promise.resolve([]),
  open: () => Promise.resolve([]),
  aside: () => Promise.resolve(),
  returned: () => Promise.resolve(),
  asides: () => Promise.resolve([]),
  keepLost: () => Promise.resolve(),
  lost: () => Promise.resolve([]),
  forgetLost: () => Promise.resolve(),
  close: () => Promise.resolve(),
}

const suffix = '.receipts'
const lostName = 'lost'

/** Opens the journal of a folder, which exists. */
export function openJournal(folder: string, openFile: OpenFile, log: Log): Journal {
  const files = journalFiles(folder, openFile)
  const setAside = asideReceipts(folder, openFile)
  let state: JournalState = 'on'
  const guarded = async (work: () => Promise<void>): Promise<boolean> => {
    try {
      await work()
      if (state === 'broken') log.info('spool-journal-back')
      state = 'on'
      return true
    } catch (error) {
      if (state === 'on') log.error('spool-journal-broken', { folder }, error)
      state = 'broken'
      return false
    }
  }
  const writing = async (work: () => Promise<void>): Promise<void> => {
    if (!(await guarded(work))) await files.closeCurrent().catch(() => undefined)
  }
  return {
    state: () => state,
    given: (segment, receipts) =>
      writing(() =>
        files.append(
          segmentName(segment),
          receipts.map(({ offset, given }) => ({ state: 'given', offset, ...given })),
        ),
      ),
    drained: (segment, offset) => writing(() => files.append(segmentName(segment), [{ state: 'drained', offset }])),
    forget: (name) => writing(() => files.remove(name)),
    // Beside appends: it leaves the file they write to open.
    aside: async (given) => void (await guarded(() => setAside.keep(given))),
    returned: async (receipt) => void (await guarded(() => setAside.forget(receipt))),
    asides: () => setAside.all(),
    names: async () => (await files.names()).filter((name) => name !== lostName),
    async open(name) {
      const records = await files.read(name)
      const drainedTo = Math.max(0, ...records.flatMap((r) => (r.state === 'drained' ? [r.offset] : [])))
      return records.flatMap((r) => (r.state === 'given' && r.offset >= drainedTo ? [r] : []))
    },
    async keepLost(receipts) {
      if (receipts.length === 0) return
      await files.append(
        lostName,
        receipts.map((given) => ({ state: 'given', offset: 0, ...given })),
      )
    },
    async lost() {
      const byReceipt = new Map<string, GivenReceipt>()
      for (const record of await files.read(lostName)) {
        if (record.state !== 'given') continue
        const { receipt, senderId, spooledAt } = record
        byReceipt.set(receipt, { receipt, senderId, spooledAt })
      }
      return [...byReceipt.values()]
    },
    forgetLost: () => files.remove(lostName),
    close: () => files.closeCurrent(),
  }
}

interface JournalFiles {
  append(name: string, records: readonly JournalRecord[]): Promise<void>
  read(name: string): Promise<JournalRecord[]>
  names(): Promise<string[]>
  remove(name: string): Promise<void>
  closeCurrent(): Promise<void>
}

function journalFiles(folder: string, openFile: OpenFile): JournalFiles {
  let current: { name: string; handle: FileHandle; end: number } | null = null
  const closeCurrent = async (): Promise<void> => {
    const handle = current?.handle
    current = null
    await handle?.close()
  }
  const switchTo = async (name: string): Promise<{ handle: FileHandle; end: number }> => {
    if (current?.name === name) return current
    await closeCurrent()
    const handle = await openFile(join(folder, name + suffix), 'a+', 0o600).then(async (made) => {
      // 'a' makes the file; writing at a place needs another mode, and a torn record at the end is written over.
      await made.close()
      return openFile(join(folder, name + suffix), 'r+', 0o600)
    })
    const { size } = await handle.stat()
    if (size === 0) await syncFolder(folder)
    current = { name, handle, end: size - (size % recordBytes) }
    return current
  }
  return {
    async append(name, records) {
      const file = await switchTo(name)
      const bytes = Buffer.concat(records.map(encodeRecord))
      await writeAll(file.handle, bytes, file.end)
      await file.handle.datasync()
      file.end += bytes.length
    },
    async read(name) {
      const bytes = await readFile(join(folder, name + suffix)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return Buffer.alloc(0)
        throw error
      })
      return decodeRecords(bytes)
    },
    async names() {
      return (await readdir(folder))
        .filter((name) => name.endsWith(suffix))
        .map((name) => name.slice(0, -suffix.length))
    },
    async remove(name) {
      if (current?.name === name) await closeCurrent()
      await rm(join(folder, name + suffix), { force: true })
    },
    closeCurrent,
  }
}
