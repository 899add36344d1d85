import type { FileHandle } from 'node:fs/promises'
import type { Log } from '../../kernel/log.ts'
import type { Position } from './cursor.ts'
import { byteReader, type OpenFile } from './files.ts'
import { readFrames } from './frame.ts'
import type { Journal } from './journal.ts'
import type { GivenReceipt } from './receipt-records.ts'
import { checkHeader, segmentHeaderBytes, segmentName, type Segment } from './segment.ts'

export interface RecoverDeps {
  readonly segments: readonly Segment[]
  readonly cursor: Position
  readonly journal: Journal
  readonly openFile: OpenFile
  readonly log: Log
}

const progressMilliseconds = 2_000

/**
 * Looks through the segments an earlier process left: counts what waits, cuts a torn tail off the last one, marks damage,
 * and names the receipts whose frames are gone. Reads every byte once; keeps none.
 */
export async function recover(deps: RecoverDeps): Promise<void> {
  const { segments, log } = deps
  let told = Date.now()
  for (const [place, segment] of segments.entries()) {
    await inspect(deps, segment, place === segments.length - 1)
    if (Date.now() - told < progressMilliseconds) continue
    told = Date.now()
    log.info('spool-recovering', { done: place + 1, of: segments.length })
  }
  await nameMissingSegments(deps).catch((error: unknown) => log.error('spool-journal-unread', {}, error))
}

async function inspect(deps: RecoverDeps, segment: Segment, isLast: boolean): Promise<void> {
  const handle = await deps.openFile(segment.path, 'r+')
  try {
    const header = await byteReader(handle, segment.end, segmentHeaderBytes).view(0, segmentHeaderBytes)
    // A file too short for a header never held a frame: the process ended while it made it.
    if (!checkHeader(segment, header)) segment.damaged = !(isLast && segment.end < segmentHeaderBytes)
    const lost = await countFrames(deps, segment, handle, isLast)
    if (segment.damaged) deps.log.error('spool-damaged', { file: segmentName(segment), lost: lost.length })
    await deps.journal.keepLost(lost).catch((error: unknown) => deps.log.error('spool-journal-unread', {}, error))
  } finally {
    await handle.close()
  }
}

/** Walks through frames and journal side by side, both in the order of the file; returns the receipts without a frame. */
async function countFrames(
  deps: RecoverDeps,
  segment: Segment,
  handle: FileHandle,
  isLast: boolean,
): Promise<GivenReceipt[]> {
  const drainedTo = drainedUpTo(deps.cursor, segment.number)
  const journal = await deps.journal.open(segmentName(segment)).catch(() => [])
  const given = journal.filter((entry) => entry.offset >= drainedTo)
  const lost: GivenReceipt[] = []
  let at = 0
  for await (const finding of readFrames(byteReader(handle, segment.end), segmentHeaderBytes)) {
    if (finding.state === 'frame') {
      segment.frames += 1
      if (finding.offset < drainedTo) segment.passed += 1
      while (at < given.length && given[at]!.offset < finding.offset) lost.push(given[at++]!)
      if (given[at]?.offset === finding.offset) at += 1
    } else if (finding.state === 'torn' && isLast) {
      deps.log.warn('spool-tail-cut', {
        file: segmentName(segment),
        offset: finding.offset,
        bytes: segment.end - finding.offset,
      })
      await handle.truncate(finding.offset)
      await handle.sync()
      segment.end = finding.offset
    } else {
      segment.damaged = true
    }
  }
  return [...lost, ...given.slice(at)]
}

/** The place in a segment before which everything is drained. */
export function drainedUpTo(cursor: Position, number: number): number {
  if (cursor.segment === number) return cursor.offset
  return cursor.segment > number ? Infinity : 0
}

/** Receipts of segments that are not here at all: the disk was lost or somebody took files away. */
async function nameMissingSegments(deps: RecoverDeps): Promise<void> {
  const here = new Set(deps.segments.map(segmentName))
  for (const name of await deps.journal.names()) {
    if (here.has(name)) continue
    const drainedTo = drainedUpTo(deps.cursor, journalNumber(name))
    const lost = (await deps.journal.open(name)).filter((entry) => entry.offset >= drainedTo)
    if (lost.length > 0) deps.log.error('spool-segment-missing', { file: name, lost: lost.length })
    await deps.journal.keepLost(lost)
    await deps.journal.forget(name)
  }
}

/** The number of the segment a journal's file belongs to. */
export function journalNumber(name: string): number {
  return Number(/^(\d{10})-/.exec(name)?.[1] ?? 0)
}
