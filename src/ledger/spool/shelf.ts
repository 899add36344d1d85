import { readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { syncFolder } from '../../kernel/durable-file.ts'
import { failurePoint } from '../../kernel/failure-points.ts'
import type { Log } from '../../kernel/log.ts'
import { isBefore, type CursorFile } from './cursor.ts'
import { findWaiting } from './find.ts'
import { makeFolder, type OpenFile } from './files.ts'
import type { Journal } from './journal.ts'
import type { SpooledMessage } from './message.ts'
import { oldestAfter, readStretch, type Stretch } from './reading-end.ts'
import { drainedUpTo } from './recover.ts'
import { segmentName, type Segment } from './segment.ts'
import type { WritingEnd } from './writing-end.ts'

/** What `next` gave, for `done`. */
export type DrainToken = Omit<Stretch, 'messages'>

/** The segments and the cursor through them: what waits, what is next, what is finished. */
export interface Shelf {
  next(limit: number, maxBytes: number): Promise<{ messages: readonly SpooledMessage[]; token: DrainToken }>
  done(token: DrainToken): Promise<void>
  /** The message of a receipt that waits; null when there is none, or it was not found until `deadline`. */
  find(receipt: string, deadline: number): Promise<SpooledMessage | null>
  /** Runs work while nothing else writes to the segments or moves the cursor. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  frames(): number
  bytes(): number
  oldest(): Date | null
  noteOldest(receivedAt: Date): void
  damaged(): readonly string[]
}

export interface ShelfDeps {
  readonly folder: string
  readonly segments: Segment[]
  readonly cursorFile: CursorFile
  readonly journal: Journal
  readonly writingEnd: WritingEnd
  readonly openFile: OpenFile
  readonly log: Log
}

export async function openShelf(deps: ShelfDeps): Promise<Shelf> {
  const { segments, openFile } = deps
  let cursor = deps.cursorFile.start
  let last: Promise<unknown> = Promise.resolve()
  const damagedNames = new Set(await readdir(join(deps.folder, 'damaged')).catch(() => []))
  const namedAlready = new Set(segments.filter((segment) => segment.damaged))
  for (const segment of namedAlready) damagedNames.add(basename(segment.path))
  // An earlier process may have ended between moving its cursor and deleting what lay before it.
  for (const segment of segments.filter((each) => each.frames === each.passed)) await retire(deps, segment)
  let oldest = await oldestAfter(segments, cursor, openFile)

  const exclusively = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work)
    last = result.catch(() => undefined)
    return result
  }
  const moveTo = async (token: DrainToken): Promise<void> => {
    if (!isBefore(cursor, token.position)) return
    for (const gap of token.gaps) {
      if (!namedAlready.has(gap.segment)) await nameGap(deps, gap)
      gap.segment.damaged = true
      damagedNames.add(basename(gap.segment.path))
    }
    await deps.cursorFile.move(token.position)
    cursor = token.position
    failurePoint('spool-after-cursor')
    await clearBehind(deps, token)
    oldest = await oldestAfter(segments, cursor, openFile)
  }
  const done = (token: DrainToken): Promise<void> => exclusively(() => moveTo(token))
  const next: Shelf['next'] = async (limit, maxBytes) => {
    for (;;) {
      const { messages, ...token } = await readStretch(segments, cursor, limit, maxBytes, openFile)
      // Nothing but damage up to the end: pass over it, so that it is named and put away.
      if (messages.length > 0 || !isBefore(cursor, token.position)) return { messages, token }
      await done(token)
    }
  }
  return {
    next,
    done,
    find: (receipt, deadline) =>
      findWaiting(
        // A copy: segments that are drained meanwhile leave the list.
        { segments: [...segments], cursor, journal: deps.journal, openFile },
        receipt,
        (message) => message.receipt === receipt,
        deadline,
      ),
    exclusively,
    frames: () => segments.reduce((sum, segment) => sum + segment.frames - segment.passed, 0),
    bytes: () => segments.reduce((sum, segment) => sum + segment.end, 0),
    oldest: () => oldest,
    noteOldest(receivedAt) {
      if (oldest === null || receivedAt < oldest) oldest = receivedAt
    },
    damaged: () => [...damagedNames],
  }
}

/** Deletes the segments that lie before the cursor and marks the one it stands in. */
async function clearBehind(deps: ShelfDeps, token: DrainToken): Promise<void> {
  const { position } = token
  for (const segment of deps.segments.filter((each) => drainedUpTo(position, each.number) >= each.end)) {
    await deps.writingEnd.leave(segment)
    await retire(deps, segment)
  }
  const standing = deps.segments.find((segment) => segment.number === position.segment)
  if (standing === undefined) return
  standing.passed = token.passed
  await deps.journal.drained(standing, position.offset)
}

/** Puts a drained segment away: deleted, or kept in `damaged` when something in it could not be read. */
async function retire(deps: ShelfDeps, segment: Segment): Promise<void> {
  deps.segments.splice(deps.segments.indexOf(segment), 1)
  await deps.journal.forget(segmentName(segment))
  if (segment.damaged) {
    const kept = join(deps.folder, 'damaged')
    await makeFolder(kept)
    await rename(segment.path, join(kept, basename(segment.path)))
    await syncFolder(kept)
  } else {
    await rm(segment.path, { force: true })
  }
}

/** Damage that came after the spool was opened: names the receipts it took. */
async function nameGap(deps: ShelfDeps, gap: DrainToken['gaps'][number]): Promise<void> {
  const { segment, offset, end } = gap
  const given = await deps.journal.open(segmentName(segment)).catch(() => [])
  const lost = given.filter((entry) => entry.offset >= offset && entry.offset < end)
  deps.log.error('spool-damaged', { file: segmentName(segment), offset, bytes: end - offset, lost: lost.length })
  await deps.journal.keepLost(lost).catch((error: unknown) => deps.log.error('spool-journal-unread', {}, error))
}
