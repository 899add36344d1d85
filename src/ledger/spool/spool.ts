import { open } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SluisError } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { makeTurns } from '../../kernel/turns.ts'
import { lockDataFolder, type DataFolderLock } from '../../store/embedded/lock.ts'
import { openAside, type Aside } from './aside.ts'
import { giveBack, givenAside, giveUp, putAside, recoverAside } from './aside-journal.ts'
import { openCursor, type CursorFile } from './cursor.ts'
import type { FoundMessage } from './find.ts'
import { makeFolder, unusable, type OpenFile } from './files.ts'
import { frameHeaderBytes, maxPayloadBytes } from './frame.ts'
import { groupCommit } from './group-commit.ts'
import { noJournal, openJournal, type Journal, type JournalState } from './journal.ts'
import type { SpooledMessage } from './message.ts'
import { journalNumber, recover } from './recover.ts'
import type { GivenReceipt } from './receipt-records.ts'
import { findSegments } from './segment.ts'
import { openShelf, type DrainToken, type Shelf } from './shelf.ts'
import { openWritingEnd, type WritingEnd } from './writing-end.ts'

export interface SpoolOptions {
  readonly folder: string
  /** Best on another disk. Null, or the same as `folder`: no journal, and a lost disk leaves no list of receipts. */
  readonly journalFolder: string | null
  /** 32 bytes, made for the spool (`HubKeys.spool`). */
  readonly key: Buffer
  readonly limitBytes: number
  readonly limitAgeMs: number
  readonly segmentBytes?: number
  readonly log: Log
  readonly now?: () => Date
  readonly openFile?: OpenFile
}

interface SpoolState {
  /** Messages that wait to be drained. */
  readonly frames: number
  /** Bytes on disk, drained ones of unfinished segments included. */
  readonly bytes: number
  readonly oldest: Date | null
  readonly limitBytes: number
  /** Whether the next append is, or the last one was, refused. */
  readonly full: boolean
  readonly journal: JournalState
  /** Names of segments with damage, kept in the folder `damaged` once they are drained. */
  readonly damaged: readonly string[]
  /** Messages the database refused, kept in the folder `aside`. */
  readonly setAside: number
  /** When the oldest of them was set aside. */
  readonly setAsideSince: Date | null
}

/** Messages on this node's disk while the database is away. One process, one reader. */
export interface Spool {
  /**
   * Resolves when the message is durable, in the order of the calls. Throws `spool-full` over a limit or when the disk
   * refuses, `intake-full` when too much waits for the disk, `message-too-large`, `intake-stopping` after `close`.
   */
  append(message: SpooledMessage): Promise<void>
  /** Whether no append is under way. */
  idle(): boolean
  /** The oldest messages that are not done, in order; the same ones again until `done`. None: nothing waits. */
  next(limit: number, maxBytes: number): Promise<{ messages: readonly SpooledMessage[]; token: DrainToken }>
  /** Moves the cursor past what `next` gave, durably, and deletes finished segments. Twice is once. */
  done(token: DrainToken): Promise<void>
  /**
   * The message of a receipt, waiting or set aside; null when it is not here, or was not found in two seconds. One search at
   * a time. Throws `database-away` when very many wait for theirs.
   */
  find(receipt: string): Promise<FoundMessage | null>
  /** Keeps a message out of the drain's way, durably, until `returnAside`. */
  setAside(message: SpooledMessage): Promise<void>
  /** When each message was set aside, by receipt. */
  asideSince(): ReadonlyMap<string, Date>
  /** The receipt of a message set aside, with whose it is and when it was given. */
  asideGiven(receipt: string): Promise<GivenReceipt>
  /** Gives a message to `store` and keeps it no more; still aside when that throws. False: it is not here, or unreadable. */
  returnAside(receipt: string, store: (message: SpooledMessage) => Promise<void>): Promise<boolean>
  /** Keeps a message set aside no more, and nobody has it then. */
  dropAside(receipt: string): Promise<void>
  /** Receipts that were given and whose messages are gone, until `forgetLost`. */
  lostReceipts(): Promise<readonly GivenReceipt[]>
  forgetLost(): Promise<void>
  state(): SpoolState
  /** Finishes the appends under way and gives the folder back. */
  close(): Promise<void>
}

const defaultSegmentBytes = 16 * 1024 * 1024
const largestQueueBytes = 64 * 1024 * 1024
/** What a frame adds to a body at most: header, seal, facts with a message id of 1 kB. */
const overheadBytes = frameHeaderBytes + 28 + 2_048
/** So long a disk that refused counts as full when nothing is tried; then the node may try again. */
const faultMilliseconds = 5_000
/** So long a spool without a journal is looked through for one receipt. */
const searchMilliseconds = 2_000
const searchesAtMost = 100

/**
 * Opens a spool: takes its folder for this process, looks through what is there, cuts a torn tail off.
 *
 * Throws `data-folder-in-use`, `spool-key-wrong`, `spool-unusable`.
 *
 * @example const spool = await openSpool({ folder, journalFolder: null, key, limitBytes: 1e9, limitAgeMs: 3.6e6, log })
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { folder } = options
  await makeFolder(folder)
  const lock = await lockDataFolder(folder)
  try {
    return makeSpool(options, lock, await openParts(options))
  } catch (error) {
    await lock.release()
    throw unusable(folder, error)
  }
}

interface Parts {
  readonly journal: Journal
  readonly aside: Aside
  readonly cursorFile: CursorFile
  readonly shelf: Shelf
  readonly writingEnd: WritingEnd
}

async function openParts(options: SpoolOptions): Promise<Parts> {
  const { folder, key, log, segmentBytes = defaultSegmentBytes, openFile = open } = options
  const journal = await chooseJournal(options, openFile)
  const aside = await openAside(join(folder, 'aside'), key, openFile)
  await recoverAside(aside, journal, log)
  const cursorFile = await openCursor(join(folder, 'cursor'), openFile)
  try {
    const segments = await findSegments(folder, key)
    const known = [...segments.map((s) => s.number), ...(await journal.names().catch(() => [])).map(journalNumber)]
    // Above every number that was ever used: a cursor from before must not count new messages as drained.
    const firstNumber = Math.max(cursorFile.start.segment, ...known, 0) + 1
    await recover({ segments, cursor: cursorFile.start, journal, openFile, log })
    const writingEnd = openWritingEnd({ folder, key, segments, firstNumber, segmentBytes, journal, openFile, log })
    const shelf = await openShelf({ folder, segments, cursorFile, journal, writingEnd, openFile, log })
    return { journal, aside, cursorFile, shelf, writingEnd }
  } catch (error) {
    await cursorFile.close()
    throw error
  }
}

async function chooseJournal(options: SpoolOptions, openFile: OpenFile): Promise<Journal> {
  const { folder, journalFolder, log } = options
  if (journalFolder === null || resolve(journalFolder) === resolve(folder)) {
    log.warn('spool-journal-off', { folder })
    return noJournal
  }
  await makeFolder(journalFolder)
  return openJournal(journalFolder, openFile, log)
}

function makeSpool(options: SpoolOptions, lock: DataFolderLock, parts: Parts): Spool {
  const { limitBytes, limitAgeMs, now = () => new Date() } = options
  const { journal, aside, cursorFile, shelf, writingEnd } = parts
  let closed = false
  let overLimit = false
  let faultAt: number | null = null

  const write = async (messages: readonly SpooledMessage[]): Promise<void> => {
    try {
      await shelf.exclusively(async () => {
        await writingEnd.write(messages)
        shelf.noteOldest(messages[0]!.receivedAt)
      })
      faultAt = null
    } catch (error) {
      faultAt = now().getTime()
      throw new SluisError('spool-full', {}, { cause: error })
    }
  }
  const commits = groupCommit(write)
  const busy = (): SluisError => new SluisError('database-away', { seconds: 5 })
  const inTurn = makeTurns({ atOnce: 1, mostWaiting: searchesAtMost, full: busy })
  const isOld = (): boolean => {
    const oldest = shelf.oldest()
    return oldest !== null && now().getTime() - oldest.getTime() > limitAgeMs
  }
  const isFaulty = (): boolean => faultAt !== null && now().getTime() - faultAt < faultMilliseconds

  const refusal = (message: SpooledMessage): SluisError | null => {
    if (closed) return new SluisError('intake-stopping')
    const bytes = message.body.length + overheadBytes
    if (bytes > maxPayloadBytes) return new SluisError('message-too-large', { limit: maxPayloadBytes - overheadBytes })
    if (commits.waitingBytes() + bytes > largestQueueBytes) return new SluisError('intake-full', { seconds: 1 })
    overLimit = shelf.bytes() + commits.waitingBytes() + bytes > limitBytes
    return overLimit || isOld() ? new SluisError('spool-full') : null
  }
  const append = (message: SpooledMessage): Promise<void> => {
    const refused = refusal(message)
    return refused === null ? commits.push(message, message.body.length + overheadBytes) : Promise.reject(refused)
  }
  return {
    append,
    idle: () => commits.waitingBytes() === 0,
    next: (limit, maxBytes) => shelf.next(limit, maxBytes),
    async done(token) {
      await shelf.done(token)
      overLimit = false
    },
    async find(receipt) {
      const kept = await aside.read(receipt)
      if (kept !== null) return { message: kept, place: 'aside' }
      if (shelf.frames() === 0) return null
      const deadline = Date.now() + searchMilliseconds
      const message = await inTurn(() => shelf.find(receipt, deadline))
      return message && { message, place: 'waiting' }
    },
    setAside: (message) => putAside(aside, journal, message),
    asideSince: () => aside.since(),
    asideGiven: (receipt) => givenAside(aside, receipt),
    returnAside: (receipt, store) => giveBack(aside, journal, receipt, store),
    dropAside: (receipt) => giveUp(aside, journal, receipt),
    lostReceipts: () => journal.lost(),
    forgetLost: () => journal.forgetLost(),
    state: () => ({
      frames: shelf.frames(),
      bytes: shelf.bytes(),
      oldest: shelf.oldest(),
      limitBytes,
      full: overLimit || isOld() || isFaulty(),
      journal: journal.state(),
      damaged: shelf.damaged(),
      setAside: aside.since().size,
      setAsideSince: oldestOf(aside.since()),
    }),
    async close() {
      if (closed) return
      closed = true
      await commits.settled()
      await shelf.exclusively(() => writingEnd.close())
      await cursorFile.close()
      await journal.close()
      await lock.release()
    },
  }
}

function oldestOf(since: ReadonlyMap<string, Date>): Date | null {
  let oldest: Date | null = null
  for (const at of since.values()) if (oldest === null || at < oldest) oldest = at
  return oldest
}
