import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ObservationContent, ObservationValue } from '../lab/observation.ts'
import type { CanonicalRecord } from '../record.ts'
import { makeInsz } from '../../identifiers/insz.ts'
import { countResults } from './count.ts'
import { readHl7v2 } from './read.ts'

const receivedAt = new Date('2026-11-22T12:00:00Z')
const format = readHl7v2([])

function records(text: string | Uint8Array): readonly CanonicalRecord[] {
  const reading = format.read(typeof text === 'string' ? Buffer.from(text) : text, { receivedAt })
  if (reading.state !== 'read') throw new Error(reading.faults[0]?.code)
  return reading.records
}

const observation = (record: CanonicalRecord | undefined): ObservationContent => {
  if (record?.content?.kind !== 'observation') throw new Error('no observation')
  return record.content
}
const all = (text: string | Uint8Array): ObservationContent[] => records(text).map(observation)

const head = 'MSH|^~\\&|LIS|LAB||HUB|20261122100000+0100||ORU^R01|C1|P|2.5.1'
const insz = makeInsz('1985-03-01', 124)
const pid = `PID|1||${insz}^^^^NN||Peeters&van^An||19850301|F`
const obr = 'OBR|1|P1|F1|PAN^Panel^L|||202611220810|||||||||AGB123||||||202611220930|||F'
const message = (...lines: string[]): string => [head, pid, obr, ...lines].join('\r')
const valueOf = (obx: string): ObservationValue => all(message(obx))[0]!.value
const codes = (record: CanonicalRecord | undefined): string[] => (record?.faults ?? []).map(({ code }) => code)

describe('one result', () => {
  it('is read with all it stands under', () => {
    const [result] = all(
      message(
        'NTE|1||order note',
        'OBX|1|NM|4548-4^HbA1c^LN^HBA^A1c^L|a|53.10|mmol/mol^^UCUM|20-42|h~A|||F|||202611220815|||||202611220900',
        'NTE|1||own~note',
      ),
    )
    expect(result).toMatchObject({
      source: 'lab',
      origin: { format: 'hl7v2', path: '/OBX/1' },
      order: { placer: 'P1', filler: 'F1', panel: { code: 'PAN', system: 'L', text: 'Panel' }, notes: ['order note'] },
      code: {
        original: { code: '4548-4', system: 'loinc', text: 'HbA1c' },
        alternates: [{ code: 'HBA', system: 'L', text: 'A1c' }],
      },
      subId: 'a',
      value: { state: 'quantity', value: 53.1, decimals: 2, unit: { text: 'mmol/mol', system: 'UCUM' }, repairs: [] },
      status: 'final',
      collectedAt: { at: '2026-11-22T08:15+01:00', precision: 'minute', zone: 'assumed' },
      resultAt: { at: '2026-11-22T09:00+01:00' },
      sentAt: { at: '2026-11-22T10:00:00+01:00', zone: 'given' },
      referenceRange: { text: '20-42', low: 20, high: 42 },
      interpretation: ['H', 'A'],
      notes: ['own\nnote'],
      requester: 'AGB123',
      patient: { familyName: 'Peeters', givenName: 'An', birthDate: '1985-03-01', sex: 'female' },
    })
  })

  it('points at its own bytes', () => {
    const bytes = Buffer.from(message('OBX|1|ST|A||é', 'OBX|2|ST|B||x'))
    const [, second] = all(bytes)
    const { from, length } = second!.origin
    expect(bytes.subarray(from, from + length).toString()).toBe('OBX|2|ST|B||x')
  })

  it('without code, patient or message is kept and says why', () => {
    expect(codes(records(message('OBX|1|NM|||5'))[0])).toEqual(['hl7-result-without-code'])
    expect(codes(records(`${head}\rOBX|1|NM|A||5`)[0])).toEqual(['hl7-patient-missing'])
    const text = `OBX|1|NM|A||5\r${message('OBX^1^NM^A')}`
    expect(records(text).flatMap(codes).sort()).toEqual(['hl7-result-without-message', 'hl7-separator-other'])
    expect(countResults(Buffer.from(text))).toBe(2)
  })
})

describe('values', () => {
  it.each([
    ['OBX|1|NM|A||5', { state: 'quantity', value: 5, comparator: null, decimals: 0, repairs: [] }],
    ['OBX|1|NM|A||-.50', { state: 'quantity', value: -0.5, decimals: 2, repairs: [] }],
    ['OBX|1|NM|A||5,2', { state: 'quantity', value: 5.2, original: '5,2', repairs: ['decimal-comma'] }],
    ['OBX|1|NM|A||<2.22', { state: 'quantity', value: 2.22, comparator: '<', repairs: ['comparator-in-text'] }],
    ['OBX|1|NM|A||0 .07', { state: 'text', text: '0 .07' }],
    ['OBX|1|NM|A||1,234', { state: 'text', text: '1,234' }],
    ['OBX|1|NM|A||27~25', { state: 'several', values: [{ value: 27 }, { value: 25 }] }],
    ['OBX|1|NM|A||""', { state: 'none', reason: 'null' }],
    ['OBX|1|NM|A||', { state: 'none', reason: null }],
    ['OBX|1|SN|A||<^5', { state: 'quantity', value: 5, comparator: '<', repairs: [] }],
    ['OBX|1|SN|A||^100', { state: 'quantity', value: 100, comparator: null, repairs: [] }],
    ['OBX|1|SN|A||<5 ^', { state: 'quantity', value: 5, comparator: '<', repairs: ['comparator-in-text'] }],
    ['OBX|1|SN|A||^1^:^128', { state: 'text', text: '1:128' }],
    ['OBX|1|SN|A||<>^5', { state: 'text', text: '<>5' }],
    ['OBX|1|ST|A||5.1|%', { state: 'quantity', value: 5.1, repairs: ['number-in-text'] }],
    ['OBX|1|ST|A||5.1', { state: 'text', text: '5.1' }],
    ['OBX|1|CWE|A||P^Positive^L', { state: 'coded', codings: [{ code: 'P', system: 'L', text: 'Positive' }] }],
    ['OBX|1|CWE^^HL70125|A||P', { state: 'coded' }],
    ['OBX|1|NUMERIC|A||about 5^x', { state: 'text', text: 'about 5^x' }],
    ['OBX|1|FT|A||a\\.br\\b\\T\\c\\X41\\\\H\\d\\N\\', { state: 'text', text: 'a\nb&cAd' }],
    ['OBX|1|ED|A||LIS^application^pdf^Base64^JVBERg==', { state: 'document', mediaType: 'application/pdf', bytes: 4 }],
  ])('%s', (obx, expected) => {
    expect(valueOf(obx)).toMatchObject(expected)
  })

  it('that are doubtful are told', () => {
    expect(codes(records(message('OBX|1|NM|A||1,234'))[0])).toEqual(['hl7-number-ambiguous'])
    expect(codes(records(message('OBX|1|NM|A||n.a.||||||Q'))[0])).toEqual([
      'hl7-status-unknown',
      'hl7-number-unreadable',
    ])
  })
})

describe('status', () => {
  it.each([
    ['F', 'final'],
    ['c', 'corrected'],
    ['C^Correction^HL70085', 'corrected'],
    ['P', 'preliminary'],
    ['W', 'wrong-patient'],
    ['D', 'entered-in-error'],
    ['X', 'cancelled'],
    ['ResultStatus1', 'unknown'],
    ['', 'final'],
  ])('%s is %s', (letter, status) => {
    expect(all(message(`OBX|1|ST|A||x||||||${letter}`))[0]!.status).toBe(status)
  })
})

describe('patients and orders', () => {
  it('keeps several apart, with their notes', () => {
    const text = [
      head,
      'PID|1||111222333^^^NLMINBIZA^NNNLD~77^^^LAB^MR||Jansen^Piet',
      'NTE|1||about Piet',
      'ORC|RE|P1|F1',
      'OBR|1|||PAN',
      'OBX|1|ST|A||one',
      'NTE|1||note of one',
      'OBX|2|ST|B||two',
      `PID|2||12345||Devos^Eva${'|'.repeat(24)}20260101|Y`,
      'OBX|1|ST|A||three',
    ].join('\n')
    const [one, two, three] = all(text)
    expect(one).toMatchObject({
      notes: ['note of one'],
      order: { placer: 'P1', filler: 'F1' },
      patient: {
        identifiers: [
          { scheme: 'bsn', value: '111222333', assigner: 'NLMINBIZA' },
          { scheme: 'local', value: '77', assigner: 'LAB' },
        ],
      },
    })
    expect(two!.notes).toEqual([])
    expect(three).toMatchObject({
      order: { placer: null, filler: null, panel: null },
      patient: { familyName: 'Devos', deceased: 'yes', deceasedAt: { at: '2026-01-01', precision: 'day' } },
    })
    expect(new Set([one, two, three].map((each) => each!.resultKey)).size).toBe(3)
  })

  it('takes an INSZ only when its digits hold', () => {
    expect(records(message('OBX|1|ST|A||x'))[0]!.subject?.insz).toBe(insz)
    expect(records(message('OBX|1|ST|A||x').replace(insz, String(Number(insz) + 1)))[0]!.subject?.insz).toBeNull()
  })
})

describe('lines, separators and batches', () => {
  it('are read however they end, broken or not', () => {
    const lines = [
      'FHS|^~\\&',
      'BHS|^~\\&',
      head,
      pid,
      '',
      `  ${obr}`,
      'OBX|1|TX|A||first',
      'second|||||||F',
      'BTS|1',
      'FTS|1',
    ]
    for (const end of ['\r', '\n', '\r\n']) {
      expect(all(lines.join(end))[0]!.value).toMatchObject({ text: `first${end}second` })
    }
    expect(all('\ufeff\u000b' + lines.join('\r') + '\u001c\r')).toHaveLength(1)
  })

  it('come from the message itself', () => {
    const own = 'MSH#*~!%#LIS#LAB#####ORU*R01#C1#P#2.3\rPID###9##A%b*C\rOBX#1#CE#X*Y*LN##a!S!b'
    expect(all(own)[0]).toMatchObject({
      code: { original: { code: 'X', text: 'Y' } },
      value: { codings: [{ code: 'a*b' }] },
    })
    const tilde = 'MSH|^˜\\&|LIS|LAB\rPID|||9\rOBX|1|ST|X||a˜b'
    expect(all(tilde)[0]!.value).toMatchObject({ state: 'several' })
  })

  it('gives the records of every message of a batch, in order', () => {
    const text = `${message('OBX|1|ST|A||x')}\r${message('OBX|1|ST|B||y', 'OBX|2|NM|C||z')}`
    const read = records(text)
    expect(read.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2])
    expect(read.map((record) => observation(record).origin.path)).toEqual([
      '/MSH/1/OBX/1',
      '/MSH/2/OBX/1',
      '/MSH/2/OBX/2',
    ])
    expect(read[2]!.faults).toMatchObject([{ code: 'hl7-number-unreadable', path: '/MSH/2/OBX/2/5' }])
  })

  it('knows a message without results, and bytes without a message', () => {
    expect(format.read(Buffer.from('MSH|^~\\&|A|B|||||ADT^A01|7|P|2.5'), { receivedAt })).toMatchObject({
      state: 'read',
      records: [],
    })
    expect(format.read(Buffer.from('OBX|1'), { receivedAt })).toMatchObject({
      state: 'unreadable',
      faults: [{ code: 'hl7-not-recognised' }],
    })
  })

  it('names a message by its control id and its bytes', () => {
    const id = (text: string): string => format.read(Buffer.from(text), { receivedAt }).messageId
    expect(id(message('OBX|1|ST|A||x'))).toMatch(/^C1#[0-9a-f]{16}$/)
    expect(id(message('OBX|1|ST|A||x'))).not.toBe(id(message('OBX|1|ST|A||y')))
    expect(id('MSH|^~\\&|A|B')).toBe('')
  })
})

describe('any bytes', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'MSH|^~\\&|',
      'OBX|1|NM|A||5',
      'OBX',
      'OBX|',
      'OBX^',
      'PID|',
      'NTE|1||',
      'OBR|1',
      'FHS|',
      'BTS|',
      '\r',
      '\n',
      '\r\n',
      '|',
      '~',
      '\\',
      '^',
      '&',
      '""',
      ' ',
      'Xé',
      '\\X4\\',
      '\\.br\\',
    ),
    fc.string({ maxLength: 6 }),
  )
  it('are read or refused, with every OBX conserved', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const bytes = Buffer.from(pieces.join(''), 'utf8')
        const reading = format.read(bytes, { receivedAt })
        if (reading.state === 'read') expect(reading.records).toHaveLength(countResults(bytes))
        else expect(reading.faults[0]!.code).toBe('hl7-not-recognised')
      }),
      { numRuns: 2_000 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const bytes = Buffer.concat([Buffer.from(head), noise])
        expect(format.read(bytes, { receivedAt })).toMatchObject({ state: 'read' })
      }),
    )
  })

  it('that would make thousands of copies of a huge text are refused', () => {
    const note = 'x'.repeat(400_000)
    const text = [head, `PID|||${note}`, ...Array.from({ length: 5_000 }, () => 'OBX|1|ST|A||x')].join('\r')
    expect(format.read(Buffer.from(text), { receivedAt })).toMatchObject({ faults: [{ code: 'hl7-too-many-results' }] })
  })
})
