import { expect, test } from 'vitest'
import type { Answer } from './deliver-one.ts'
import { toSettlement } from './answers.ts'
import { loadDestinations } from './config.ts'

const to = loadDestinations({ environment: {} }).find(({ name }) => name === 'vaccinnet')!
const { baseMs, maxMs } = to.backoff

const answered = (outcome: object, attempts = 0): Answer =>
  ({ job: { delivery: { id: 1, attempts, lastCode: null }, lease: 'l' }, outcome, sha256: null }) as unknown as Answer

test('tries come later and later, each at any moment up to its ceiling', () => {
  const failed = { state: 'failed', code: 'http-500' }
  const delay = (attempts: number, random: number) => toSettlement(answered(failed, attempts), to, () => random).delayMs
  expect([0, 1, 2, 60].map((attempts) => delay(attempts, 1))).toEqual([baseMs, 2 * baseMs, 4 * baseMs, maxMs])
  expect([0, 0.25, 0.5].map((random) => delay(2, random))).toEqual([0, baseMs, 2 * baseMs])
})

test('one that does not remember our numbers is given its time before it is asked, and that is written down', () => {
  const unknown = { state: 'unknown', code: 'no-answer' }
  expect(to.dedupes).toBe(false)
  expect(toSettlement(answered(unknown), to, () => 0)).toMatchObject({ delayMs: to.timeoutMs, restMs: to.timeoutMs })
  const asked = toSettlement(answered({ ...unknown, retryAfterMs: 3 * to.timeoutMs }), to, () => 0)
  expect(asked).toMatchObject({ delayMs: 3 * to.timeoutMs, restMs: to.timeoutMs })
  expect(toSettlement(answered(unknown), { ...to, dedupes: true }, () => 0)).toMatchObject({ delayMs: 0, restMs: 0 })
})
