import net from 'node:net'

/** What a run of the generator came to. Latencies are in milliseconds. */
export interface LoadResult {
  readonly answered: number
  readonly byStatus: Readonly<Record<string, number>>
  readonly seconds: number
  readonly p50: number
  readonly p99: number
}

export interface LoadOptions {
  readonly host: string
  readonly port: number
  readonly connections: number
  readonly seconds: number
  readonly warmupSeconds: number
  readonly token: string
  /** The text of every message around its id. */
  readonly before: string
  readonly after: string
  /** The ids are this and a number. */
  readonly run: string
}

/** So many messages have ids of one length. */
const digits = 8

/**
 * Keeps `connections` requests under way on as many kept-alive connections and times each. Bare sockets that read into one
 * buffer, and requests written once of which only the number changes, so that the generator takes as little of the machine
 * as it can: what it takes neither side of a comparison has.
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const latencies: number[] = []
  const byStatus: Record<string, number> = {}
  let number = 0
  const begin = performance.now() + options.warmupSeconds * 1_000
  const end = begin + options.seconds * 1_000
  const buffer = Buffer.alloc(65_536)

  const connection = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = requestOf(options)
      let sentAt = 0
      let heard = ''
      const send = (): void => {
        request.bytes.write(String(number++).padStart(digits, '0'), request.numberAt, 'latin1')
        sentAt = performance.now()
        socket.write(request.bytes)
      }
      const answered = (status: string): void => {
        const now = performance.now()
        if (sentAt >= begin && now <= end) {
          latencies.push(now - sentAt)
          byStatus[status] = (byStatus[status] ?? 0) + 1
        }
        if (now < end) send()
        else socket.end()
      }
      const onread = (length: number): boolean => {
        heard += buffer.toString('latin1', 0, length)
        if (!isWhole(heard)) return true
        const status = heard.slice(9, 12)
        heard = ''
        answered(status)
        return true
      }
      const { host, port } = options
      const socket = net.connect({ host, port, noDelay: true, onread: { buffer, callback: onread } })
      socket.on('connect', send)
      socket.on('error', reject)
      socket.on('close', () => resolve())
    })
  await Promise.all(Array.from({ length: options.connections }, connection))
  latencies.sort((a, b) => a - b)
  const at = (share: number): number =>
    latencies[Math.min(Math.floor(latencies.length * share), latencies.length - 1)] ?? 0
  return { answered: latencies.length, byStatus, seconds: options.seconds, p50: at(0.5), p99: at(0.99) }
}

function requestOf({ host, token, before, after, run }: LoadOptions): { bytes: Buffer; numberAt: number } {
  const start = Buffer.from(`${before}${run}-`)
  const body = Buffer.concat([start, Buffer.from('0'.repeat(digits)), Buffer.from(after)])
  const head = Buffer.from(
    `POST /messages HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
  )
  return { bytes: Buffer.concat([head, body]), numberAt: head.length + start.length }
}

function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  const length = Number(/content-length: (\d+)/i.exec(answer.slice(0, headEnd))?.[1] ?? 0)
  return answer.length >= headEnd + 4 + length
}
