import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { startNeighbours } from '../../src/commands/neighbours.ts'
import { notePlaces } from '../../src/commands/shared/destinations.ts'
import { readConfig } from '../../src/config.ts'
import { startHub, type Hub } from '../../src/main.ts'
import { connect, type Database } from '../../src/store/connect.ts'
import { createTestDatabase } from '../support/database.ts'
import { sluis, temporaryFolder } from './support.ts'

/** A hub with these simulated destinations and a registered pharmacy, found by every command that is run in the test. */
export interface WholeHub {
  readonly folder: string
  readonly hub: Hub
  readonly db: Database
  stop(): Promise<void>
}

type Simulated = NonNullable<Parameters<typeof startNeighbours>[0]['only']>

export async function startWholeHub(only: Simulated): Promise<WholeHub> {
  const ends: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end()
    vi.unstubAllEnvs()
  }
  try {
    const database = await createTestDatabase()
    ends.push(() => database.drop())
    const folder = await temporaryFolder()
    ends.push(() => folder.remove())
    const data = join(folder.path, 'neighbours')
    const neighbours = await startNeighbours({ hubs: [], data, only, say: () => undefined })
    ends.push(() => neighbours.stop())
    const places = neighbours.ports as Record<string, { url: string; secret: string }>
    const of = (what: 'url' | 'secret') => Object.fromEntries(only.map((name) => [name, places[name]![what]]))
    for (const [name, value] of Object.entries({ DATABASE_URL: database.url, SLUIS_DATA: folder.path, LANG: 'C' })) {
      vi.stubEnv(name, value)
    }
    notePlaces(folder.path, places)
    const config = readConfig(
      { port: 0, node: 'one', data: folder.path },
      { ...process.env, SLUIS_LOG: 'error', SLUIS_PROBE_SECONDS: '0' },
    )
    const hub = await startHub(config, { urls: of('url'), secrets: of('secret') }, () => undefined)
    ends.push(() => hub.stop())
    await hub.ready
    vi.stubEnv('SLUIS_URL', hub.url)
    const db = connect({ url: database.url, connections: 2 })
    ends.push(() => db.close())
    const client = ['client', 'register', '--name', 'Apotheek Test', '--kind', 'pharmacy']
    expect(await sluis([...client, '--out', join(folder.path, 'client.json')])).toMatchObject({ code: 0 })
    return { folder: folder.path, hub, db, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
