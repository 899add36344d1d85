import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/** A table as CSV (RFC 4180); a text that a spreadsheet would take for a formula is kept a text. */
export function csv(heads: readonly string[], rows: readonly Row[]): string {
  return linesOf([heads, ...rows])
}

type Row = readonly (string | number)[]

const linesOf = (rows: readonly Row[]): string => rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function sendCsv(reply: FastifyReply, name: string, text: string): FastifyReply {
  return headed(reply, name).send(text)
}

/** A part of a long table, and where the next one begins; null after the last. */
export interface CsvPart<Place> {
  readonly rows: readonly Row[]
  readonly next: Place | null
}

/**
 * A table of any length, read part by part as it is taken: whoever works by a sheet takes it for the whole list. One that
 * breaks off ends without its last chunk, so that nobody takes it for complete.
 */
export async function streamCsv<Place>(
  reply: FastifyReply,
  name: string,
  heads: readonly string[],
  read: (after: Place | null) => Promise<CsvPart<Place>>,
): Promise<FastifyReply> {
  // Before the answer begins: what fails at once is told as any other failure.
  const first = await read(null)
  return headed(reply, name).send(Readable.from(partsOf(heads, first, read)))
}

async function* partsOf<Place>(
  heads: readonly string[],
  first: CsvPart<Place>,
  read: (after: Place | null) => Promise<CsvPart<Place>>,
): AsyncGenerator<string> {
  yield csv(heads, first.rows)
  for (let { next } = first; next !== null;) {
    const part = await read(next)
    if (part.rows.length > 0) yield linesOf(part.rows)
    next = part.next
  }
}

function headed(reply: FastifyReply, name: string): FastifyReply {
  return reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`)
    .header('cache-control', 'no-store')
}
