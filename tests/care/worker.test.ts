import { expect, onTestFinished, test } from 'vitest'
import { startCareRoom } from '../../src/hub/care.ts'
import type { NodeParts } from '../../src/hub/parts.ts'
import { startCare, type CareWork } from '../../src/care/worker.ts'
import type { Kept } from '../../src/care/keep.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { until } from '../crash/laws.ts'
import { daysAgo, makeCareWorld, type CareWorld } from './world.ts'

const waiting = (world: CareWorld) => async (): Promise<number> =>
  (await world.query<{ n: number }>('select count(*)::int as n from dirty'))[0]!.n
const isNone = (left: number): boolean => left === 0

/** The loops of a node on a world, stopped with the test. */
function work(world: CareWorld, more: Partial<CareWork> = {}) {
  const kept: Kept[] = []
  const care = startCare({
    ...world.deps,
    db: world.db,
    log: silentLog,
    clock: systemClock,
    onKept: (one) => kept.push(one),
    ...more,
  })
  onTestFinished(() => care.stop())
  return { care, kept }
}

test('a running care room evaluates what is marked, tells how long each record took, and ends when asked', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  const arrived = new Date(Date.now() - 5_000)
  await world.send({ value: '50', receivedAt: arrived })
  const { care, kept } = work(world)
  await until(waiting(world), isNone)
  await care.stop()
  expect(kept.reduce((sum, { changed }) => sum + changed, 0)).toBe(15)
  const lags = kept.flatMap((one) => one.lags)
  expect(lags).toHaveLength(1)
  expect(lags[0]).toBeGreaterThanOrEqual(5)
  expect(await world.shown('hba1c')).toMatchObject({ state: 'green' })
  // Ended: what is marked now stays marked.
  await world.send({ value: '80', order: 'O2', collected: daysAgo(2) })
  expect(await waiting(world)()).toBe(1)
})

test('time alone changes a colour: the loops mark what has expired and write its next state', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  await world.send({ value: '50' })
  await world.keep()
  const later = new Date(Date.now() + 400 * 86_400_000)
  work(world, { clock: { ...systemClock, now: () => later } })
  const state = async (): Promise<string> =>
    (await world.query<{ state: string }>(`select state from item_state where item = 'hba1c'`))[0]!.state
  await until(state, (one) => one === 'red-overdue')
  expect(await world.query(`select cause from transition where item = 'hba1c' order by id`)).toEqual([
    { cause: 'record' },
    { cause: 'time' },
  ])
})

test('a node shows the lag of every record and the items that changed among its figures', async () => {
  const world = await makeCareWorld()
  const { Registry } = await import('prom-client')
  const registry = new Registry()
  const { vault } = world.deps
  const parts = { db: world.db, vault, log: silentLog, metrics: { registry } } as unknown as NodeParts
  const room = startCareRoom(parts)
  onTestFinished(() => room.stop())
  await world.enrol()
  await world.send({ value: '50', receivedAt: new Date(Date.now() - 90_000) })
  await until(waiting(world), isNone)
  await until(
    () => registry.metrics(),
    (text) => /sluis_care_lag_seconds_count [1-9]/.test(text),
  )
  const text = await registry.metrics()
  expect(text).toContain('sluis_care_lag_seconds_bucket{le="60"} 0')
  expect(text).toMatch(/sluis_care_evaluated_total\{changed="yes"\} 1[5-9]/)
})
