import { expect, test } from 'vitest'
import { followActivation } from '../../src/care/activations.ts'
import { keepOnce } from '../../src/care/keep.ts'
import { rebuildStates } from '../../src/care/rebuild.ts'
import { decide, undecide } from '../../src/checking/withheld.ts'
import { makeCareWorld, type CareWorld } from './world.ts'

/** A rule that withholds the newest record, as a pack that was activated. */
async function withhold(world: CareWorld): Promise<void> {
  await world.query(`insert into setting (kind, name, body, sha256, created_by)
    values ('pack', 'test', '{"version":"1.0.0"}', '\\x01', 'test') on conflict do nothing`)
  await world.query(`insert into verdict (record, service, received_at, rule_hash, pack, pack_version, rule, outcome, sender_id, patient)
    select record, 'lab', received_at, '\\xaa', 'test', '1.0.0', 'unit-missing', 'withhold', sender_id, patient
    from result order by record desc limit 1`)
  await world.query(`with a as (insert into activation (setting, mode, actor, why) select id, 'active', 'test', 'test' from setting returning *),
    r as (insert into activation_rule select id, '\\xaa' from a)
    insert into active_rule (rule_hash, pack, rule, sender_id, except_senders, setting, activation, since)
    select '\\xaa', 'test', 'unit-missing', 0, '{}', setting, id, at from a`)
}

async function revert(world: CareWorld): Promise<void> {
  await world.query('delete from active_rule')
  await world.query(`with a as (insert into activation (setting, mode, actor, why) select id, 'retired', 'test', 'test' from setting returning id)
    insert into activation_rule select id, '\\xaa' from a`)
}

const state = async (world: CareWorld): Promise<unknown> =>
  (await world.query<{ state: string }>('select state from item_state where item = $1', ['hba1c']))[0]?.state

test('a withheld result is unreliable for readers at once, and good again at once when the pack is undone', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  await world.send({ value: '50' })
  await world.keep()

  await withhold(world)
  const shown = await world.shown('hba1c')
  expect(shown.state).toBe('unreliable')
  expect(shown.sentences[0]).toMatchObject({ code: 'withheld', params: { rule: 'unit-missing' } })
  expect(await state(world)).toBe('green')
  while (await followActivation(world.db));
  await world.keep()
  expect(await state(world)).toBe('unreliable')

  await revert(world)
  expect(await world.shown('hba1c')).toMatchObject({ state: 'green' })
  expect(await state(world)).toBe('unreliable')
  while (await followActivation(world.db));
  await world.keep()
  expect(await state(world)).toBe('green')
  expect(await world.query('select cause from transition where item = $1 order by id', ['hba1c'])).toEqual([
    { cause: 'record' },
    { cause: 'activation' },
    { cause: 'activation' },
  ])
})

test('an activation touches those it withholds something of, and nobody else', async () => {
  const world = await makeCareWorld()
  await world.enrol({ identifier: '85073003328' })
  await world.enrol()
  await world.send({ value: '50', patient: '85073003328', order: 'O2' })
  await world.send({ value: '50' })
  await world.keep()
  await withhold(world)
  while (await followActivation(world.db));
  expect(await world.query('select count(distinct patient)::int as n from dirty')).toEqual([{ n: 1 }])
})

test('what a person releases counts again, and what is undecided follows the pack', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  await world.send({ value: '50' })
  await withhold(world)
  while (await followActivation(world.db));
  await world.keep()
  const [record] = await world.query<{ record: string }>('select record from result')
  const choice = { clientId: null, pack: null, rule: null, records: [Number(record?.record)] }
  await decide(world.db, { choice, decision: 'release', actor: 'helper', why: 'seen', expected: 1 })
  expect(await world.shown('hba1c')).toMatchObject({ state: 'green' })
  await world.keep()
  expect(await state(world)).toBe('green')
  await undecide(world.db, choice.records, 'helper', 'seen again')
  await world.keep()
  expect(await state(world)).toBe('unreliable')
})

test('a worker that dies leaves its work marked; another one does it, and nothing is lost', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  await world.send({ value: '50' })
  const dying = { ...world.deps, vault: { ...world.deps.vault, forPeriod: () => Promise.reject(new Error('killed')) } }
  await expect(keepOnce(dying, world.db, () => new Date())).rejects.toThrow('killed')
  expect(await world.query('select count(*)::int as n from item_state')).toEqual([{ n: 0 }])

  const holder = await world.db.pool.connect()
  await holder.query('begin')
  await holder.query('select * from dirty for update')
  expect(await world.keep()).toBe(0)
  const ended = new Promise((resolve) => holder.once('error', resolve))
  const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid')
  await world.query('select pg_terminate_backend($1)', [rows[0]?.pid])
  await ended
  holder.release(true)
  // Its client is told before the server lets go of what it held.
  const isThere = (): Promise<unknown[]> => world.query('select from pg_locks where pid = $1', [rows[0]?.pid])
  while ((await isThere()).length > 0);
  expect(await world.keep()).toBe(15)
  expect(await world.shown('hba1c')).toMatchObject({ state: 'green' })
})

test('what arrives while a worker evaluates is evaluated after it', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  await world.keep()
  await world.send({ value: '50' })
  // A worker that has read the facts and not yet written: the next result waits for it and marks the item again.
  const holder = await world.db.pool.connect()
  await holder.query('begin')
  await holder.query('select * from dirty for update')
  const arriving = world.send({ value: '80', order: 'O2', collected: '202606011000', receivedAt: new Date() })
  const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await expect.poll(async () => (await world.query(waits)).length).toBeGreaterThan(0)
  await holder.query('delete from dirty')
  await holder.query('commit')
  holder.release()
  await arriving
  expect(await world.keep()).toBe(1)
})

test('a rebuild from everything stored gives the same hash; what was tampered with is found and put right', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  await world.enrol({ monitor: 'copd' })
  await world.send({ value: '50' }, { code: '22748-8', value: '3.1', unit: 'mmol/L' })
  await world.keep()
  const told: number[] = []
  const same = await rebuildStates(world.deps, world.db, null, new Date(), (items) => told.push(items))
  expect(told).toEqual([20])
  expect(same).toMatchObject({ items: 20, differing: 0, pending: 0 })
  expect(same.rebuiltHash).toBe(same.storedHash)
  await world.query(`update item_state set state_hash = 'other' where item = 'ldl'`)
  const other = await rebuildStates(world.deps, world.db, null, new Date())
  expect(other).toMatchObject({ differing: 1 })
  expect(other.storedHash).not.toBe(other.rebuiltHash)
  await world.keep()
  expect(await rebuildStates(world.deps, world.db, null, new Date())).toMatchObject({ differing: 0 })
  expect((await rebuildStates(world.deps, world.db, null, new Date())).storedHash).toBe(same.storedHash)
})
