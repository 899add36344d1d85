import { describe, expect, it } from 'vitest'
import type { ObservationContent } from '../lab/observation.ts'
import type { CanonicalRecord } from '../record.ts'
import { readHl7v2 } from './read.ts'
import type { LabSource } from './sources.ts'

const receivedAt = new Date('2026-11-22T12:00:00Z')
const noord: LabSource = {
  source: 'noord',
  client: 'laboratory-noord',
  title: 'Noord',
  embeddedOnly: false,
  addresses: [],
  certificates: [],
  msh: [{ facility: 'NOORD' }],
  charset: '8859/15',
  zone: 'Europe/Amsterdam',
  acknowledgement: 'by-message',
}
const format = readHl7v2([noord])

function records(bytes: Uint8Array, at = receivedAt): readonly CanonicalRecord[] {
  const reading = format.read(bytes, { receivedAt: at })
  if (reading.state !== 'read') throw new Error(reading.faults[0]?.code)
  return reading.records
}

const observation = (record: CanonicalRecord | undefined): ObservationContent => {
  if (record?.content?.kind !== 'observation') throw new Error('no observation')
  return record.content
}
const message = (obx: string): string =>
  [
    'MSH|^~\\&|LIS|LAB||HUB|20261122100000+0100||ORU^R01|C1|P|2.5.1',
    'PID|||77',
    'OBR|1|||PAN|||202611220810',
    obx,
  ].join('\r')
const codes = (record: CanonicalRecord | undefined): string[] => (record?.faults ?? []).map(({ code }) => code)

describe('character sets', () => {
  const text = (encoding: 'latin1' | 'utf8', declared: string, facility = 'LAB'): ObservationContent => {
    const lines = message('OBX|1|ST|A||µmol')
      .replace('|LAB|', `|${facility}|`)
      .replace('|2.5.1', `|2.5.1||||||${declared}`)
    return observation(records(Buffer.from(lines, encoding))[0])
  }
  it.each([
    ['utf8', 'UNICODE UTF-8'],
    ['utf8', 'UTF-8~UNICODE'],
    ['utf8', ''],
    ['utf8', 'ASCII'],
    ['latin1', '8859/1'],
    ['latin1', ''],
    ['latin1', 'UNICODE UTF-8'],
    ['latin1', 'KLINGON'],
  ] as const)('%s bytes with %s in MSH-18', (encoding, declared) => {
    expect(text(encoding, declared).value).toMatchObject({ text: 'µmol' })
  })

  it('takes the one agreed with the source, and says so', () => {
    const bytes = Buffer.from(message('OBX|1|ST|A||\u00a4').replace('|LAB|', '|NOORD|'), 'latin1')
    const [record] = records(bytes)
    expect(observation(record)).toMatchObject({ source: 'noord', value: { text: '€' } })
    expect(record!.faults).toMatchObject([{ code: 'hl7-charset', params: { charset: '8859/15' } }])
  })
})

describe('times', () => {
  const read = (time: string, at = receivedAt) => {
    const bytes = Buffer.from(message(`OBX|1|ST|A||x|||||||||${time}`))
    const [record] = records(bytes, at)
    return { at: observation(record).collectedAt?.at, told: codes(record) }
  }
  it.each([
    ['2026', '2026', []],
    ['20260701', '2026-07-01', []],
    ['2026070110', '2026-07-01', []],
    ['20260701101500.1234', '2026-07-01T10:15:00+02:00', []],
    ['20260701101500-0500', '2026-07-01T10:15:00-05:00', []],
    ['20260231', '2026-11-22T08:10+01:00', ['hl7-time-unreadable']],
    ['2026-07-01', '2026-11-22T08:10+01:00', ['hl7-time-unreadable']],
    ['202610250230', '2026-10-25T02:30+01:00', ['hl7-time-twice']],
    ['202603290230', '2026-03-29T02:30+01:00', ['hl7-time-never']],
  ])('%s', (time, at, told) => {
    expect(read(time)).toEqual({ at, told })
  })

  it('of the hour shown twice is not after its receipt', () => {
    expect(read('202610250230', new Date('2026-10-25T00:40:00Z')).at).toBe('2026-10-25T02:30+02:00')
  })
})
