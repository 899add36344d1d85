import type pg from 'pg'
import { thorough, type Database, type Statement } from './connect.ts'

/** Tuples as PostgreSQL's binary COPY writes them, one after another, in memory that threads share. */
export interface CopiedOut {
  readonly bytes: SharedArrayBuffer
  /** Where each tuple begins. */
  readonly starts: number[]
}

/**
 * Asks for rows by binary COPY and leaves them as they come: the driver would make a text of every value, and a thread that
 * is to have them would copy each once more. COPY takes no parameters: `text` holds its values itself.
 *
 * @param memory is written over when it is large enough; else there is new memory
 * @example const { bytes, starts } = await copyOut(db, 'next-of-patients', 'select id from record', null)
 */
export async function copyOut(
  db: Database,
  name: string,
  text: string,
  memory: SharedArrayBuffer | null,
): Promise<CopiedOut> {
  const query = new CopyOutQuery(name, `copy (${text}) to stdout (format binary)`, memory)
  // The pool hands a query of another make than its own to the driver as it is.
  await db.query(query as unknown as Statement)
  return query.copied()
}

/** PostgreSQL, "COPY", Binary Format: signature, flags and an empty extension stand before the first tuple. */
const headerLength = 19
const trailer = -1
/** Room for a batch of a walk, so that nothing is copied to make more; what is not written to takes no memory. */
const usualSize = 1 << 23

/** What the driver asks of a query of another make than its own (`Client.query` of pg 8). */
class CopyOutQuery {
  readonly name: string
  readonly query_timeout = thorough.query_timeout
  // Set by the driver.
  callback: ((error: Error | null, result?: unknown) => void) | undefined
  readonly #text: string
  readonly #starts: number[] = []
  #shared: SharedArrayBuffer
  #bytes: Buffer
  #end = 0

  constructor(name: string, text: string, memory: SharedArrayBuffer | null) {
    this.name = name
    this.#text = text
    this.#shared = memory ?? new SharedArrayBuffer(usualSize)
    this.#bytes = Buffer.from(this.#shared)
  }

  copied(): CopiedOut {
    return { bytes: this.#shared, starts: this.#starts }
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#text)
  }

  /** A message is the header, with a tuple perhaps, or a tuple, or the trailer. Its bytes are the driver's: it uses them again. */
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    const tuple = this.#end === 0 && this.#starts.length === 0 ? chunk.subarray(headerLength) : chunk
    if (tuple.length === 0 || tuple.readInt16BE(0) === trailer) return
    this.#room(tuple.length)
    this.#starts.push(this.#end)
    this.#end += tuple.copy(this.#bytes, this.#end)
  }

  handleError(error: Error): void {
    const { callback } = this
    this.callback = () => undefined
    callback?.(error)
  }

  handleReadyForQuery(): void {
    this.callback?.(null, this)
  }

  handleCommandComplete(): void {}

  #room(more: number): void {
    if (this.#end + more <= this.#bytes.length) return
    this.#shared = new SharedArrayBuffer(Math.max(this.#bytes.length * 2, this.#end + more))
    const larger = Buffer.from(this.#shared)
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }
}
