import { rm, type FileHandle } from 'node:fs/promises'
import { syncFolder } from '../../kernel/durable-file.ts'
import { failurePoint } from '../../kernel/failure-points.ts'
import type { Log } from '../../kernel/log.ts'
import { errorCode, writeAll, type OpenFile } from './files.ts'
import type { Journal } from './journal.ts'
import type { SpooledMessage } from './message.ts'
import { makeFrame, newSegment, segmentHeader, segmentName, type Segment } from './segment.ts'

/** The end of the spool that is written to: at most one open segment, made when the first message comes. */
export interface WritingEnd {
  /** Writes messages durably, all or none. Throws what the disk said; what was half written is taken back. */
  write(messages: readonly SpooledMessage[]): Promise<void>
  /** Closes a segment when it is the open one: nothing is written to it any more. */
  leave(segment: Segment): Promise<void>
  close(): Promise<void>
}

export interface WritingDeps {
  readonly folder: string
  readonly key: Buffer
  readonly segments: Segment[]
  readonly firstNumber: number
  readonly segmentBytes: number
  readonly journal: Journal
  readonly openFile: OpenFile
  readonly log: Log
}

export function openWritingEnd(deps: WritingDeps): WritingEnd {
  let open: { readonly segment: Segment; readonly handle: FileHandle } | null = null
  let nextNumber = deps.firstNumber

  const close = async (): Promise<void> => {
    const handle = open?.handle
    open = null
    await handle?.close()
  }
  const openSegment = async (): Promise<{ readonly segment: Segment; readonly handle: FileHandle }> => {
    if (open !== null && open.segment.end >= deps.segmentBytes) await close()
    if (open === null) {
      open = await makeSegment(deps, nextNumber)
      nextNumber += 1
    }
    return open
  }
  const takeBack = async (segment: Segment, handle: FileHandle, error: unknown): Promise<void> => {
    deps.log.error('spool-write-refused', { file: segmentName(segment), offset: segment.end }, error)
    const taken = await handle.truncate(segment.end).then(
      () => true,
      () => false,
    )
    // After a failed sync nobody knows what the disk holds of this file (fsync(2), Linux): go on in another one.
    if (!taken || errorCode(error) !== 'ENOSPC') await close().catch(() => undefined)
  }
  return {
    async write(messages) {
      const { segment, handle } = await openSegment()
      const pieces: Buffer[] = []
      const offsets: number[] = []
      let end = segment.end
      for (const message of messages) {
        const [header, payload] = makeFrame(segment, end, message)
        pieces.push(header, payload)
        offsets.push(end)
        end += header.length + payload.length
      }
      try {
        await writeAll(handle, Buffer.concat(pieces), segment.end)
        failurePoint('spool-before-sync')
        await handle.datasync()
      } catch (error) {
        await takeBack(segment, handle, error)
        throw error
      }
      failurePoint('spool-before-journal')
      // After the sync only: a crash between the two must not leave a receipt that was never given on the list.
      const given = messages.map(({ receipt, senderId, receivedAt }, place) => ({
        offset: offsets[place]!,
        given: { receipt, senderId, spooledAt: receivedAt },
      }))
      await deps.journal.given(segment, given)
      segment.end = end
      segment.frames += messages.length
      failurePoint('spool-after-sync')
    },
    async leave(segment) {
      if (open?.segment === segment) await close()
    },
    close,
  }
}

async function makeSegment(deps: WritingDeps, number: number): Promise<{ segment: Segment; handle: FileHandle }> {
  const segment = newSegment(deps.folder, deps.key, number)
  const handle = await deps.openFile(segment.path, 'wx', 0o600)
  try {
    const header = segmentHeader(segment)
    await writeAll(handle, header, 0)
    await handle.datasync()
    await syncFolder(deps.folder)
    segment.end = header.length
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(segment.path, { force: true }).catch(() => undefined)
    throw error
  }
  deps.segments.push(segment)
  return { segment, handle }
}
