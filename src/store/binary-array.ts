/**
 * One-dimensional arrays as PostgreSQL takes them in binary (`array_send` in its sources: dimensions, whether there are
 * nulls, the element's type, length, first index; then each element behind its length). The driver would write them as
 * text, which costs the node a look at every character and the server a parser for every element.
 *
 * @example db.query({ text: 'select unnest($1::int[])', values: [int4Array([1, 2])] })
 */
export const int4Array = (values: readonly number[]): Buffer =>
  fixedArray(oid.int4, 4, values, (out, value, at) => out.writeInt32BE(value, at))

/** `bigint[]`, of values that JavaScript need not hold exactly. */
export const int8Array = (values: readonly bigint[]): Buffer =>
  fixedArray(oid.int8, 8, values, (out, value, at) => out.writeBigInt64BE(value, at))

/** `timestamptz[]`: microseconds since 2000. */
export const momentArray = (values: readonly Date[]): Buffer =>
  fixedArray(oid.timestamptz, 8, values, (out, value, at) =>
    out.writeBigInt64BE(BigInt(value.getTime() - year2000) * 1_000n, at),
  )

/** `uuid[]` */
export const uuidArray = (values: readonly string[]): Buffer =>
  fixedArray(oid.uuid, 16, values, (out, value, at) => out.write(value.replaceAll('-', ''), at, 16, 'hex'))

/** `text[]`, in UTF-8. */
export function textsArray(values: readonly string[]): Buffer {
  const lengths = values.map((value) => Buffer.byteLength(value))
  return variableArray(oid.text, lengths, (out, index, at) => out.write(values[index]!, at, lengths[index]!, 'utf8'))
}

/** `bytea[]` */
export const bytesArray = (values: readonly Buffer[]): Buffer =>
  variableArray(
    oid.bytea,
    values.map((value) => value.length),
    (out, index, at) => values[index]!.copy(out, at),
  )

/** Of the built-in types; fixed for ever (pg_type.dat). */
const oid = { bytea: 17, int8: 20, int4: 23, text: 25, timestamptz: 1184, uuid: 2950 } as const
const headLength = 20
const year2000 = Date.UTC(2000, 0, 1)

function fixedArray<T>(
  type: number,
  width: number,
  values: readonly T[],
  write: (out: Buffer, value: T, at: number) => unknown,
): Buffer {
  const out = Buffer.allocUnsafe(headLength + values.length * (4 + width))
  writeHead(out, type, values.length)
  let at = headLength
  for (const value of values) {
    out.writeInt32BE(width, at)
    write(out, value, at + 4)
    at += 4 + width
  }
  return out
}

function variableArray(
  type: number,
  lengths: readonly number[],
  write: (out: Buffer, index: number, at: number) => unknown,
): Buffer {
  const out = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, headLength))
  writeHead(out, type, lengths.length)
  let at = headLength
  lengths.forEach((length, index) => {
    out.writeInt32BE(length, at)
    write(out, index, at + 4)
    at += 4 + length
  })
  return out
}

function writeHead(out: Buffer, type: number, count: number): void {
  out.writeInt32BE(1, 0)
  out.writeInt32BE(0, 4)
  out.writeInt32BE(type, 8)
  out.writeInt32BE(count, 12)
  out.writeInt32BE(1, 16)
}
