import { request } from 'node:http'

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs?: number
}

export interface Told {
  readonly status: number
  readonly text: string
}

/** One request over a connection of its own, as a newcomer makes it; null when nothing came back in time. */
export async function ask(url: string, asked: Asked = {}): Promise<Told | null> {
  return new Promise((resolve) => {
    const { method = 'GET', headers = {}, body, timeoutMs = 2_000 } = asked
    const sent = request(url, { method, headers, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', () => resolve(null))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }))
    })
    sent.on('error', () => resolve(null))
    sent.end(body)
  })
}

/**
 * A call of a simulator's control port. Throws when it is not answered with 200.
 *
 * @example await control(ports.sciensano.controlUrl, 'PUT /control/faults', { status: 500 })
 */
export async function control(controlUrl: string, call: string, body?: unknown): Promise<unknown> {
  const [method = 'GET', path = '/'] = call.split(' ')
  const text = body === undefined ? {} : { body: JSON.stringify(body) }
  const headers = { 'content-type': 'application/json' }
  const told = await ask(controlUrl + path, { method: method as 'GET' | 'PUT', headers, timeoutMs: 20_000, ...text })
  if (told?.status !== 200)
    throw new Error(`${call} was answered with ${told?.status ?? 'nothing'}: ${told?.text ?? ''}`)
  return JSON.parse(told.text)
}
