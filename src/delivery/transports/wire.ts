import { Client, type Dispatcher } from 'undici'

/**
 * What came back from one request.
 *
 * `not-sent`: the other side cannot have acted. `lost`: it may have acted, we do not know.
 */
export type Reply =
  | { readonly state: 'answered'; readonly status: number; readonly retryAfterMs: number | null; readonly body: string }
  | { readonly state: 'not-sent'; readonly code: string }
  | { readonly state: 'lost'; readonly code: string }

/** A line to one destination: its own connections, one deadline for the whole exchange, a limit on what it reads. */
export interface Wire {
  request(method: 'GET' | 'POST', path: string, headers: readonly string[], body: Buffer | null): Promise<Reply>
  close(): Promise<void>
}

export interface WireOptions {
  readonly baseUrl: string
  readonly secret: string
  readonly connections: number
  readonly timeoutMs: number
}

/** An acknowledgement with a certificate is below 8 kB; more than this is not an answer. */
const answerLimit = 65_536

/** Opens a line. Nothing connects before the first request; a redirect is not followed. */
export function openWire(options: WireOptions): Wire {
  const base = new URL(options.baseUrl)
  const prefix = base.pathname.replace(/\/+$/, '')
  const clients = Array.from(
    { length: options.connections },
    () =>
      new Client(base.origin, {
        pipelining: 1,
        connectTimeout: options.timeoutMs,
        // The deadline of the exchange is ours: theirs count from the last byte, and a slow drip would never end.
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: 4_000,
        maxHeaderSize: 8_192,
      }),
  )
  // The one that was free last is still warm. A pool would look for one anew and tell it of every drain.
  const free = [...clients]
  const withClient = async (question: Question): Promise<Reply> => {
    // More at once than connections: it waits in the queue of one.
    const client = free.pop()
    const reply = await exchange(client ?? clients[0]!, options.timeoutMs, question)
    if (client !== undefined) free.push(client)
    return reply
  }
  const always = ['authorization', `Bearer ${options.secret}`]
  return {
    request: (method, path, headers, body) =>
      withClient({ method, path: prefix + path, headers: [...always, ...headers], body }),
    // Whoever closes has waited for what is in flight; a half-open connection must not hold the node up.
    async close() {
      await Promise.all(clients.map((client) => client.destroy()))
    },
  }
}

interface Question {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: string[]
  readonly body: Buffer | null
}

// The dispatcher is used directly: `request` makes a stream per answer, which costs as much as the rest of the exchange.
function exchange(client: Client, timeoutMs: number, question: Question): Promise<Reply> {
  return new Promise((resolve) => {
    const answer = new Answer(timeoutMs, resolve)
    try {
      client.dispatch(question, answer)
    } catch {
      // A closed client and a header that cannot be written: both before anything left.
      answer.end({ state: 'not-sent', code: 'not-sent' })
    }
  })
}

class Answer implements Dispatcher.DispatchHandler {
  private started = false
  private done = false
  private status = 0
  private retryAfterMs: number | null = null
  private size = 0
  private chunks: Buffer[] = []
  private controller: Dispatcher.DispatchController | null = null
  private readonly timer: NodeJS.Timeout
  private readonly resolve: (reply: Reply) => void

  constructor(timeoutMs: number, resolve: (reply: Reply) => void) {
    this.resolve = resolve
    this.timer = setTimeout(() => this.giveUp('timed-out'), timeoutMs)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.done) controller.abort(new Error('given up'))
    else this.started = true
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.status = status
    this.retryAfterMs = readRetryAfter(headers['retry-after'])
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length
    if (this.size > answerLimit) this.giveUp('answer-too-large')
    else this.chunks.push(chunk)
  }

  onResponseEnd(): void {
    const body = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks)
    this.end({ state: 'answered', status: this.status, retryAfterMs: this.retryAfterMs, body: body.toString() })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.end(
      this.started ? { state: 'lost', code: 'connection-lost' } : { state: 'not-sent', code: notSentCode(error) },
    )
  }

  giveUp(code: string): void {
    this.end(this.started ? { state: 'lost', code } : { state: 'not-sent', code })
    this.controller?.abort(new Error(code))
  }

  end(reply: Reply): void {
    if (this.done) return
    this.done = true
    clearTimeout(this.timer)
    this.chunks = []
    this.resolve(reply)
  }
}

function notSentCode(error: Error): string {
  return (error as Error & { code?: string }).code === 'ECONNREFUSED' ? 'connection-refused' : 'not-reached'
}

/** RFC 9110 section 10.2.3: seconds or a date; at most an hour counts. */
function readRetryAfter(value: string | string[] | undefined): number | null {
  if (typeof value !== 'string') return null
  const wait = /^\d{1,6}$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), 3_600_000)
}
