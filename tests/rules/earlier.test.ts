import { expect, it } from 'vitest'
import { earlierAmong, type ResultLine } from '../../src/rules/earlier.ts'

it('looks at a few of what came before, however many results of one analyte a patient has', () => {
  let looks = 0
  const lines = Array.from({ length: 4_000 }, (_, at): ResultLine => {
    const key = String(at)
    return {
      record: at,
      receipt: `message ${at}`,
      get resultKey() {
        looks += 1
        return key
      },
      analyte: 'glucose',
      minute: at,
      at: at * 60_000,
      named: null,
    }
  })
  const found = earlierAmong(lines, { message: false, arrival: true, previous: true, known: true })
  expect(found.at(-1)!.map(({ role, line }) => `${role} ${line.record}`)).toEqual(
    [3_998, 3_997, 3_996, 3_995].map((record) => `before ${record}`),
  )
  expect(looks).toBeLessThan(20 * lines.length)
})
