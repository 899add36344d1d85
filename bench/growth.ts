import { connect } from '../src/store/connect.ts'
import { embeddedUrl } from '../src/store/embedded/connection.ts'
import { preparePlace } from '../src/store/embedded/place.ts'
import { fillMessages } from './load/fill-messages.ts'
import { makeFolder, removeFolder, startHubProcess, type HubProcess } from './hub-process.ts'
import { offer } from './intake.ts'
import { median, type BenchRow } from './row.ts'

const rounds = 5
const connections = 128
/** After a fill most pages of the keys lie on disk alone; a hub that grew by itself has them in memory. */
const warmSecondsFor = (stored: number): number => Math.min(60, Math.ceil(stored / 20_000))

/** Intake of a hub with `stored` messages against that of an empty one beside it, both warm, in turns, under the same load. */
export async function benchGrowth(stored: number, say: (line: string) => void): Promise<BenchRow[]> {
  const hubs: { readonly folder: string; readonly hub: HubProcess }[] = []
  const open = async (): Promise<HubProcess> => {
    const folder = await makeFolder()
    const hub = await startHubProcess(folder, ['--roles', 'intake', '--no-neighbours'])
    hubs.push({ folder, hub })
    return hub
  }
  try {
    const full = await open()
    const minutes = await fill(full.folder, stored, say)
    return [await compare(await open(), full, stored, minutes, say)]
  } finally {
    for (const { folder, hub } of hubs) {
      await hub.stop()
      await removeFolder(folder)
    }
  }
}

/** Minutes that filling took. */
async function fill(folder: string, stored: number, say: (line: string) => void): Promise<number> {
  const began = performance.now()
  const db = connect({ url: embeddedUrl(await preparePlace(folder)), connections: 2 })
  let told = began
  await fillMessages(db, stored, (done) => {
    if (performance.now() - told < 5_000) return
    told = performance.now()
    const left = ((told - began) * (stored - done)) / done / 1_000
    say(`stored ${done.toLocaleString('en')} of ${stored.toLocaleString('en')}, ${left.toFixed(0)} s to go`)
  })
  await db.close()
  return (performance.now() - began) / 60_000
}

async function compare(
  empty: HubProcess,
  full: HubProcess,
  stored: number,
  minutes: number,
  say: (line: string) => void,
): Promise<BenchRow> {
  const warmSeconds = warmSecondsFor(stored)
  const cold = { empty: await rate(empty), full: await rate(full) }
  say(`at first: empty ${cold.empty.toFixed(0)}/s, full ${cold.full.toFixed(0)}/s; both get warm for ${warmSeconds} s`)
  for (const hub of [empty, full]) await offer(hub, connections, warmSeconds)
  const rates: { readonly empty: number; readonly full: number }[] = []
  for (let round = 0; round < rounds; round++) {
    // The one that goes first finds the machine as the other left it, so they take turns at that too.
    const first = round % 2 === 0 ? empty : full
    const one = await rate(first)
    const other = await rate(first === empty ? full : empty)
    rates.push(first === empty ? { empty: one, full: other } : { empty: other, full: one })
    say(`empty ${rates.at(-1)!.empty.toFixed(0)}/s, full ${rates.at(-1)!.full.toFixed(0)}/s`)
  }
  return {
    name: `growth-${stored}`,
    ours: median(rates.map((pair) => pair.full)),
    theirs: median(rates.map((pair) => pair.empty)),
    ratio: median(rates.map((pair) => pair.full / pair.empty)),
    unit: 'messages/s',
    conditions: `${connections} connections, median of ${rounds} pairs in turns; theirs = an empty hub beside it; ${stored.toLocaleString('en')} messages gone their whole way, filled in ${minutes.toFixed(1)} min; both warmed up for ${warmSeconds} s, before it ${cold.full.toFixed(0)}/s beside ${cold.empty.toFixed(0)}`,
  }
}

async function rate(hub: HubProcess): Promise<number> {
  const load = await offer(hub, connections)
  return load.answered / load.seconds
}
