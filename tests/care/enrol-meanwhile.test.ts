import { expect, test } from 'vitest'
import { identifierIndex } from '../../src/ledger/patient.ts'
import { readIdentifier } from '../../src/care/enrol-file.ts'
import { markPatients } from '../../src/store/care-dirty.ts'
import { inTransaction, type Queryable } from '../../src/store/connect.ts'
import { makeCareWorld, patientOne, type CareWorld } from './world.ts'

/** A transaction that has done its work and is not committed before `end`. */
async function open(world: CareWorld, work: (tx: Queryable) => Promise<unknown>): Promise<{ end(): Promise<void> }> {
  const ready = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const whole = inTransaction(world.db, async (tx) => {
    await work(tx)
    ready.resolve()
    await ended.promise
  })
  await Promise.race([ready.promise, whole])
  return {
    async end() {
      ended.resolve()
      await whole
    },
  }
}

/** Until so many wait for a lock, or what should wait is over. */
async function untilWaiting(world: CareWorld, count: number, work?: Promise<unknown>): Promise<void> {
  let isOver = false
  void work?.finally(() => (isOver = true))
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await expect.poll(async () => isOver || (await world.query(waiting)).length >= count, { timeout: 10_000 }).toBe(true)
}

test('a result that is being stored while its patient is enrolled is evaluated', async () => {
  const world = await makeCareWorld()
  // Holds up the reading of the result after it has marked what it touches and before its commit.
  const blocker = await open(world, (tx) => tx.query({ text: 'lock table feed_hour in exclusive mode' }))
  const sending = world.send({ value: '99' })
  await untilWaiting(world, 1)
  const enrolling = world.enrol()
  await untilWaiting(world, 2, enrolling)
  await world.keep()
  await blocker.end()
  await Promise.all([sending, enrolling])
  await world.keep()
  expect(await world.shown('hba1c')).toMatchObject({ state: 'red-out-of-target' })
})

test('a decision about a result that commits while its patient is enrolled is looked at', async () => {
  const world = await makeCareWorld()
  const patient = identifierIndex(world.deps.vault.keys, readIdentifier(patientOne), '')
  const deciding = await open(world, (tx) => markPatients(tx, [patient], 'override'))
  const enrolling = world.enrol()
  await untilWaiting(world, 1, enrolling)
  await world.keep()
  await deciding.end()
  await enrolling
  expect(await world.keep()).toBe(15)
})
