import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hl7Message } from '@medplum/core'
import hl7parser from 'hl7parser'
import { seededRandom } from '../src/formats/eform/random.ts'
import { sampleOru } from '../src/formats/hl7v2/sample.ts'
import { splitMessages } from '../src/formats/hl7v2/split.ts'
import { packageRoot } from '../src/kernel/package-root.ts'
import { median, type BenchRow } from './row.ts'

const rounds = 7

/**
 * Reading HL7v2: parse, then PID-5 and OBX-3, 5, 6 and 11 of every OBX, in turns with hl7parser and @medplum/core on the same
 * messages; messages per second of this process's own CPU time. The public messages are used when they are here, else
 * invented ones.
 */
export function benchReadHl7v2(): BenchRow[] {
  const { messages, name } = corpus()
  const texts = messages.map((bytes) => bytes.toString('utf8'))
  const readers = {
    ours: () => messages.reduce((sum, bytes) => sum + ours(bytes), 0),
    hl7parser: () => texts.reduce((sum, text) => sum + parser(text), 0),
    medplum: () => texts.reduce((sum, text) => sum + medplum(text), 0),
  }
  const rates = { ours: [] as number[], hl7parser: [] as number[], medplum: [] as number[] }
  const results = readers.ours()
  if (readers.hl7parser() !== results || readers.medplum() !== results)
    throw new Error('the readers count other results')
  for (let round = 0; round < rounds; round++)
    for (const reader of ['ours', 'hl7parser', 'medplum'] as const)
      rates[reader].push(perCpuSecond(messages.length, readers[reader]))
  return (['hl7parser', 'medplum'] as const).map((other) => ({
    name: `read-hl7v2-${other}`,
    ours: Math.round(median(rates.ours)),
    theirs: Math.round(median(rates[other])),
    ratio: Number(median(rates.ours.map((rate, round) => rate / rates[other][round]!)).toFixed(3)),
    unit: 'messages per CPU second',
    conditions: `${messages.length} ${name} messages, ${results} OBX, ${rounds} rounds, medians, node ${process.version}`,
  }))
}

function corpus(): { readonly messages: readonly Buffer[]; readonly name: string } {
  const folder = join(process.env['SLUIS_SHARED'] ?? join(packageRoot, '..', 'shared'), 'lab-samples')
  const files = namesIn(folder).filter((name) => /\.(?:hl7|txt|out)$/i.test(name))
  // The others drop results unless lines end with CR alone.
  const found = files.flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8').replace(/[\r\n][\r\n \t]*/g, '\r')
    return text.split(/(?=(?:^|\r)MSH[^A-Za-z0-9 ])/).map((one) => Buffer.from(one.trim()))
  })
  const messages = found.filter((bytes) => bytes.toString('latin1', 0, 3) === 'MSH')
  if (messages.length > 0) return { messages, name: 'public' }
  const random = seededRandom(1)
  const at = new Date('2026-07-01T10:00:00Z')
  return { messages: Array.from({ length: 600 }, () => Buffer.from(sampleOru({ random, at }))), name: 'invented' }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  } catch {
    return []
  }
}

let sink = 0
// hl7parser gives null for what is not there.
const keep = (text: string | null): void => void (sink = (sink + (text?.length ?? 0)) | 0)

function ours(bytes: Buffer): number {
  let results = 0
  for (const message of splitMessages(bytes, () => '8859/1').messages) {
    for (const segment of message.segments) {
      if (segment.name === 'PID') keep(message.text(segment.field(5)))
      if (segment.name !== 'OBX') continue
      results++
      for (const field of [3, 5, 6, 11]) keep(message.text(segment.field(field)))
    }
  }
  return results
}

function medplum(text: string): number {
  const message = Hl7Message.parse(text)
  keep(message.getSegment('PID')?.getField(5)?.toString() ?? '')
  const segments = message.getAllSegments('OBX')
  for (const segment of segments)
    for (const field of [3, 5, 6, 11])
      keep((segment.getField(field) as { toString(): string } | undefined)?.toString() ?? '')
  return segments.length
}

function parser(text: string): number {
  const message = hl7parser.create(text)
  keep(message.get('PID.5').toString())
  if (!message.exists('OBX')) return 0
  const found = message.get('OBX')
  const all = found.toArray()
  const segments = all[0]?.name === 'OBX' ? all : [found]
  for (const segment of segments) for (const field of [3, 5, 6, 11]) keep(segment.get(field).toString())
  return segments.length
}

function perCpuSecond(count: number, turn: () => number): number {
  const before = process.cpuUsage()
  turn()
  const { user, system } = process.cpuUsage(before)
  return (count * 1_000_000) / (user + system)
}
