import { connect, type Socket } from 'node:net'
import { hl7ContentTypes, readHl7v2 } from '../../src/formats/hl7v2/read.ts'
import type { LabSource } from '../../src/formats/hl7v2/sources.ts'
import { startMllp, usualLimits, type Mllp, type MllpDeps } from '../../src/intake/mllp/mllp.ts'
import { receive } from '../../src/intake/receive.ts'
import { makeFindingWords } from '../../src/intake/finding-words.ts'
import { makeSwitches } from '../../src/intake/switches.ts'
import { namedUuid } from '../../src/kernel/ids.ts'
import { silentLog } from '../../src/kernel/log.ts'
import type { Arrival, Custody } from '../../src/ledger/arrival.ts'

const format = readHl7v2([])

export const loopback: LabSource = {
  source: 'from-message',
  client: 'laboratory-loopback',
  title: 'Loopback',
  addresses: ['127.0.0.0/8'],
  certificates: [],
  embeddedOnly: false,
  msh: 'any',
  charset: '8859/1',
  zone: 'Europe/Brussels',
  acknowledgement: 'by-message',
}

export interface TestLine {
  readonly port: number
  /** What came through the door, in order. */
  readonly kept: Arrival[]
  readonly turnedAway: string[]
  close(): Promise<void>
}

interface Wishes {
  readonly sources?: readonly LabSource[]
  readonly limits?: Partial<MllpDeps['limits']>
  readonly tls?: MllpDeps['tls']
  /** Stands for the durable commit. */
  readonly commit?: (arrival: Arrival) => Promise<void>
}

/** A real listener before the hub's real door, with a ledger that only remembers. */
export async function startLine(wishes: Wishes = {}): Promise<TestLine> {
  const kept: Arrival[] = []
  const turnedAway: string[] = []
  const now = (): Date => new Date('2026-11-22T12:00:00Z')
  const accepting = {
    async accept(arrival: Arrival): Promise<Custody> {
      await wishes.commit?.(arrival)
      kept.push(arrival)
      const receipt = namedUuid(arrival.messageId)
      return { state: 'accepted', receipt, receivedAt: arrival.receivedAt, level: 'stored', repeated: false }
    },
    custodian: () => ({ state: 'storing' }) as const,
    waiting: () => 0,
    stop: () => Promise.resolve(),
  }
  const door = {
    accepting,
    formatFor: () => format,
    acceptedTypes: hl7ContentTypes,
    switches: makeSwitches(),
    findingWords: makeFindingWords(),
    now,
  }
  const mllp: Mllp = await startMllp({
    host: '127.0.0.1',
    port: 0,
    tls: wishes.tls ?? null,
    sources: wishes.sources ?? [loopback],
    senderOf: () => Promise.resolve({ id: 7, language: 'nl' }),
    receive: (handed) => receive(door, handed),
    onTurnedAway: (code) => turnedAway.push(code),
    limits: { ...usualLimits, frameBytes: 1_048_576, ...wishes.limits },
    now,
    log: silentLog,
  })
  return { port: mllp.port, kept, turnedAway, close: () => mllp.close() }
}

/** A message with one result. */
export function oru(id: string, change: (text: string) => string = (text) => text): string {
  const lines = [
    `MSH|^~\\&|LIS|NOORD|HUB|SLUIS|20261122100000+0100||ORU^R01^ORU_R01|${id}|P|2.5.1`,
    'PID|1||77^^^LAB||Peeters^An||19850301|F',
    'OBR|1|P1|F1|PAN',
    'OBX|1|NM|4548-4^HbA1c^LN||53|mmol/mol|||||F',
  ]
  return change(lines.join('\r'))
}

export const frame = (text: string | Buffer): Buffer =>
  Buffer.concat([Buffer.of(0x0b), Buffer.from(text), Buffer.of(0x1c, 0x0d)])

/** A sender that writes bytes as they are and hears frames. */
export function talk(port: number) {
  const socket: Socket = connect(port, '127.0.0.1')
  const answers: string[] = []
  let heard = ''
  let ended = false
  const listeners = new Set<() => void>()
  const tell = (): void => listeners.forEach((one) => one())
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    heard += text
    for (let end = heard.indexOf('\u001c\r'); end >= 0; end = heard.indexOf('\u001c\r')) {
      answers.push(heard.slice(heard.indexOf('\u000b') + 1, end))
      heard = heard.slice(end + 2)
    }
    tell()
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    ended = true
    tell()
  })
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await new Promise<void>((resolve) => listeners.add(resolve))
  }
  return {
    socket,
    answers,
    /** Waits for so many answers in all, or for the end. */
    hear: async (count: number): Promise<string[]> => {
      await until(() => answers.length >= count || ended)
      return answers
    },
    closed: () => until(() => ended),
  }
}

/** A field of an answer, such as `MSA-1`. */
export function fieldOf(answer: string | undefined, name: string): string | undefined {
  const [segment = '', number = '0'] = name.split('-')
  const line = answer?.split('\r').find((one) => one.startsWith(`${segment}|`))
  return line?.split('|')[Number(number) - (segment === 'MSH' ? 1 : 0)]
}
