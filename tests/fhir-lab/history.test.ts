import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { currentOf, judgeArrival, takenBackIn, type ResultVersion } from '../../src/formats/lab/history.ts'
import type { ObservationStatus } from '../../src/formats/lab/observation.ts'

const { cases } = z
  .strictObject({
    cases: z.array(
      z.strictObject({
        name: z.string(),
        versions: z.array(z.string()),
        verdicts: z.array(z.string()),
        current: z.string().optional(),
        withdrawn: z.string().optional(),
        conflicts: z.union([z.literal('any'), z.array(z.string())]).optional(),
      }),
    ),
  })
  .parse(parse(readFileSync(join(import.meta.dirname, 'history-cases.yaml'), 'utf8')))

const letters: Readonly<Record<string, ObservationStatus>> = {
  P: 'preliminary',
  F: 'final',
  C: 'corrected',
  X: 'cancelled',
  D: 'entered-in-error',
  W: 'wrong-patient',
  R: 'registered',
  U: 'unknown',
}

function versionFrom(text: string, id: number): ResultVersion {
  const [letter = '', said = '', at = '', ...options] = text.split(' ')
  const option = (name: string): string | undefined =>
    options.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1)
  const number = option('n')
  return {
    id: String(id),
    key: option('key') ?? 'k',
    patient: option('patient') ?? 'p',
    status: letters[letter]!,
    releasedAt: at === '@-' ? null : Number(at.slice(1)),
    content: `${letter} ${said}`,
    analyte: option('analyte') === '' ? null : 'hba1c',
    ucum: option('unit') ?? null,
    canonical: number === undefined ? null : { value: Number(number), unit: 'mmol/mol' },
  }
}

describe('one truth per result', () => {
  it.each(cases)('$name', ({ versions, verdicts, current, withdrawn, conflicts }) => {
    const all = versions.map(versionFrom)
    expect(all.map((one, place) => judgeArrival(all.slice(0, place), one))).toEqual(verdicts)
    if (current === undefined && withdrawn === undefined && conflicts === undefined) return
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (order) => {
        const found = currentOf(order)
        if (withdrawn !== undefined)
          expect(found).toMatchObject({ state: 'withdrawn', version: { content: withdrawn } })
        if (found.state !== 'current') return
        expect(withdrawn).toBeUndefined()
        if (current !== undefined) expect(found.version.content).toBe(current)
        if (conflicts === 'any') expect(found.conflicts).toHaveLength(1)
        else expect(found.conflicts.map((one) => one.content)).toEqual(conflicts ?? [])
      }),
      { numRuns: 20 },
    )
  })
})

test.each([
  [['F 5.0 @10', 'C 6.0 @11'], []],
  [['F 5.0 @10', 'X - @11'], []],
  [
    ['F 5.0 @10', 'D - @11'],
    [0, 1],
  ],
  [
    ['F 5.0 @10', 'W - @11', 'F 6.0 @12', 'C 6.1 @13'],
    [0, 1],
  ],
  [
    ['F 6.0 @12', 'D - @11', 'F 5.0 @10', 'F 5.1 @-'],
    [1, 2, 3],
  ],
  [
    ['F 5.0 @10', 'D - @11', 'F 6.0 @12', 'D - @13', 'F 7.0 @14'],
    [0, 1, 2, 3],
  ],
  [
    ['F 5.0 @10', 'D - @11', 'X - @13'],
    [0, 1],
  ],
  [
    ['F 5.0 @10', 'D - @-', 'F 6.0 @12'],
    [0, 1, 2],
  ],
  [
    ['F 5.0 @10', 'D - @11', 'X - @-', 'F 6.0 @12'],
    [0, 1, 2, 3],
  ],
])('of %j are taken back for good %j', (texts, taken) => {
  const all = texts.map(versionFrom)
  expect(takenBackIn(all).map(({ id }) => Number(id))).toEqual(taken)
})

const anyVersion = fc
  .record({
    letter: fc.constantFrom(...Object.keys(letters)),
    said: fc.constantFrom('5.0', '6.0', '7.0'),
    at: fc.option(fc.integer({ min: 1, max: 5 })),
  })
  .map(({ letter, said, at }): Omit<ResultVersion, 'id'> => {
    const { id: _, ...version } = versionFrom(`${letter} ${said} @${at ?? '-'}`, 0)
    return version
  })

describe('any history', () => {
  it('ends alike in every order of arrival, and a replay changes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(anyVersion, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        (list, numbers) => {
          const versions = list.map((version, id) => ({ ...version, id: String(id) }))
          const shuffled = versions
            .map((version) => ({ version, place: numbers.next().value }))
            .toSorted((a, b) => a.place - b.place)
            .map(({ version }) => version)
          const told = ({ state, ...rest }: ReturnType<typeof currentOf>): unknown => ({
            state,
            content: 'version' in rest ? rest.version.content : null,
          })
          const now = currentOf(versions)
          expect(told(currentOf(shuffled))).toEqual(told(now))
          const again = { ...versions[0]!, id: 'again' }
          expect(judgeArrival(versions, again)).toBe('replay')
          expect(told(currentOf([...versions, again]))).toEqual(told(now))
        },
      ),
    )
  })

  it('never lets a preliminary result take the place of a final one', () => {
    fc.assert(
      fc.property(fc.array(anyVersion, { maxLength: 6 }), anyVersion, (list, extra) => {
        const versions = list.map((version, id) => ({ ...version, id: String(id) }))
        const before = currentOf(versions)
        if (before.state !== 'current' || !['final', 'corrected'].includes(before.version.status)) return
        const after = currentOf([...versions, { ...extra, status: 'preliminary', content: 'P 9', id: 'late' }])
        expect(after).toMatchObject({ state: 'current', version: { content: before.version.content } })
      }),
    )
  })
})
