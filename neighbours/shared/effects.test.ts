import { randomUUID } from 'node:crypto'
import { appendFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { newFolder } from '../testing/simulator.ts'
import type { EffectRecord } from './effect-record.ts'
import { openEffects } from './effects.ts'

const folder = newFolder()
afterEach(() => folder.remove())

function record(changes: Partial<EffectRecord> = {}): EffectRecord {
  return {
    deliveryId: randomUUID(),
    sha256: 'ab'.repeat(32),
    at: 1_000,
    dueAt: 1_000,
    day: 20220701,
    outcome: 'acknowledged',
    newEffect: true,
    refusal: 0,
    ...changes,
  }
}

test('what was added is found as it was, also past the first chunk of memory', () => {
  const effects = openEffects(null)
  const all = Array.from({ length: 9_000 }, (_, i) => record({ at: i, dueAt: i }))
  for (const one of all) effects.add(one)
  expect(all.map((one) => effects.find(one.deliveryId))).toEqual(all)
  expect(effects.find(randomUUID())).toBeUndefined()
})

test('a second open remembers the first, and cuts off a torn tail', async () => {
  const all = [record(), record({ outcome: 'refused', newEffect: false, refusal: 1 }), record({ outcome: 'none' })]
  const first = openEffects(folder.path)
  for (const one of all) first.add(one)
  const before = first.account()
  first.close()
  const file = join(folder.path, 'effects.log')
  appendFileSync(file, 'torn')
  const second = openEffects(folder.path)
  expect(second.account()).toEqual(before)
  expect(before).toMatchObject({ posts: 3, effects: 1, acknowledged: 1, refused: 1, pending: 0 })
  expect(statSync(file).size).toBe(3 * 72)
  await new Promise<void>((resolve) => second.add(record(), resolve))
  expect(openEffects(folder.path).account().posts).toBe(4)
})

test('a late outcome is pending until its time, and settles once', () => {
  const effects = openEffects(null)
  const late = record({ dueAt: 5_000 })
  effects.add(late)
  expect(effects.account()).toMatchObject({ effects: 1, acknowledged: 0, pending: 1 })
  expect(effects.settle(4_999)).toEqual([])
  expect(effects.settle(5_000)).toEqual([late])
  expect(effects.settle(9_000)).toEqual([])
  expect(effects.account()).toMatchObject({ acknowledged: 1, pending: 0 })
})

test('a delivery that acted twice is two effects and one acknowledgement', () => {
  const effects = openEffects(null)
  const twice = record()
  effects.add(twice)
  effects.add({ ...twice, at: 2_000, dueAt: 2_000 })
  effects.add(record())
  expect(effects.account()).toMatchObject({ posts: 3, effects: 3, acknowledged: 2 })
  expect(effects.list(10, 2)).toEqual([{ deliveryId: twice.deliveryId, times: 2 }])
})

test('one day stands on its own', () => {
  const effects = openEffects(null)
  effects.add(record())
  effects.add(record({ day: 20220702 }))
  expect(effects.account(20220702)).toMatchObject({ posts: 1, effects: 1 })
  expect(effects.account(20220703)).toMatchObject({ posts: 0, setHash: '0'.repeat(32) })
})
