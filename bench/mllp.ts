import { once } from 'node:events'
import { connect } from 'node:net'
import { sampleOru } from '../src/formats/hl7v2/sample.ts'
import { makeFolder, removeFolder, startHubProcess } from './hub-process.ts'
import { offer } from './intake.ts'
import { median, type BenchRow } from './row.ts'

const seconds = 4
const pairs = 3

/**
 * Durable intake over MLLP, one message under way on each connection, against the HTTP intake of the same node with as many
 * connections, in turns. Ratio 0.5 is the bar.
 */
export async function benchMllp(say: (line: string) => void): Promise<BenchRow[]> {
  const folder = await makeFolder()
  const hub = await startHubProcess(folder, ['--roles', 'intake', '--no-neighbours'])
  try {
    const rows: BenchRow[] = []
    for (const connections of [1, 32]) {
      const ours: number[] = []
      const theirs: number[] = []
      for (let pair = 0; pair < pairs; pair++) {
        ours.push(await acknowledged(hub.mllpPort, connections))
        theirs.push((await offer(hub, connections)).answered / seconds)
        say(`${connections} connections: MLLP ${ours.at(-1)!.toFixed(0)}/s, HTTP ${theirs.at(-1)!.toFixed(0)}/s`)
      }
      rows.push({
        name: `mllp-${connections}`,
        ours: median(ours),
        theirs: median(theirs),
        ratio: Number(median(ours.map((one, pair) => one / theirs[pair]!)).toFixed(3)),
        unit: 'acknowledgements/s',
        conditions: `ORU of 3 to 5 OBX, AA after the commit; against eForms over HTTP; ${pairs} pairs of ${seconds} s, median`,
      })
    }
    return rows
  } finally {
    await hub.stop()
    await removeFolder(folder)
  }
}

/** Acknowledgements a second. Throws when anything but AA comes back. */
async function acknowledged(port: number, connections: number): Promise<number> {
  const text = sampleOru({ random: Math.random, at: new Date() })
  const [before = '', after = ''] = text.split(/(?<=\|ORU\^R01\^ORU_R01\|)[^|]+/)
  const run = Date.now().toString(36)
  const begin = performance.now() + 1_000
  const end = begin + seconds * 1_000
  let number = 0
  let count = 0
  const speak = async (): Promise<void> => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const say = (): void => void socket.write(`\u000b${before}${run}-${number++}${after}\u001c\r`)
    let heard = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      heard += chunk
      if (!heard.endsWith('\u001c\r')) return
      if (!heard.includes('\rMSA|AA|')) socket.destroy(new Error('an answer other than AA'))
      heard = ''
      const now = performance.now()
      if (now >= begin && now <= end) count++
      if (now < end) say()
      else socket.end()
    })
    await once(socket, 'connect')
    say()
    await once(socket, 'close')
  }
  await Promise.all(Array.from({ length: connections }, speak))
  return count / seconds
}
