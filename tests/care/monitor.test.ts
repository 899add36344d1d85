import { expect, test } from 'vitest'
import { daysAgo, makeCareWorld, patientOne } from './world.ts'

test('a result of an enrolled patient becomes a colour, by the workers and for a reader who comes earlier', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  expect(await world.keep()).toBe(15)
  expect(await world.shown('hba1c')).toMatchObject({ state: 'unknown', clinical: 'unknown' })

  await world.send({ value: '50' })
  expect(await world.shown('hba1c')).toMatchObject({ state: 'green' })
  expect(await world.keep()).toBe(1)
  expect(await world.shown('hba1c')).toMatchObject({ state: 'green', clinical: 'green' })
  const [state] = await world.query('select state, basis from item_state where item = $1', ['hba1c'])
  expect(state).toEqual({ state: 'green', basis: 'evidence' })
})

test('a result of somebody who is not enrolled costs an index line and nothing else', async () => {
  const world = await makeCareWorld()
  await world.send({ value: '50' })
  expect(await world.query('select count(*)::int as n from result')).toEqual([{ n: 1 }])
  expect(await world.query('select count(*)::int as n from dirty')).toEqual([{ n: 0 }])
})

test('what came before the enrolment counts, and a result that came late is dated by its sample', async () => {
  const world = await makeCareWorld()
  await world.send({ value: '50', collected: daysAgo(20) })
  await world.enrol()
  await world.keep()
  await world.send({ value: '80', collected: daysAgo(200), order: 'O2' })
  await world.keep()
  expect(await world.shown('hba1c')).toMatchObject({ state: 'green', evidence: [{ original: '50 mmol/mol' }] })
})

test('a correction takes the place of its result, a withdrawal leaves nothing, in any order of arrival', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  const collected = daysAgo(30)
  await world.send({ value: '80', status: 'C', collected, released: daysAgo(28) })
  await world.send({ value: '50', status: 'F', collected, released: daysAgo(29) })
  await world.keep()
  expect(await world.shown('hba1c')).toMatchObject({ state: 'red-out-of-target' })
  await world.send({ value: '80', status: 'W', collected, released: daysAgo(27) })
  await world.keep()
  expect(await world.shown('hba1c')).toMatchObject({ state: 'unknown', evidence: [] })
})

test('a result taken back from the wrong patient leaves that one and never touches the other', async () => {
  const world = await makeCareWorld()
  const other = '85073003328'
  await world.enrol()
  await world.enrol({ identifier: other })
  await world.send({ value: '80', order: 'O1' }, { value: '50', patient: other, order: 'O2' })
  await world.keep()
  expect(await world.shown('hba1c')).toMatchObject({ state: 'red-out-of-target' })
  await world.send({ value: '80', order: 'O1', status: 'W', released: daysAgo(1) })
  await world.keep()
  expect(await world.shown('hba1c')).toMatchObject({ state: 'unknown' })
  expect(await world.shown('hba1c', new Date(), other)).toMatchObject({ state: 'green' })
})

test('a record that is not checked yet is awaited, and shown in doubt when its check does not come', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  await world.keep()
  await world.read({ value: '50' })
  expect(await world.keep()).toBe(0)
  expect(await world.shown('hba1c')).toMatchObject({ state: 'unreliable' })
  await world.query(`update dirty set due_at = due_at - interval '3 s'`)
  expect(await world.keep()).toBe(1)
  expect(await world.query('select state from item_state where item = $1', ['hba1c'])).toEqual([
    { state: 'unreliable' },
  ])
  await world.check()
  await world.query(`update dirty set due_at = now()`)
  expect(await world.keep()).toBe(1)
  expect(await world.query('select count(*)::int as n from dirty')).toEqual([{ n: 0 }])
  expect(await world.shown('hba1c')).toMatchObject({ state: 'green' })
})

test('time changes a colour without any worker, and the worker writes what readers saw', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  await world.send({ value: '50', collected: daysAgo(10) })
  await world.keep()
  const inAYear = new Date(Date.now() + 360 * 86_400_000)
  expect(await world.shown('hba1c', inAYear)).toMatchObject({ state: 'red-overdue' })
  const { markExpired } = await import('../../src/store/care-dirty.ts')
  expect(await markExpired(world.db, new Date(), 100)).toBe(0)
  expect(await markExpired(world.db, inAYear, 100)).toBeGreaterThan(0)
  await world.keep(inAYear)
  expect(await world.query('select to_state from transition where item = $1 order by id', ['hba1c'])).toEqual([
    { to_state: 'green' },
    { to_state: 'red-overdue' },
  ])
  expect(await world.shown('hba1c', inAYear)).toMatchObject({ state: 'red-overdue' })
})

test('nothing of the person or of a value lies readable in the tables of the care room', async () => {
  const world = await makeCareWorld()
  await world.enrol({ name: 'Wilhelmina Zonderling' })
  await world.send({ value: '87', order: 'O77' })
  await world.keep()
  for (const table of ['enrolment', 'item_state', 'transition', 'result', 'dirty']) {
    const text = JSON.stringify(await world.query(`select * from ${table}`))
    for (const secret of ['Zonderling', patientOne, '87 mmol', '1970-01-01']) expect(text).not.toContain(secret)
  }
})
