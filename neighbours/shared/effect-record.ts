/**
 * What one post did, in 72 bytes: 16 delivery id, 32 SHA-256 of the body, 8 + 8 times in ms, 4 day as yyyymmdd, 4 flags.
 * The same bytes stand in memory and in the log, so that what was read back after a kill is what was there before it.
 */
export interface EffectRecord {
  /** UUID in lower case. */
  readonly deliveryId: string
  /** 64 hex digits. */
  readonly sha256: string
  readonly at: number
  /** When the outcome is known: equal to `at` when it was answered at once. */
  readonly dueAt: number
  /** Day of the books, e.g. 20220701. */
  readonly day: number
  readonly outcome: 'none' | 'acknowledged' | 'refused'
  /** Whether this post did something that an earlier one had not. */
  readonly newEffect: boolean
  /** Which of the refusals of its kind; 0 when not refused. */
  readonly refusal: number
}

export const recordSize = 72

const outcomes = ['none', 'acknowledged', 'refused'] as const

export function writeRecord(target: Buffer, offset: number, record: EffectRecord): void {
  target.write(record.deliveryId.replaceAll('-', ''), offset, 'hex')
  target.write(record.sha256, offset + 16, 'hex')
  target.writeDoubleLE(record.at, offset + 48)
  target.writeDoubleLE(record.dueAt, offset + 56)
  target.writeUInt32LE(record.day, offset + 64)
  target[offset + 68] = outcomes.indexOf(record.outcome)
  target[offset + 69] = record.newEffect ? 1 : 0
  target[offset + 70] = record.refusal
  target[offset + 71] = 0
}

export function readRecord(source: Buffer, offset: number): EffectRecord {
  const id = source.toString('hex', offset, offset + 16)
  return {
    deliveryId: `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`,
    sha256: source.toString('hex', offset + 16, offset + 48),
    at: source.readDoubleLE(offset + 48),
    dueAt: source.readDoubleLE(offset + 56),
    day: source.readUInt32LE(offset + 64),
    outcome: outcomes[source[offset + 68] ?? 0] ?? 'none',
    newEffect: source[offset + 69] === 1,
    refusal: source[offset + 70] ?? 0,
  }
}

/** The 16 bytes of a UUID as a text of 16 characters: a third of the memory of the UUID as a key. */
export function idBytes(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('latin1')
}
