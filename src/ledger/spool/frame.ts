import { crc32 } from 'node:zlib'
import type { ByteReader } from './files.ts'

/** Magic (4), payload length (4), time of receipt in ms (8), CRC-32 of the payload (4), CRC-32 of these 20 bytes (4). */
export const frameHeaderBytes = 24

/** A length beyond this is not ours: no frame this large is ever written. */
export const maxPayloadBytes = 64 * 1024 * 1024

const magic = Buffer.from('SFr1')
const searchBytes = 64 * 1024

/** The header that goes before a payload. */
export function frameHeader(payload: Buffer, receivedAt: number): Buffer {
  const header = Buffer.allocUnsafe(frameHeaderBytes)
  magic.copy(header, 0)
  header.writeUInt32BE(payload.length, 4)
  header.writeDoubleBE(receivedAt, 8)
  header.writeUInt32BE(crc32(payload), 16)
  header.writeUInt32BE(crc32(header.subarray(0, 20)), 20)
  return header
}

/**
 * What lies in a stretch of a segment.
 *
 * `frame`: whole by its checksums. `damage`: bytes that were a frame once, with whole frames or the end behind them.
 * `torn`: a write that did not finish, which only the end of a file can show.
 */
export type Finding =
  | {
      readonly state: 'frame'
      readonly offset: number
      readonly end: number
      readonly receivedAt: number
      readonly payload: Buffer
    }
  | { readonly state: 'damage' | 'torn'; readonly offset: number; readonly end: number }

/** Reads frames from `from` on, in order; after damage it goes on at the next whole header. Memory: one frame. */
export async function* readFrames(reader: ByteReader, from: number): AsyncGenerator<Finding, void, void> {
  let at = from
  while (at < reader.end) {
    const finding = await findingAt(reader, at)
    yield finding
    at = finding.end
  }
}

async function findingAt(reader: ByteReader, offset: number): Promise<Finding> {
  const head = await reader.view(offset, frameHeaderBytes)
  if (head.length < frameHeaderBytes) return { state: 'torn', offset, end: reader.end }
  const header = parseHeader(head)
  if (header === null) {
    const end = await nextHeader(reader, offset + 1)
    const unwritten = end === reader.end && (await isZero(reader, offset))
    return { state: unwritten ? 'torn' : 'damage', offset, end }
  }
  const end = offset + frameHeaderBytes + header.length
  if (end > reader.end) return { state: 'torn', offset, end: reader.end }
  const payload = await reader.view(offset + frameHeaderBytes, header.length)
  // The length has a checksum of its own, so that a flipped bit in a payload costs one frame and no search.
  if (crc32(payload) !== header.crc) return { state: 'damage', offset, end }
  return { state: 'frame', offset, end, receivedAt: header.receivedAt, payload }
}

function parseHeader(head: Buffer): { length: number; receivedAt: number; crc: number } | null {
  if (magic.compare(head, 0, 4) !== 0 || head.readUInt32BE(20) !== crc32(head.subarray(0, 20))) return null
  const length = head.readUInt32BE(4)
  return length > maxPayloadBytes ? null : { length, receivedAt: head.readDoubleBE(8), crc: head.readUInt32BE(16) }
}

/** The place of the next sound header, or the end. */
async function nextHeader(reader: ByteReader, from: number): Promise<number> {
  let at = from
  while (at + frameHeaderBytes <= reader.end) {
    const view = await reader.view(at, searchBytes)
    const found = view.indexOf(magic)
    if (found < 0) {
      // The magic may lie across two views.
      at += Math.max(view.length - magic.length + 1, 1)
      continue
    }
    at += found
    const head = await reader.view(at, frameHeaderBytes)
    if (head.length === frameHeaderBytes && parseHeader(head) !== null) return at
    at += 1
  }
  return reader.end
}

/** Whether the file ends in zeroes: room that was given to the file and never written. */
async function isZero(reader: ByteReader, from: number): Promise<boolean> {
  for (let at = from; at < reader.end; at += searchBytes) {
    const view = await reader.view(at, searchBytes)
    if (view.some((byte) => byte !== 0)) return false
  }
  return true
}
