import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { sampleForm } from '../src/formats/eform/sample.ts'
import { makeFolder, removeFolder, startHubProcess, type HubProcess } from './hub-process.ts'
import { weight } from './memory.ts'
import type { BenchRow } from './row.ts'

const perSecond = 300
const lookSeconds = 10

/**
 * What a node and its PostgreSQL weigh under a load that goes its whole way: forms taken, read, checked, forwarded to
 * simulated destinations, certified and sealed. The figure to look at is the end against what it was after a tenth.
 */
export async function benchSoak(minutes: number, say: (line: string) => void): Promise<BenchRow[]> {
  const folder = await makeFolder()
  const hub = await startHubProcess(folder, [])
  try {
    const load = startLoad(hub)
    const looks: { readonly node: number; readonly database: number }[] = []
    const end = performance.now() + minutes * 60_000
    while (performance.now() < end) {
      await sleep(lookSeconds * 1_000)
      looks.push(lookAt(hub))
      if (looks.length % 6 === 0) {
        const { node, database } = looks.at(-1)!
        say(`${looks.length / 6} min: node ${node.toFixed(0)} MB, PostgreSQL ${database.toFixed(0)} MB`)
      }
    }
    const [sent, loadSeconds] = await timed(() => load.stop())
    const rows = (['node', 'database'] as const).map((side) => rowOf(side, minutes, sent, looks))
    const [, nodeSeconds] = await timed(() => hub.stop())
    say(`stopped: the load in ${loadSeconds} s, the node with its database and neighbours in ${nodeSeconds} s`)
    return rows
  } finally {
    await hub.stop()
    await removeFolder(folder)
  }
}

async function timed<T>(work: () => Promise<T>): Promise<[T, string]> {
  const began = performance.now()
  const made = await work()
  return [made, ((performance.now() - began) / 1_000).toFixed(1)]
}

function rowOf(
  side: 'node' | 'database',
  minutes: number,
  sent: number,
  looks: readonly { readonly node: number; readonly database: number }[],
): BenchRow {
  const said = looks.map((look) => look[side])
  const tenth = said[Math.floor(said.length / 10)]!
  const last = said.at(-1)!
  return {
    name: `soak-${side}`,
    ours: Math.round(last),
    theirs: Math.round(tenth),
    ratio: Number((last / tenth).toFixed(3)),
    unit: 'MB PSS',
    conditions: `${minutes} min, ${sent.toLocaleString('en')} forms on top of what simulated pharmacies and laboratories send; theirs = after a tenth of the time; ${Math.round(Math.max(...said))} MB at most`,
  }
}

/** The node alone, and its PostgreSQL with what that started. */
function lookAt(hub: HubProcess): { node: number; database: number } {
  return { node: weight(hub.child.pid!).own, database: weight(hub.postmaster()).all }
}

/** Sends so many forms a second, whatever becomes of them, until stopped. */
function startLoad(hub: HubProcess): { stop(): Promise<number> } {
  const pool = new Pool(hub.url, { connections: 16, pipelining: 1 })
  let stopped = false
  let sent = 0
  const post = async (token: string): Promise<void> => {
    const random = (): number => randomBytes(4).readUInt32LE() / 2 ** 32
    const body = JSON.stringify(sampleForm('rapid-test', { random, at: new Date() }))
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const answer = await pool.request({ method: 'POST', path: '/messages', headers, body })
    await answer.body.text()
    if (answer.statusCode !== 202) throw new Error(`the hub answered ${answer.statusCode}`)
    sent += 1
  }
  const work = (async () => {
    let [token, renewAt] = ['', 0]
    const began = performance.now()
    while (!stopped) {
      if (performance.now() > renewAt) [token, renewAt] = [await hub.token(), performance.now() + 240_000]
      const due = Math.floor(((performance.now() - began) * perSecond) / 1_000) - sent
      await Promise.all(Array.from({ length: Math.min(due, perSecond) }, () => post(token)))
      await sleep(50)
    }
  })()
  return {
    async stop() {
      stopped = true
      await work
      await pool.close()
      return sent
    },
  }
}
