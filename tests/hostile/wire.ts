import { connect, type Socket } from 'node:net'

/** One answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Conversation {
  readonly answers: readonly WireAnswer[]
  /** How the connection ended; `open` when it was still there after the time to wait. */
  readonly end: 'closed' | 'reset' | 'open'
}

/**
 * Writes bytes as they are, without any client in between that would mend them, and reads what comes back until the other
 * side ends, `enough` answers are there, or `milliseconds` are over.
 */
export async function speak(
  port: number,
  bytes: string | Buffer,
  enough = 1,
  milliseconds = 8_000,
): Promise<Conversation> {
  const socket = connect(port, '127.0.0.1')
  let heard: Buffer = Buffer.alloc(0)
  const answers: WireAnswer[] = []
  return new Promise((resolve) => {
    const finish = (end: Conversation['end']): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ answers, end })
    }
    const timer = setTimeout(() => finish('open'), milliseconds)
    socket.on('error', () => finish('reset'))
    socket.on('close', () => finish('closed'))
    socket.on('data', (chunk) => {
      heard = Buffer.concat([heard, chunk])
      for (let read = readAnswer(heard); read !== null; read = readAnswer(heard)) {
        answers.push(read.answer)
        heard = heard.subarray(read.length)
      }
      if (answers.length >= enough) finish('open')
    })
    socket.on('connect', () => socket.write(bytes))
  })
}

function readAnswer(bytes: Buffer): { answer: WireAnswer; length: number } | null {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const length = headEnd + 4 + Number(headers['content-length'] ?? 0)
  if (bytes.length < length) return null
  return {
    answer: { status: Number(first.split(' ')[1]), headers, body: bytes.toString('utf8', headEnd + 4, length) },
    length,
  }
}

/** Writes bytes and keeps the connection, once the last byte has gone out; `answer` tells what has come back so far. */
export async function hold(
  port: number,
  bytes: Buffer,
): Promise<{ answer: () => WireAnswer | undefined; end: () => void }> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  let heard: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk) => (heard = Buffer.concat([heard, chunk])))
  await new Promise((resolve) => socket.write(bytes, resolve))
  return { answer: () => readAnswer(heard)?.answer, end: () => socket.destroy() }
}

/** Sends without end until the other side has enough of it; how many bytes went out, and what came back. */
export async function flood(
  port: number,
  head: string,
  bytes: number,
): Promise<{ sent: number; status: number | null }> {
  const socket: Socket = connect(port, '127.0.0.1')
  const piece = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`)
  let sent = 0
  let heard = ''
  await new Promise<void>((resolve) => {
    const more = (): void => {
      while (sent < bytes && socket.writable) {
        sent += 65_536
        if (!socket.write(piece)) return void socket.once('drain', more)
      }
      if (sent >= bytes) socket.end('0\r\n\r\n')
    }
    socket.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve())
    socket.on('connect', () => {
      socket.write(head)
      more()
    })
    setTimeout(() => socket.destroy(), 60_000).unref()
  })
  return { sent, status: heard === '' ? null : Number(heard.split(' ')[1]) }
}
