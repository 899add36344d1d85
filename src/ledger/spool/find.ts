import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLog } from '../../kernel/log.ts'
import { openAside } from './aside.ts'
import { readCursor, type Position } from './cursor.ts'
import { unusable, type OpenFile } from './files.ts'
import { openJournal, type Journal } from './journal.ts'
import type { SpooledMessage } from './message.ts'
import { drainedUpTo } from './recover.ts'
import { findSegments, readMessages, segmentHeaderBytes, segmentName, type Segment } from './segment.ts'

/** A message in the spool. `aside`: the database refused it for what it is, and a person must look. */
export interface FoundMessage {
  readonly message: SpooledMessage
  readonly place: 'waiting' | 'aside'
}

/** Where is looked: the segments as they are on disk, the place of the drain, and the receipts of each segment. */
export interface Shelves {
  readonly segments: readonly Segment[]
  readonly cursor: Position
  readonly journal: Pick<Journal, 'open'>
  readonly openFile: OpenFile
}

/**
 * The first message that waits and `matches`: by the journal, which says where the frame of a receipt lies, else one frame
 * after the other. Null when there is none, or none was found until `deadline` (milliseconds of `Date.now`). Memory: one
 * frame, or the receipts of one segment.
 */
export async function findWaiting(
  shelves: Shelves,
  receipt: string,
  matches: (message: SpooledMessage) => boolean,
  deadline: number,
): Promise<SpooledMessage | null> {
  const { cursor, openFile } = shelves
  const unlisted: Segment[] = []
  for (const segment of shelves.segments) {
    const from = Math.max(segmentHeaderBytes, drainedUpTo(cursor, segment.number))
    const listed = await shelves.journal.open(segmentName(segment)).catch(() => [])
    const offset = listed.find((one) => one.receipt === receipt && one.offset >= from)?.offset
    const found = offset === undefined ? null : await firstOf(segment, offset, openFile, matches, 0)
    if (found !== null) return found
    // A journal whose disk refused for a while misses receipts; where it has all there is nothing more to look for.
    const waiting = segment.frames - segment.passed
    const whole = segment.frames > 0 && listed.filter((one) => one.offset >= from).length >= waiting
    if (!whole) unlisted.push(segment)
  }
  for (const segment of unlisted) {
    const from = Math.max(segmentHeaderBytes, drainedUpTo(cursor, segment.number))
    const found = await firstOf(segment, from, openFile, matches, deadline)
    if (found !== null || Date.now() > deadline) return found
  }
  return null
}

/** The first match from a place on; looks at one frame at least. */
async function firstOf(
  segment: Segment,
  from: number,
  openFile: OpenFile,
  matches: (message: SpooledMessage) => boolean,
  deadline: number,
): Promise<SpooledMessage | null> {
  try {
    for await (const entry of readMessages(segment, from, openFile)) {
      if (entry.state === 'message' && matches(entry.message)) return entry.message
      if (Date.now() > deadline) return null
    }
  } catch (error) {
    // Drained meanwhile, and its file is gone.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return null
}

/** How long a person at a command line waits at most for a spool without a journal, in milliseconds. */
const commandPatience = 60_000

/**
 * Looks through the spool of a folder from outside, also beside the node that works on it: by receipt or by the sender's
 * message id. Changes nothing. Null when it is not there, or there is no spool. Throws `spool-unusable`.
 *
 * @example await findInFolder({ folder: '.sluis/spool', journalFolder: '.sluis/journal', key }, receipt)
 */
export async function findInFolder(
  where: { readonly folder: string; readonly journalFolder: string; readonly key: Buffer },
  wanted: string,
): Promise<FoundMessage | null> {
  const { folder, journalFolder, key } = where
  try {
    const shelves = {
      segments: await findSegments(folder, key),
      cursor: await readCursor(join(folder, 'cursor'), open),
      journal: openJournal(journalFolder, open, silentLog),
      openFile: open,
    }
    const receipt = wanted.toLowerCase()
    const matches = (message: SpooledMessage): boolean => message.receipt === receipt || message.messageId === wanted
    const message = await findWaiting(shelves, receipt, matches, Date.now() + commandPatience)
    if (message !== null) return { message, place: 'waiting' }
    if (!existsSync(join(folder, 'aside'))) return null
    const aside = await openAside(join(folder, 'aside'), key, open)
    for (const name of aside.since().keys()) {
      const kept = await aside.read(name)
      if (kept !== null && matches(kept)) return { message: kept, place: 'aside' }
    }
    return null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw unusable(folder, error)
  }
}
