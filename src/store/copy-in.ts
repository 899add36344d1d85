import type pg from 'pg'
import type { Queryable } from './connect.ts'

type Kind = 'int8' | 'int4' | 'bool' | 'text' | 'text[]' | 'bytea' | 'uuid' | 'timestamptz' | 'jsonb'

/** A column of a table and where its value comes from; null for null. An int8 may come as a text of digits. */
export interface CopiedColumn<Row> {
  readonly name: string
  readonly kind: Kind
  readonly of: (row: Row) => number | string | boolean | Buffer | Date | readonly string[] | null
}

/**
 * Adds rows by binary COPY: a fifth of what a statement over arrays costs on both sides. It knows no conflict, so it is for
 * filling tables that nobody else writes to.
 *
 * @example await copyIn(tx, 'step', [{ name: 'message', kind: 'int8', of: ({ id }) => id }], rows)
 */
export async function copyIn<Row>(
  tx: Queryable,
  table: string,
  columns: readonly CopiedColumn<Row>[],
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return
  const out = spare ?? new CopyBuffer()
  spare = null
  for (const row of rows) {
    out.int2(columns.length)
    for (const { kind, of } of columns) out.field(kind, of(row))
  }
  out.int2(-1)
  const text = `copy ${table} (${columns.map(({ name }) => name).join(', ')}) from stdin (format binary)`
  await new Promise<void>((resolve, reject) => {
    // A pool's query would take any connection; COPY is for one that is held, which is what a transaction gives.
    const client = tx as unknown as pg.ClientBase
    client.query(new CopyQuery(text, out.bytes(), (error) => (error === null ? resolve() : reject(error))))
  })
  // The answer came, so every byte was taken.
  out.clear()
  spare = out
}

// Memory that is new costs more than what is written into it.
let spare: CopyBuffer | null = null

/** What the driver asks of a query of another make than its own (`Client.query` of pg 8). */
class CopyQuery {
  readonly #text: string
  readonly #bytes: Buffer
  callback: (error: Error | null) => void

  constructor(text: string, bytes: Buffer, callback: (error: Error | null) => void) {
    this.#text = text
    this.#bytes = bytes
    this.callback = callback
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#text)
  }

  handleCopyInResponse(connection: pg.Connection): void {
    const line = connection as unknown as { sendCopyFromChunk(bytes: Buffer): void; endCopyFrom(): void }
    for (let at = 0; at < this.#bytes.length; at += chunk) line.sendCopyFromChunk(this.#bytes.subarray(at, at + chunk))
    line.endCopyFrom()
  }

  handleError(error: Error): void {
    this.callback(error)
    this.callback = () => undefined
  }

  handleReadyForQuery(): void {
    this.callback(null)
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
}

const chunk = 1 << 20
/** Of PostgreSQL's own time, 1 January 2000. */
const epoch = Date.UTC(2000, 0, 1)
const textOid = 25
/** PostgreSQL, "COPY", Binary Format: signature, no flags, no header extension. */
const header = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')

/** Bytes that grow, with PostgreSQL's binary form of values. */
class CopyBuffer {
  #bytes = Buffer.allocUnsafe(1 << 20)
  #at = header.copy(this.#bytes)

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  clear(): void {
    this.#at = header.length
  }

  field(kind: Kind, value: ReturnType<CopiedColumn<unknown>['of']>): void {
    if (value === null) return this.int4(-1)
    const start = this.#at
    this.int4(0)
    this.#value(kind, value)
    this.#bytes.writeInt32BE(this.#at - start - 4, start)
  }

  #value(kind: Kind, value: NonNullable<ReturnType<CopiedColumn<unknown>['of']>>): void {
    switch (kind) {
      case 'int8':
        return typeof value === 'string' ? this.#int8(BigInt(value)) : this.#int8Of(value as number)
      case 'int4':
        return this.int4(value as number)
      case 'timestamptz':
        return this.#int8Of(((value as Date).getTime() - epoch) * 1_000)
      case 'bool':
        return this.#raw(Buffer.from([value === true ? 1 : 0]))
      case 'uuid':
        return this.#raw(Buffer.from((value as string).replaceAll('-', ''), 'hex'))
      case 'bytea':
        return this.#raw(value as Buffer)
      case 'text':
        return this.#text(value as string)
      case 'jsonb':
        this.#raw(jsonbVersion)
        return this.#text(value as string)
      case 'text[]':
        return this.#texts(value as readonly string[])
    }
  }

  int2(value: number): void {
    this.#room(2)
    this.#at = this.#bytes.writeInt16BE(value, this.#at)
  }

  int4(value: number): void {
    this.#room(4)
    this.#at = this.#bytes.writeInt32BE(value, this.#at)
  }

  #int8(value: bigint): void {
    this.#room(8)
    this.#at = this.#bytes.writeBigInt64BE(value, this.#at)
  }

  #int8Of(value: number): void {
    this.int4(Math.floor(value / 0x1_0000_0000))
    this.#room(4)
    this.#at = this.#bytes.writeUInt32BE(value % 0x1_0000_0000, this.#at)
  }

  #text(value: string): void {
    this.#room(value.length * 3)
    this.#at += this.#bytes.write(value, this.#at)
  }

  #texts(values: readonly string[]): void {
    for (const one of [values.length === 0 ? 0 : 1, 0, textOid]) this.int4(one)
    if (values.length === 0) return
    this.int4(values.length)
    this.int4(1)
    for (const value of values) this.field('text', value)
  }

  #raw(value: Buffer): void {
    this.#room(value.length)
    this.#at += value.copy(this.#bytes, this.#at)
  }

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}

const jsonbVersion = Buffer.from([1])
