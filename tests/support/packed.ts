import { packedFields } from '../../src/rules/packed.ts'

/** Tuples as the database gives them, in memory that threads share. What is not said is empty, or nothing where it may be. */
export function packTuples(rows: readonly Partial<Record<keyof typeof packedFields, Buffer>>[]): {
  bytes: SharedArrayBuffer
  starts: number[]
} {
  const tuples = rows.map((row) => {
    const fields = Object.entries(packedFields).map(([field, length]) => {
      const value = row[field as keyof typeof packedFields] ?? (length === null ? null : Buffer.alloc(length))
      const size = Buffer.alloc(4)
      size.writeInt32BE(value === null ? -1 : value.length)
      return Buffer.concat(value === null ? [size] : [size, value])
    })
    const count = Buffer.alloc(2)
    count.writeInt16BE(fields.length)
    return Buffer.concat([count, ...fields])
  })
  const whole = Buffer.concat(tuples)
  const bytes = new SharedArrayBuffer(whole.length)
  whole.copy(Buffer.from(bytes))
  let end = 0
  return { bytes, starts: tuples.map(({ length }) => (end += length) - length) }
}
