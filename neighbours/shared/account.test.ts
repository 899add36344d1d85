import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { newSetHash, newTally, setHashText, sumTallies, toggle } from './account.ts'

const ids = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']

test('the set hash is the XOR of the first 16 bytes of each hash, whatever the order', () => {
  const digests = ids.map((id) => createHash('sha256').update(id).digest().subarray(0, 16))
  const expected = Buffer.from([...(digests[0] ?? [])].map((byte, i) => byte ^ (digests[1]?.[i] ?? 0)))
  for (const order of [ids, [...ids].reverse()]) {
    const set = newSetHash()
    for (const id of order) toggle(set, id)
    expect(setHashText(set)).toBe(expected.toString('hex'))
  }
})

test('an empty set is all zeros, and so is one that lost what it had', () => {
  const set = newSetHash()
  toggle(set, 'a')
  expect(setHashText(set)).not.toBe('0'.repeat(32))
  toggle(set, 'a')
  expect(setHashText(set)).toBe('0'.repeat(32))
})

test('the days together are the whole', () => {
  const days = ids.map((id) => {
    const tally = { ...newTally(), posts: 2, effects: 1, acknowledged: 1 }
    toggle(tally.set, id)
    return tally
  })
  const whole = newSetHash()
  for (const id of ids) toggle(whole, id)
  expect(sumTallies(days)).toEqual({
    posts: 4,
    effects: 2,
    acknowledged: 2,
    refused: 0,
    pending: 0,
    setHash: setHashText(whole),
  })
})
