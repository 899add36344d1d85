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
  /** The body of the n-th message. */
  readonly body: (n: number) => string
  readonly firstNumber: number
}

/**
 * Keeps `connections` requests under way on as many kept-alive connections and times each. Bare sockets and a search for
 * the end of the answer, so that the generator takes as little of the machine as it can.
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const latencies: number[] = []
  const byStatus: Record<string, number> = {}
  let number = options.firstNumber
  const begin = performance.now() + options.warmupSeconds * 1_000
  const end = begin + options.seconds * 1_000
  const head = `POST /messages HTTP/1.1\r\nhost: ${options.host}\r\nauthorization: Bearer ${options.token}\r\ncontent-type: application/json\r\ncontent-length: `

  const connection = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = net.connect({ host: options.host, port: options.port, noDelay: true })
      let sentAt = 0
      let answer = ''
      const send = (): void => {
        const body = options.body(number++)
        sentAt = performance.now()
        socket.write(`${head}${Buffer.byteLength(body)}\r\n\r\n${body}`)
      }
      socket.setEncoding('latin1')
      socket.on('connect', send)
      socket.on('error', reject)
      socket.on('close', () => resolve())
      socket.on('data', (chunk: string) => {
        answer += chunk
        const headEnd = answer.indexOf('\r\n\r\n')
        if (headEnd < 0) return
        const length = Number(/content-length: (\d+)/i.exec(answer.slice(0, headEnd))?.[1] ?? 0)
        if (answer.length < headEnd + 4 + length) return
        const now = performance.now()
        if (sentAt >= begin && now <= end) {
          latencies.push(now - sentAt)
          const status = answer.slice(9, 12)
          byStatus[status] = (byStatus[status] ?? 0) + 1
        }
        answer = ''
        if (now < end) send()
        else socket.end()
      })
    })
  await Promise.all(Array.from({ length: options.connections }, connection))
  latencies.sort((a, b) => a - b)
  const at = (share: number): number =>
    latencies[Math.min(Math.floor(latencies.length * share), latencies.length - 1)] ?? 0
  return { answered: latencies.length, byStatus, seconds: options.seconds, p50: at(0.5), p99: at(0.99) }
}
