import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { startChild, type Ready } from '../shared/child.ts'

export const secret = 'whsec_c2x1aXMgdGVzdHMga25vdyB0aGlzIHNlY3JldA=='

/** A simulator as a test works with it: a real process, spoken to over HTTP. */
export interface Simulator {
  ready(): Ready
  /** @param patience ms before the caller gives up */
  post(path: string, body: string, headers?: Record<string, string>, patience?: number): Promise<Answer>
  get(path: string): Promise<Answer>
  control(call: string, body?: unknown): Promise<Answer>
  stop(): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // A test looks into answers freely.
  readonly body: Record<string, unknown>
}

export function newFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'sluis-neighbours-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A simulator with a hub that hears its callbacks. */
export interface Stage {
  readonly sim: Simulator
  readonly hub: Awaited<ReturnType<typeof startListeningHub>>
}

/** Starts a simulator for the tests of a file, well again and forgetful before each; `started` is told of it. */
export function onStage(name: string, started: (stage: Stage) => void): void {
  const folder = newFolder()
  let stage: Stage
  beforeAll(async () => {
    const hub = await startListeningHub()
    stage = { hub, sim: await startSimulator(name, folder.path, [`--hub=${hub.url}`]) }
    started(stage)
  })
  afterAll(async () => {
    await stage.sim.stop()
    stage.hub.close()
    folder.remove()
  })
  beforeEach(async () => {
    await stage.sim.control('PUT /control/faults', {})
    await stage.sim.control('POST /control/reset')
    stage.hub.heard.length = 0
    stage.hub.status = 204
  })
}

export async function startSimulator(name: string, folder: string, more: readonly string[] = []): Promise<Simulator> {
  const said: string[] = []
  const child = await startChild({
    file: fileURLToPath(new URL(`../${name}/main.ts`, import.meta.url)),
    ports: [0, 0],
    secret,
    say: (line) => void said.push(line),
    arguments: () => [`--data=${folder}`, ...more],
  }).catch((error: unknown) => {
    throw new Error(said.join('\n'), { cause: error })
  })
  const authorization = `Bearer ${secret}`
  return {
    ready: () => child.ready(),
    post: (path, body, headers = delivery(), patience = 10_000) =>
      call(child.ready().port, 'POST', path, {
        body,
        headers: { 'content-type': 'application/json', authorization, ...headers },
        signal: AbortSignal.timeout(patience),
      }),
    get: (path) =>
      call(child.ready().port, 'GET', path, { headers: { authorization }, signal: AbortSignal.timeout(10_000) }),
    control(text, body) {
      const [method = 'GET', path = ''] = text.split(' ')
      return call(child.ready().controlPort, method, path, body === undefined ? {} : { body: JSON.stringify(body) })
    },
    stop: () => child.stop(),
  }
}

async function call(port: number, method: string, path: string, init: RequestInit): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...init })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text.startsWith('{') ? JSON.parse(text) : { text } }
}

/** The headers of one delivery of the hub. */
export function delivery(id: string = randomUUID(), originalTime = '2022-07-01T08:00:00Z'): Record<string, string> {
  return { 'sluis-delivery-id': id, 'idempotency-key': id, 'sluis-original-time': originalTime }
}

export interface Heard {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A hub that only listens: keeps what it was posted and answers with a status that the test chooses. */
export async function startListeningHub(): Promise<{ url: string; heard: Heard[]; status: number; close(): void }> {
  const hub = { url: '', heard: [] as Heard[], status: 204, close: () => void server.close() }
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      hub.heard.push({ path: request.url ?? '', headers: request.headers, body })
      response.writeHead(hub.status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return hub
}

/** Waits until something holds; the test fails at its own time limit when it never does. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}
