import { crc32 } from 'node:zlib'

/** A receipt that was given for a spooled message: all that is left when the spool's disk is lost. */
export interface GivenReceipt {
  readonly receipt: string
  readonly senderId: number
  readonly spooledAt: Date
}

/** One line of the journal: a receipt given for the frame at `offset`, or all frames before `offset` drained. */
export type JournalRecord =
  | ({ readonly state: 'given'; readonly offset: number } & GivenReceipt)
  | { readonly state: 'drained'; readonly offset: number }

/** Kind (4), offset (8), time (8), sender (4), receipt (16), CRC-32 (4): all of one length, so that a torn one is found. */
export const recordBytes = 44

const kinds = { given: 1, drained: 2 } as const

export function encodeRecord(record: JournalRecord): Buffer {
  const bytes = Buffer.alloc(recordBytes)
  bytes.writeUInt32BE(kinds[record.state], 0)
  bytes.writeDoubleBE(record.offset, 4)
  if (record.state === 'given') {
    bytes.writeDoubleBE(record.spooledAt.getTime(), 12)
    bytes.writeInt32BE(record.senderId, 20)
    bytes.write(record.receipt.replaceAll('-', ''), 24, 'hex')
  }
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 40)), 40)
  return bytes
}

/** Reads records; a damaged or torn one is left out. */
export function decodeRecords(bytes: Buffer): JournalRecord[] {
  const records: JournalRecord[] = []
  for (let at = 0; at + recordBytes <= bytes.length; at += recordBytes) {
    const record = decodeRecord(bytes.subarray(at, at + recordBytes))
    if (record !== null) records.push(record)
  }
  return records
}

function decodeRecord(bytes: Buffer): JournalRecord | null {
  if (bytes.readUInt32BE(40) !== crc32(bytes.subarray(0, 40))) return null
  const offset = bytes.readDoubleBE(4)
  if (bytes.readUInt32BE(0) === kinds.drained) return { state: 'drained', offset }
  const hex = bytes.toString('hex', 24, 40)
  const receipt = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const spooledAt = new Date(bytes.readDoubleBE(12))
  return { state: 'given', offset, receipt, senderId: bytes.readInt32BE(20), spooledAt }
}
