import type { Readable, Writable } from 'node:stream'

export interface CommandIo {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
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

/** The lines of a stream, without their ends and without empty ones; null stands for a line of more than `limit` characters. */
export async function* readLines(stream: Readable, limit: number): AsyncGenerator<string | null> {
  stream.setEncoding('utf8')
  let rest = ''
  let tooLong = false
  for await (const chunk of stream) {
    const lines = (rest + (chunk as string)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (tooLong || line.length > limit) yield null
      else if (line.trim() !== '') yield line
      tooLong = false
    }
    if (rest.length > limit) {
      tooLong = true
      rest = ''
    }
  }
  if (tooLong) yield null
  else if (rest.trim() !== '') yield rest
}
