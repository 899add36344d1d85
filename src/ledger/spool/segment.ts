import { hkdfSync, randomBytes } from 'node:crypto'
import { readdir, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { SluisError } from '../../kernel/errors.ts'
import { open as unseal, seal } from '../../kernel/keys.ts'
import { byteReader, type OpenFile } from './files.ts'
import { frameHeader, readFrames } from './frame.ts'
import { decodeMessage, encodeMessage, type SpooledMessage } from './message.ts'

/** One file of frames. `end` is where the durable ones stop. */
export interface Segment {
  readonly number: number
  /** Random, in the file's name: a number that is used again makes another segment, with another key. */
  readonly id: string
  readonly path: string
  readonly key: Buffer
  end: number
  frames: number
  /** How many of the frames lie before the cursor. */
  passed: number
  damaged: boolean
}

/** Magic with version (8), number (8), id (16), nothing sealed with the segment's key (28), CRC-32 of these (4). */
export const segmentHeaderBytes = 64

const magic = Buffer.from('SLUISSP1')
const nameText = /^(\d{10})-([0-9a-f]{32})\.segment$/

/** The name a segment's files begin with, here and in the journal. */
export function segmentName(segment: Pick<Segment, 'number' | 'id'>): string {
  return `${String(segment.number).padStart(10, '0')}-${segment.id}`
}

/** A segment that is not on disk yet. */
export function newSegment(folder: string, key: Buffer, number: number): Segment {
  return describe(folder, key, number, randomBytes(16).toString('hex'), 0)
}

/** The segments of a folder in order, not yet looked into: `end` is the size of the file. */
export async function findSegments(folder: string, key: Buffer): Promise<Segment[]> {
  const found: Segment[] = []
  for (const name of await readdir(folder)) {
    const match = nameText.exec(name)
    if (match === null) continue
    const { size } = await stat(join(folder, name))
    found.push(describe(folder, key, Number(match[1]), match[2]!, size))
  }
  return found.sort((a, b) => a.number - b.number)
}

function describe(folder: string, master: Buffer, number: number, id: string, end: number): Segment {
  const name = segmentName({ number, id })
  // A key per segment ties a frame to its file, and random nonces never come near their limit (NIST SP 800-38D, 8.3).
  const key = Buffer.from(hkdfSync('sha256', master, Buffer.from(id, 'hex'), `sluis spool ${name}`, 32))
  return { number, id, path: join(folder, `${name}.segment`), key, end, frames: 0, passed: 0, damaged: false }
}

/** The first bytes of a segment's file. */
export function segmentHeader(segment: Segment): Buffer {
  const header = Buffer.alloc(segmentHeaderBytes)
  magic.copy(header, 0)
  header.writeBigUInt64BE(BigInt(segment.number), 8)
  header.write(segment.id, 16, 'hex')
  seal(segment.key, Buffer.alloc(0), 'header').copy(header, 32)
  header.writeUInt32BE(crc32(header.subarray(0, 60)), 60)
  return header
}

/**
 * Whether a segment's header is whole. Throws `spool-key-wrong` when it is, but under another key: every frame would look
 * damaged, and all of them would be passed over.
 */
export function checkHeader(segment: Segment, header: Buffer): boolean {
  if (header.length < segmentHeaderBytes || header.readUInt32BE(60) !== crc32(header.subarray(0, 60))) return false
  const named = header.readBigUInt64BE(8) === BigInt(segment.number) && header.toString('hex', 16, 32) === segment.id
  if (magic.compare(header, 0, 8) !== 0 || !named) return false
  if (tryUnseal(segment.key, header.subarray(32, 60), 'header') !== null) return true
  throw new SluisError('spool-key-wrong', { file: segmentName(segment) })
}

/** The bytes of one frame, sealed for this place in this segment: anywhere else it does not open. */
export function makeFrame(segment: Segment, offset: number, message: SpooledMessage): [Buffer, Buffer] {
  const receivedAt = message.receivedAt.getTime()
  const payload = seal(segment.key, encodeMessage(message), `${offset} ${receivedAt}`)
  return [frameHeader(payload, receivedAt), payload]
}

/** One message of a segment, or a stretch that holds none any more. */
export type SegmentEntry =
  | { readonly state: 'message'; readonly offset: number; readonly end: number; readonly message: SpooledMessage }
  | { readonly state: 'damage' | 'torn'; readonly offset: number; readonly end: number }

/** Reads the messages of a segment from `from` on, in the order of their append. */
export async function* readMessages(
  segment: Segment,
  from: number,
  openFile: OpenFile,
): AsyncGenerator<SegmentEntry, void, void> {
  const handle: FileHandle = await openFile(segment.path, 'r')
  try {
    for await (const finding of readFrames(byteReader(handle, segment.end), from)) {
      if (finding.state !== 'frame') {
        yield finding
        continue
      }
      const { offset, end, receivedAt, payload } = finding
      const plain = tryUnseal(segment.key, payload, `${offset} ${receivedAt}`)
      const message = plain === null ? null : decodeMessage(plain, new Date(receivedAt))
      yield message === null ? { state: 'damage', offset, end } : { state: 'message', offset, end, message }
    }
  } finally {
    await handle.close()
  }
}

function tryUnseal(key: Buffer, sealed: Buffer, bound: string): Buffer | null {
  try {
    return unseal(key, sealed, bound)
  } catch {
    return null
  }
}
