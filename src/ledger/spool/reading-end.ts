import type { Position } from './cursor.ts'
import { byteReader, type OpenFile } from './files.ts'
import { readFrames } from './frame.ts'
import type { SpooledMessage } from './message.ts'
import { drainedUpTo } from './recover.ts'
import { readMessages, segmentHeaderBytes, type Segment } from './segment.ts'

/** What lies next, and where the cursor stands once it is drained. */
export interface Stretch {
  readonly messages: readonly SpooledMessage[]
  readonly position: Position
  /** Frames of the last segment that lie before `position`. */
  readonly passed: number
  /** Places where a frame was and cannot be read any more. */
  readonly gaps: readonly { readonly segment: Segment; readonly offset: number; readonly end: number }[]
}

/** Reads up to `limit` messages and about `maxBytes` of their contents after the cursor, at least one when there is one. */
export async function readStretch(
  segments: readonly Segment[],
  cursor: Position,
  limit: number,
  maxBytes: number,
  openFile: OpenFile,
): Promise<Stretch> {
  const messages: SpooledMessage[] = []
  const gaps: Stretch['gaps'][number][] = []
  let bytes = 0
  let position = cursor
  let passed = segments.find((segment) => segment.number === cursor.segment)?.passed ?? 0
  // Appends add segments to the list while this one reads.
  const there = [...segments]
  for (const segment of there) {
    const from = Math.max(segmentHeaderBytes, drainedUpTo(cursor, segment.number))
    const { end } = segment
    if (from >= end) continue
    if (segment.number !== position.segment) passed = segment.passed
    for await (const entry of readMessages(segment, from, openFile)) {
      if (entry.state === 'message') {
        const size = entry.message.body.length
        if (messages.length >= limit || (messages.length > 0 && bytes + size > maxBytes)) {
          return { messages, position, passed, gaps }
        }
        messages.push(entry.message)
        bytes += size
        passed += 1
      } else {
        gaps.push({ segment, offset: entry.offset, end: entry.end })
      }
      position = { segment: segment.number, offset: entry.end }
    }
    // It grew while it was read: a position behind it would take the new frames for drained, and they would be deleted.
    if (segment.end > end) break
  }
  return { messages, position, passed, gaps }
}

/** When the oldest message after the cursor was received; null when none waits. Reads one frame. */
export async function oldestAfter(
  segments: readonly Segment[],
  cursor: Position,
  openFile: OpenFile,
): Promise<Date | null> {
  for (const segment of segments) {
    const from = Math.max(segmentHeaderBytes, drainedUpTo(cursor, segment.number))
    if (from >= segment.end) continue
    const handle = await openFile(segment.path, 'r')
    try {
      for await (const finding of readFrames(byteReader(handle, segment.end, 16 * 1024), from)) {
        if (finding.state === 'frame') return new Date(finding.receivedAt)
      }
    } finally {
      await handle.close()
    }
  }
  return null
}
