import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNeighbours, type Neighbours } from '../../src/commands/neighbours.ts'
import { startProxy, type Proxy } from '../support/proxy.ts'
import { destinations, type Destination } from './laws.ts'

/** The simulated destinations of a test, and the settings by which a node finds them. */
export interface Town extends AsyncDisposable {
  readonly neighbours: Neighbours
  /** For nodes of one hub: addresses, secrets, and one master key. */
  readonly env: Readonly<Record<string, string>>
  /** Switches faults of a destination on; none are named: all is well again. */
  fault(name: Destination, faults: Readonly<Record<string, unknown>>): Promise<void>
  /** The nodes that destinations call back; none before this is said. */
  callBack(hubs: readonly string[]): Promise<void>
  /** Closes all connections of a destination, which forgets nothing, and opens it again after `downMs` milliseconds. */
  restart(name: Destination, downMs: number): Promise<void>
}

/** Starts Sciensano, Vaccinnet and Digitaal Vlaanderen as processes of their own. */
export async function startTown(): Promise<Town> {
  const data = await mkdtemp(join(tmpdir(), 'sluis-town-'))
  const neighbours = await startNeighbours({ hubs: [], data, only: destinations, say: () => undefined })
  const env: Record<string, string> = { SLUIS_MASTER_KEY: randomBytes(32).toString('base64') }
  for (const name of destinations) {
    const { url, secret } = neighbours.ports[name]!
    const variable = `SLUIS_DEST_${name.toUpperCase().replaceAll('-', '_')}`
    env[`${variable}_URL`] = url
    env[`${variable}_SECRET`] = secret
  }
  const tell = async (name: Destination, method: string, path: string, body: unknown): Promise<void> => {
    const answer = await fetch(`${neighbours.ports[name]!.controlUrl}/control/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(await answer.text())
  }
  return {
    neighbours,
    env,
    fault: (name, faults) => tell(name, 'PUT', 'faults', faults),
    async callBack(hubs) {
      await Promise.all(destinations.map((name) => tell(name, 'PUT', 'hub', { hub: hubs.join(',') })))
    },
    restart: (name, downMs) => tell(name, 'POST', 'restart', { downMs }),
    async [Symbol.asyncDispose]() {
      await neighbours.stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** A line to a PostgreSQL that can be cut, with the address that leads over it. */
export async function lineTo(databaseUrl: string): Promise<{ readonly line: Proxy; readonly url: string }> {
  const url = new URL(databaseUrl)
  const host = decodeURIComponent(url.hostname)
  const port = url.port === '' ? 5432 : Number(url.port)
  const line = await startProxy(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port })
  url.hostname = '127.0.0.1'
  url.port = String(line.port)
  return { line, url: url.toString() }
}
