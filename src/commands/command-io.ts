import type { Readable, Writable } from 'node:stream'

export interface CommandIo {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
}

/**
 * Writes to somebody who may be slow, and waits; false when nobody reads any more (`| head`), so that whoever writes on and on
 * ends.
 */
export function written(stream: Writable, text: string): Promise<boolean> {
  return new Promise((resolve) => stream.write(text, (error) => resolve(error == null)))
}

/** All bytes of a stream, or null when it has more than `limit`; what lies beyond is not read. */
export async function readBytes(stream: Readable, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array | string)
    size += bytes.length
    if (size > limit) return null
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

/** All text of a stream, or null when it has more than `limit` bytes; what lies beyond is not read. */
export async function readAll(stream: Readable, limit: number): Promise<string | null> {
  return (await readBytes(stream, limit))?.toString('utf8') ?? null
}

/** The text at the beginning of a stream, of `limit` bytes and what came with them; the rest is not read. */
export async function readHead(stream: Readable, limit: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array | string)
    chunks.push(bytes)
    size += bytes.length
    if (size > limit) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Both ends of a line that is too long to be read. */
export interface LongLine {
  readonly head: string
  readonly tail: string
}

/** Characters kept of each end of a line that is too long. */
const keptEnd = 2_000

/** The lines of a stream, without their ends and without empty ones; of one of more than `limit` characters only its ends. */
export async function* readLines(stream: Readable, limit: number): AsyncGenerator<string | LongLine> {
  stream.setEncoding('utf8')
  let rest = ''
  /** The head of a line whose end is still to come. */
  let head: string | null = null
  const take = (line: string): string | LongLine | null => {
    const begun = head
    head = null
    if (begun !== null || line.length > limit)
      return { head: begun ?? line.slice(0, keptEnd), tail: line.slice(-keptEnd) }
    return line.trim() === '' ? null : line
  }
  for await (const chunk of stream) {
    const lines = (rest + (chunk as string)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const taken = take(line)
      if (taken !== null) yield taken
    }
    if (rest.length > limit) {
      head ??= rest.slice(0, keptEnd)
      rest = rest.slice(-keptEnd)
    }
  }
  const last = take(rest)
  if (last !== null) yield last
}
