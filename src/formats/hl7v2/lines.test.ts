import { describe, expect, it, test } from 'vitest'
import { interpret } from '../lab/interpret.ts'
import { currentOf, judgeArrival, versionOf, type ResultVersion } from '../lab/history.ts'
import type { ObservationContent } from '../lab/observation.ts'
import { shippedTables } from '../lab/tables.ts'
import { readHl7v2 } from './read.ts'

const tables = shippedTables()
let arrived = 0

/** What one message says of one order, as history sees it. */
function versions(
  minute: number,
  ...obx: readonly string[]
): (ResultVersion & { readonly said: ObservationContent })[] {
  const at = `2026112212${String(minute).padStart(2, '0')}`
  const lines = [
    `MSH|^~\\&|LIS|LAB||HUB|${at}00+0100||ORU^R01|C${minute}|P|2.5.1`,
    'PID|1||77^^^LAB||Peeters^An||19850301|F',
    ...obx.map((one) => (one.includes('|') ? one : `OBR|1|P1|F1|${one}|||202611220810${'|'.repeat(15)}${at}`)),
  ]
  const reading = readHl7v2([]).read(Buffer.from(lines.join('\r')), { receivedAt: new Date() })
  if (reading.state !== 'read') throw new Error(reading.faults[0]?.code)
  return reading.records.map(({ content }) => {
    if (content?.kind !== 'observation') throw new Error('no result')
    const observation = { ...content, mapped: interpret(content, tables) }
    return { ...versionOf(String(arrived++), 'p', observation), said: content }
  })
}

const report = '11529-5^Pathology report^LN'
const line = (text: string, status: string, type = 'TX', code = report): string =>
  `OBX|1|${type}|${code}||${text}||||||${status}`
const lines = (count: number, status: string, type = 'TX'): string[] =>
  Array.from({ length: count }, (_, n) => line(`line ${n + 1}`, status, type))

/** The text of every result that counts. */
function current(all: readonly (ResultVersion & { readonly said: ObservationContent })[]): unknown[] {
  return [...Map.groupBy(all, ({ key }) => key).values()].flatMap((own) => {
    const found = currentOf(own)
    if (found.state !== 'current') return []
    expect(found.conflicts).toEqual([])
    const { value, status } = own.find(({ id }) => id === found.version.id)!.said
    return [[status, value.state === 'text' ? value.text.split('\n').length : value]]
  })
}

describe.each(['TX', 'FT'])('a text of several lines (%s)', (type) => {
  const first = versions(0, 'PATH', ...lines(9, 'F', type))

  it('is one result, of which the first line holds the whole', () => {
    expect(current(first)).toEqual([['final', 9]])
    expect(new Set(first.map(({ content }) => content)).size).toBe(1)
    expect(first[1]!.said.value).toMatchObject({ text: 'line 2' })
    expect(first.map(({ said }) => said.origin.path)).toEqual(first.map((_, n) => `/OBX/${n + 1}`))
    first.forEach((one, n) => n > 0 && expect(judgeArrival(first.slice(0, n), one)).toBe('replay'))
  })

  it.each(['W', 'D', 'X'])('is taken back whole by one line (%s)', (status) => {
    expect(current([...first, ...versions(1, 'PATH', line('""', status, type))])).toEqual([])
    expect(current([...first, ...versions(1, 'PATH', line('', status, ''))])).toEqual([])
  })

  it('gives way to a shorter one and to a longer one', () => {
    expect(current([...first, ...versions(1, 'PATH', ...lines(7, 'C', type))])).toEqual([['corrected', 7]])
    expect(current([...first, ...versions(1, 'PATH', ...lines(11, 'C', type))])).toEqual([['corrected', 11]])
    expect(current([...first, ...versions(1, 'PATH', line('withdrawn', 'C', type))])).toEqual([['corrected', 1]])
  })

  it('follows its preliminary, whatever number of lines that had', () => {
    expect(current([...versions(0, 'PATH', ...lines(12, 'P', type)), ...first])).toEqual([['final', 9]])
  })

  it('is corrected by one line that is, or that is taken out', () => {
    const one = versions(1, 'PATH', ...lines(4, 'F', type), line('other', 'C', type), ...lines(4, 'F', type))
    expect(current([...first, ...one])).toEqual([['corrected', 9]])
    const out = versions(1, 'PATH', ...lines(4, 'F', type), line('line 5', 'D', type), ...lines(4, 'F', type))
    expect(current([...first, ...out])).toEqual([['corrected', 8]])
  })
})

describe('a line with repetitions, which are lines too', () => {
  const first = versions(0, 'PATH', line('a', 'F'), line('b~c', 'F'), line('d', 'F'))

  it('belongs to its text, and is corrected and taken back with it', () => {
    expect(first[0]!.said.value).toEqual({ state: 'text', text: 'a\nb\nc\nd', unit: null })
    expect(current(first)).toEqual([['final', 4]])
    const next = versions(1, 'PATH', line('a', 'C'), line('b2', 'C'), line('d', 'C'))
    expect(current([...first, ...next])).toEqual([['corrected', 3]])
    expect(current([...first, ...versions(1, 'PATH', line('""', 'D'))])).toEqual([])
    expect(next[0]!.said.value).toMatchObject({ text: 'a\nb2\nd' })
  })

  it('keeps its blank ones, and is a text when it stands alone', () => {
    expect(versions(0, 'PATH', line('a~~b', 'F'))[0]!.said.value).toEqual({ state: 'text', text: 'a\n\nb', unit: null })
    const [none] = versions(0, 'PATH', line('~', 'F'))
    expect(none!.said.value).toMatchObject({ values: [{ state: 'none' }, { state: 'none' }] })
  })
})

describe('a line that is a number with a unit', () => {
  const number = (value: string, status: string): string => `OBX|1|TX|${report}||${value}|mm|0-10||||${status}`
  const first = versions(0, 'PATH', line('Tumour, size:', 'F'), number('5', 'F'), line('Margins free', 'F'))

  it('belongs to its text, and is corrected and taken back with it', () => {
    const text = 'Tumour, size:\n5 mm\nMargins free'
    expect(first[0]!.said.value).toEqual({ state: 'text', text, unit: null })
    expect(first[1]!.said.value).toMatchObject({ state: 'text', text: '5 mm' })
    expect(current(first)).toEqual([['final', 3]])
    const next = versions(1, 'PATH', line('The size is', 'C'), number('6', 'C'))
    expect(next[0]!.said.value).toMatchObject({ text: 'The size is\n6 mm' })
    expect(current([...first, ...next])).toEqual([['corrected', 2]])
    expect(current([...first, ...versions(1, 'PATH', line('""', 'D'))])).toEqual([])
    expect(versions(0, 'PATH', line('sizes', 'F'), number('5~6', 'F'))[0]!.said.value).toMatchObject({
      text: 'sizes\n5 mm\n6 mm',
    })
  })

  it('is a value where a comment follows it', () => {
    const [value, comment] = versions(0, 'PATH', number('5', 'F'), line('Sample haemolytic', 'F'))
    expect(value!.said.value).toMatchObject({ state: 'quantity', value: 5 })
    expect(comment!.said.value).toMatchObject({ state: 'text', text: 'Sample haemolytic' })
    expect(comment!.key).not.toEqual(value!.key)
  })

  it('keeps its place beside one that is not repeated', () => {
    const values = versions(0, 'PATH', number('5', 'F'), number('6', 'F'))
    const next = versions(1, 'PATH', line('', 'U'), number('7', 'C'))
    expect(next.map(({ key }) => key)).toEqual(values.map(({ key }) => key))
    expect(next[1]!.said.value).toMatchObject({ state: 'quantity', value: 7 })
  })

  it('is a value where there is no text', () => {
    const values = versions(0, 'PATH', number('5', 'F'), number('6', 'F'), line('', 'F'))
    expect(values.map(({ said }) => said.value)).toMatchObject([
      { state: 'quantity', value: 5 },
      { state: 'quantity', value: 6 },
      { state: 'none' },
    ])
    expect(new Set(values.map(({ key }) => key)).size).toBe(3)
  })
})

describe('lines that are final now and not repeated (U)', () => {
  const preliminary = versions(0, 'PATH', ...lines(3, 'P'))
  const left = line('', 'U')

  it.each([
    ['F', [left, left, line('line 3', 'F')]],
    ['P', [left, line('line 2', 'P'), left]],
    ['none', [left, left, left]],
  ])('leave the text as it was, whatever else is repeated (%s)', (_, obx) => {
    const after = versions(1, 'PATH', ...obx)
    expect(new Set(after.map(({ key, status }) => `${key} ${status}`))).toEqual(
      new Set([`${preliminary[0]!.key} registered`]),
    )
    for (const all of [
      [...preliminary, ...after],
      [...after, ...preliminary],
    ]) {
      expect(current(all)).toEqual([['preliminary', 3]])
    }
    const last = versions(2, 'PATH', ...lines(3, 'F'))
    expect(current([...preliminary, ...after, ...last])).toEqual([['final', 3]])
    expect(after.map(({ said }) => said.value).slice(1)).toEqual(obx.slice(1).map((one) => valueOf(one)))
  })

  it.each([
    ['C', line('other', 'C'), '[…]\n[…]\nother'],
    ['D', line('line 3', 'D'), '[…]\n[…]'],
    ['W', line('""', 'W'), '[…]\n[…]'],
  ])('stand beside one that is corrected or taken out, and are no blank lines (%s)', (_, last, text) => {
    const after = versions(1, 'PATH', left, left, last)
    for (const all of [
      [...preliminary, ...after],
      [...after, ...preliminary],
      [...versions(0, 'PATH', ...lines(3, 'F')), ...after],
    ])
      expect(current(all)).toEqual([['corrected', text.split('\n').length]])
    expect(after[0]!.said).toMatchObject({ status: 'corrected', value: { state: 'text', text, unit: null } })
    expect(after.map(({ said }) => said.value).slice(1)).toEqual([valueOf(left), valueOf(last)])
  })

  it('are told as left out where nothing was sent before', () => {
    const [one] = versions(1, 'PATH', left, line('line 2', 'F'))
    expect(one!.said).toMatchObject({ status: 'registered', value: { text: '[…]\nline 2' } })
    expect(versions(1, 'PATH', left, left)[0]!.said).toMatchObject({ status: 'registered', value: { state: 'none' } })
  })

  it('are blank lines of a text whose other lines are repeated with U', () => {
    const after = versions(1, 'PATH', line('line 1', 'U'), left, line('line 3', 'U'))
    expect(current([...preliminary, ...after])).toEqual([['final', 3]])
    expect(after[0]!.said.value).toMatchObject({ text: 'line 1\n\nline 3' })
    const corrected = versions(1, 'PATH', line('line 1', 'U'), left, line('other', 'C'))
    expect(corrected[0]!.said).toMatchObject({ status: 'corrected', value: { text: 'line 1\n\nother' } })
  })
})

/** The value of one line, as its own record keeps it. */
const valueOf = (obx: string) => versions(0, 'PATH', obx)[0]!.said.value

describe('what is no line of a text', () => {
  it('is a result of its own: answers of one code, and texts under two orders', () => {
    expect(new Set(versions(0, 'PATH', ...lines(9, 'F', 'ST')).map(({ key }) => key)).size).toBe(9)
    const two = versions(0, 'PATH', ...lines(3, 'F'), 'CYTO', ...lines(2, 'F'))
    expect(current(two)).toEqual([
      ['final', 3],
      ['final', 2],
    ])
    expect(versions(0, 'PATH', ...lines(3, 'F'), 'CYTO', ...lines(2, 'F')).map(({ key }) => key)).toEqual(
      two.map(({ key }) => key),
    )
  })
})

test('a text keeps the notes of all its lines, and its blank ones', () => {
  const [one] = versions(0, 'PATH', line('a', 'F'), 'NTE|1||of a', line('', 'F'), line('b', 'F'), 'NTE|1||of b')
  expect(one!.said).toMatchObject({ value: { state: 'text', text: 'a\n\nb', unit: null }, notes: ['of a', 'of b'] })
})

test('a long text is kept once, not beside each of its lines', () => {
  const long = versions(0, 'PATH', ...Array.from({ length: 4_000 }, () => line('x'.repeat(200), 'F')))
  expect(JSON.stringify(long.map(({ said }) => said)).length).toBeLessThan(8_000_000)
  expect(current(long)).toEqual([['final', 4_000]])
})
