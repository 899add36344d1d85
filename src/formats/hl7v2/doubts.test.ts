import { describe, expect, it } from 'vitest'
import { currentOf, versionOf } from '../lab/history.ts'
import type { ObservationContent } from '../lab/observation.ts'
import type { CanonicalRecord } from '../record.ts'
import { readHl7v2 } from './read.ts'

const receivedAt = new Date('2026-11-22T12:00:00Z')

function records(...lines: readonly string[]): readonly CanonicalRecord[] {
  const reading = readHl7v2([]).read(Buffer.from(lines.join('\r')), { receivedAt })
  if (reading.state !== 'read') throw new Error(reading.faults[0]?.code)
  return reading.records
}

const observation = (record: CanonicalRecord | undefined): ObservationContent => {
  if (record?.content?.kind !== 'observation') throw new Error('no observation')
  return record.content
}
const all = (...lines: readonly string[]): ObservationContent[] => records(...lines).map(observation)
const codes = (record: CanonicalRecord | undefined): string[] => (record?.faults ?? []).map(({ code }) => code)

const head = 'MSH|^~\\&|LIS|LAB||HUB|20261122100000+0100||ORU^R01|C1|P|2.5.1'
const pid = 'PID|1||77^^^LAB||Peeters^An||19850301|F'
const obr = 'OBR|1|P1|F1|PAN^Panel^L|||202611220810'

describe('a NUL', () => {
  it('raw or as an escape is in no text, and is told where it was', () => {
    const [record] = records(
      head,
      pid.replace('Peeters', 'Pee\0ters'),
      obr,
      'NTE|1||a\\X00\\b',
      'OBX|1|NM|45\\X00\\48-4^Hb\0A1c^LN|\0a|5\0.3|mmol\0/mol|2\0-4||||F',
      'NTE|1||\0own',
    )
    expect(JSON.stringify(record)).not.toContain('\\u0000')
    expect(observation(record)).toMatchObject({
      code: { original: { code: '4548-4', text: 'HbA1c' } },
      subId: 'a',
      value: { value: 5.3, unit: { text: 'mmol/mol' } },
      notes: ['own'],
      order: { notes: ['ab'] },
      patient: { familyName: 'Peeters' },
    })
    const places = record!.faults.filter(({ code }) => code === 'hl7-nul').map(({ path }) => path)
    expect(places).toEqual(['/OBX/1/3', '/OBX/1/4', '/OBX/1/5', '/OBX/1/6', '/OBX/1/7', '/PID'])
  })

  it('is not seen in a code that looks like one', () => {
    expect(codes(records(head, pid, obr, 'OBX|1|ST|X00^X0041^L||x||||||F')[0])).toEqual([])
  })
})

describe('the status of the whole report', () => {
  const under = (letter: string, own = '') =>
    records(head, pid, `${obr}${'|'.repeat(18)}${letter}`, `OBX|1|NM|A||5||||||${own}`)[0]

  it.each([
    ['O', 'registered'],
    ['I', 'registered'],
    ['S', 'registered'],
    ['A', 'preliminary'],
    ['p', 'preliminary'],
    ['R', 'preliminary'],
    ['F', 'final'],
    ['C', 'corrected'],
    ['X', 'cancelled'],
    ['', 'unknown'],
  ])('%s makes a result without one %s', (letter, status) => {
    expect(observation(under(letter)).status).toBe(status)
    expect(codes(under(letter))).toEqual([])
  })

  it.each(['Y', 'Z', 'B'])('%s says nothing of a result, and that is told', (letter) => {
    expect(observation(under(letter)).status).toBe('unknown')
    expect(under(letter)!.faults).toMatchObject([{ code: 'hl7-status-unknown', params: { field: 'OBR-25' } }])
  })

  it('counts for no result with a letter of its own', () => {
    expect(observation(under('A', 'F')).status).toBe('final')
    expect(observation(under('F', 'A')).status).toBe('corrected')
  })
})

describe('a line of three capitals', () => {
  it.each(['HIV', 'CRP', 'PSA', 'B12'])('%s inside a text is text, and the status behind it counts', (word) => {
    const [result, next] = all(head, pid, obr, `OBX|1|FT|A||asked:`, word, 'negative||||||F', 'OBX|2|ST|B||y||||||F')
    expect(result).toMatchObject({ value: { text: `asked:\r${word}\rnegative` }, status: 'final' })
    expect(next).toMatchObject({ value: { text: 'y' }, status: 'final' })
  })

  it.each(['NTE', 'PV1', 'SPM'])('%s is a segment without fields', (name) => {
    expect(all(head, pid, obr, 'OBX|1|ST|A||x||||||F', name)[0]).toMatchObject({ status: 'final', notes: [] })
  })

  it('is a segment when fields follow, also one nobody knows', () => {
    expect(all(head, pid, obr, 'OBX|1|ST|A||x||||||F', 'ZZZ|1')[0]).toMatchObject({ status: 'final' })
  })
})

describe('a reference range', () => {
  it.each([
    ['mmol/L', '3,5 - 5,1', 3.5, 5.1],
    ['mmol/L', '3.5-5.1 mmol/l', 3.5, 5.1],
    ['%', '4-6%', 4, 6],
    ['', '4 to 6 ', 4, 6],
    ['mmol/L', '2-6 jaar: 3-5', null, null],
    ['mmol/L', '18-99 j 3-5', null, null],
    ['mmol/L', '2 - 6 maanden', null, null],
    ['', '3-5 mmol/L', null, null],
    ['mmol/L', '<5 mmol/L', null, 5],
    ['mmol/L', '<= 5,1mmol/l', null, 5.1],
    ['%', '>4%', 4, null],
    ['mmol/L', '≥ 3.5', 3.5, null],
    ['mmol/L', '<6 jaar: 3-5', null, null],
    ['mmol/L', '<5 mg/dL', null, null],
    ['', '<5 mmol/L', null, null],
  ])('with unit %s, %s', (unit, text, low, high) => {
    const [result] = all(head, pid, obr, `OBX|1|NM|A||4|${unit}|${text}||||F`)
    expect(result!.referenceRange).toEqual({ text: text.trim(), low, high })
  })
})

describe('a result that becomes final without its value', () => {
  const version = (id: string, obx: string) => {
    const mapped = { loinc: null, analyte: null, ucum: null, canonical: null, tables: '' }
    return versionOf(id, 'p', { ...all(head, pid, obr, obx)[0]!, mapped })
  }

  it('leaves the value that was there, and says so', () => {
    const before = version('1', 'OBX|1|NM|A||5|mmol/L|||||P|||||||||202611220900')
    const after = version('2', 'OBX|1|NM|A|||mmol/L|||||U|||||||||202611221000')
    expect(currentOf([before, after])).toMatchObject({ state: 'current', version: { id: '1', status: 'preliminary' } })
    expect(codes(records(head, pid, obr, 'OBX|1|NM|A|||mmol/L|||||U')[0])).toEqual(['hl7-value-not-repeated'])
  })

  it('is final when its value is repeated', () => {
    const [record] = records(head, pid, obr, 'OBX|1|NM|A||5|mmol/L|||||U')
    expect(observation(record).status).toBe('final')
    expect(codes(record)).toEqual([])
  })
})

describe('results with the separator of another message', () => {
  it('stand behind those of the message they are in', () => {
    const read = records('OBX|0', head, 'OBX^1', 'OBX|1|ST|A||x', head, 'OBX^2', 'OBX^3', 'OBX|1|ST|B||y')
    expect(read.map(({ content, faults }) => content?.kind ?? faults[0]?.code)).toEqual([
      'observation',
      'hl7-separator-other',
      'observation',
      'hl7-separator-other',
      'hl7-separator-other',
      'hl7-result-without-message',
    ])
    expect(read.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 4, 5])
  })

  // Took minutes when every message went through all of them, and every field through all faults before it.
  it('may be thousands, under thousands of messages', () => {
    const lines = [...Array.from({ length: 9_000 }, () => 'OBX^'), ...Array.from({ length: 50_000 }, () => 'MSH|')]
    expect(records('MSH|', ...lines)).toHaveLength(9_000)
    expect(codes(records(head, pid, `OBX|1|ST|A||x${'|\0'.repeat(200_000)}`)[0])).toContain('hl7-nul')
  })
})

describe('results that nothing tells apart', () => {
  const keys = (...lines: readonly string[]): string[] => all(head, pid, ...lines).map(({ resultKey }) => resultKey)

  it('have keys of their own, the same ones when they are sent again', () => {
    const lines = [obr, ...Array.from({ length: 9 }, (_, n) => `OBX|${n + 1}|ST|77202-0^Answer^LN||${n % 2}||||||F`)]
    expect(new Set(keys(...lines)).size).toBe(9)
    expect(keys(...lines)).toEqual(keys(...lines))
    // A correction of the first, sent alone, still finds it.
    expect(keys(obr, 'OBX|1|ST|77202-0^Answer^LN||7||||||C')).toEqual(keys(...lines).slice(0, 1))
    expect(all(head, pid, ...lines, head, pid, ...lines).map(({ resultKey }) => resultKey)).toEqual([
      ...keys(...lines),
      ...keys(...lines),
    ])
  })

  it('of two patients share the key of their order, so that the mixed-up number is found', () => {
    const obx = 'OBX|1|NM|4548-4^HbA1c^LN||5||||||F'
    const other = 'PID|1||78^^^LAB||Devos^Eva||19700301|F'
    expect(new Set(keys(obr, obx, other, obr, obx)).size).toBe(1)
    expect(new Set(keys(obr, obx, obx, other, obr, obx, obx)).size).toBe(2)
  })

  it('are told apart by the result their order came from', () => {
    const under = (parent: string): string =>
      `OBR|1|P1|F1|SUS^Susceptibility^L|||202611220810${'|'.repeat(19)}${parent}`
    const obx = 'OBX|1|ST|18862-3^Amoxicillin^LN||S||||||F'
    const [alone] = keys(under(''), obx)
    const isolates = keys(under('ORG&Organism^1'), obx, under('ORG&Organism^2'), obx)
    expect(new Set([alone, ...isolates]).size).toBe(3)
    // Whichever comes first.
    expect(keys(under('ORG&Organism^2'), obx)).toEqual(isolates.slice(1))
  })

  it('keep the key they had when there is one of each', () => {
    expect(keys(obr, 'OBX|1|NM|4548-4^HbA1c^LN||5||||||F')).toEqual(['891eac3029ece966ab87f54b35da6d5c'])
  })
})

describe('a time without an offset', () => {
  const collected = (sentAt: string, time: string) =>
    all(head.replace('20261122100000+0100', sentAt), pid, `OBX|1|ST|A||x|||||||||${time}`)[0]!.collectedAt

  it.each([
    // Another clock than that of the source: the message says so for all its times.
    ['20261122100000-0500', '202611220800', '2026-11-22T08:00-05:00', 'given'],
    ['20261122100000-0500', '202607010800', '2026-07-01T08:00-05:00', 'given'],
    ['20260701100000+0100', '202607010800', '2026-07-01T08:00+01:00', 'given'],
    ['20261122100000+0000', '20261122080000', '2026-11-22T08:00:00+00:00', 'given'],
    // The clock of the source: its summer and winter stay.
    ['20261122100000+0100', '202607010800', '2026-07-01T08:00+02:00', 'assumed'],
    ['20260701100000+0200', '202601010800', '2026-01-01T08:00+01:00', 'assumed'],
    ['20261122100000', '202611220800', '2026-11-22T08:00+01:00', 'assumed'],
    ['20261122-0500', '202611220800', '2026-11-22T08:00+01:00', 'assumed'],
    ['20261122100000-9900', '202611220800', '2026-11-22T08:00+01:00', 'assumed'],
    // What has its own keeps it, and a day has none.
    ['20261122100000-0500', '202611220800+0100', '2026-11-22T08:00+01:00', 'given'],
    ['20261122100000-0500', '20261122', '2026-11-22', 'none'],
  ])('in a message of %s, %s', (sentAt, time, at, zone) => {
    expect(collected(sentAt, time)).toMatchObject({ at, zone })
  })
})
