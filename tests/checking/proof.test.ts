import { expect, test } from 'vitest'
import { noteBefore, proofLook, proofOf, proveRevert } from '../../src/checking/proof.ts'
import { revertPack } from '../../src/checking/revert.ts'
import { decide, worklist } from '../../src/checking/withheld.ts'
import { keepRetention } from '../../src/ledger/retention.ts'
import { sealOnce } from '../../src/ledger/seal.ts'
import { setRetention } from '../../src/store/retention.ts'
import { tallyLook } from '../../src/watch/figures.ts'
import { makeOlder } from '../support/aged.ts'
import { makePackWorld, testPack, type PackWorld } from './world.ts'

const good = testPack('1.0.0', [{ id: 'kind-known', expr: 'formKind.exists()' }])
const bad = testPack('1.1.0', [{ id: 'source-misjudged', expr: "%source != 'lab-b'" }])
const undo = { pack: 'test-quality', source: null, actor: 'lea', why: 'wrong' }

/** Two laboratories with history, and a bad version that was tried on it and activated. */
async function withheldWorld(): Promise<PackWorld & { readonly activation: number }> {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.set(bad, 'shadow')
  await world.send(1, 6)
  await world.send(2, 8)
  const activation = await world.set(bad, 'active')
  await noteBefore(world, activation)
  return { ...world, activation }
}

test('the proof of a revert has equal contents and equal visible sets, and counts what came in between apart', async () => {
  const world = await withheldWorld()
  await world.send(2, 3)
  const { revert } = await revertPack(world, undo)
  const { holds, proof } = await proveRevert(world, revert)
  expect(holds).toBe(true)
  expect(proof).toMatchObject({ contentEqual: true, visibleEqual: true, historyEqual: true, recountEqual: true })
  expect(proof.before.map(({ senderId, records, visible }) => [senderId, records, visible])).toEqual([
    [1, 6, 6],
    [2, 8, 8],
  ])
  expect(proof.during.map(({ senderId, visible }) => [senderId, visible])).toEqual([
    [1, 6],
    [2, 0],
  ])
  expect(proof.after).toEqual(proof.before)
  expect(proof.since).toEqual({ records: 3, visible: 3 })
  expect(proof.permittedCount).toBe(0)
})

test('what a person decided since is listed as a permitted difference', async () => {
  const world = await withheldWorld()
  const choice = { clientId: null, pack: null, rule: null, records: null }
  const [first] = (await worklist(world, choice, 0, 1)).records
  await decide(world.db, {
    choice: {
      ...choice,
      records: [first!.record],
    },
    decision: 'confirm',
    actor: 'lea',
    why: 'wrong value',
    expected: 1,
  })
  const { revert } = await revertPack(world, undo)
  const { holds, proof } = await proveRevert(world, revert)
  expect(proof.permitted).toEqual([{ record: first!.record, because: 'decided-by-a-person' }])
  expect(holds).toBe(true)
  expect(proof.after).not.toEqual(proof.before)
})

test('after a canary the proof holds too: what it withheld of its source is listed, and nothing else may differ', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.set(bad, 'shadow')
  await world.send(1, 6)
  await world.send(2, 8)
  await world.set(bad, 'canary', 'lab-b')
  const activation = await world.set(bad, 'active')
  await noteBefore(world, activation)
  const { revert } = await revertPack(world, undo)
  const { holds, proof } = await proveRevert(world, revert)
  expect(proof.before.map(({ senderId, visible }) => [senderId, visible])).toEqual([
    [1, 6],
    [2, 0],
  ])
  expect(proof.after.map(({ senderId, visible }) => [senderId, visible])).toEqual([
    [1, 6],
    [2, 8],
  ])
  expect(proof.permitted.map(({ because }) => because)).toEqual(Array.from({ length: 8 }, () => 'canary-ended'))
  expect(holds).toBe(true)
})

test.each([
  ['changed', `update record set content = '\\x00' where id = (select min(id) from record)`],
  ['lost', 'delete from record where id = (select min(id) from record)'],
])('a record that was %s meanwhile breaks the proof', async (_, text) => {
  const world = await withheldWorld()
  const { revert } = await revertPack(world, undo)
  await world.db.query({ text })
  const { holds, proof } = await proveRevert(world, revert)
  expect([holds, proof.contentEqual]).toEqual([false, false])
})

test('what retention took away since is no loss: what is left is compared, and the proof says so', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.send(1, 4)
  await world.db.query({
    text: `with settled as (update delivery set state = 'acknowledged', settled_at = now() returning *)
      insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor)
      select service, message, received_at, record, id, sender_id, 'acknowledged', 'hub:test' from settled`,
  })
  const period = await makeOlder(world.db, 40)
  await world.send(1, 6)
  await world.send(2, 8)
  const activation = await world.set(bad, 'active')
  await noteBefore(world, activation)
  const unsealed = 'select (select count(*) from entry) - (select coalesce(sum(entries), 0)::int8 from block) as n'
  await expect.poll(async () => (await sealOnce(world.db), world.count(unsealed)), { timeout: 20_000 }).toBe(0)
  await tallyLook.look(world.db)
  await setRetention(world.db, { service: 'eforms', days: 30, actor: 'test', why: 'a test' })
  expect(await keepRetention(world.db, new Date())).toMatchObject([{ state: 'closed' }])
  const { revert } = await revertPack(world, undo)
  const { holds, proof } = await proveRevert(world, revert)
  expect(holds).toBe(true)
  expect(proof.closed).toEqual([period])
  expect(proof.before.map(({ senderId, records }) => [senderId, records])).toEqual([
    [1, 6],
    [2, 8],
  ])
})

test('the look notes and proves by itself', async () => {
  const world = await withheldWorld()
  const { revert } = await revertPack(world, undo)
  expect(await proofOf(world.db, revert)).toBeNull()
  expect(await proofLook(world).look(world.db)).toEqual([])
  expect((await proofOf(world.db, revert))?.holds).toBe(true)
})

test('a proof that does not hold stays an alert on every node, whoever proved it, until a person takes the next step', async () => {
  const world = await withheldWorld()
  const { revert } = await revertPack(world, undo)
  // As `sluis pack revert` does; what was kept when it began has a record less.
  await world.db.query({ text: `update manifest set records = records - 1 where moment = 'before'` })
  expect((await proveRevert(world, revert)).holds).toBe(false)
  const alert = { kind: 'pack-proof-fails', scope: 'test-quality', detail: { revert } }
  const [one, other] = [proofLook(world), proofLook(world)]
  expect(await one.look(world.db)).toEqual([alert])
  expect(await other.look(world.db)).toEqual([alert])
  expect(await one.look(world.db)).toEqual([alert])
  await world.set(good, 'shadow')
  expect(await other.look(world.db)).toEqual([])
  expect(await one.look(world.db)).toEqual([])
})

test('20,000 withheld records are visible again with as many statements as ten', async () => {
  const statements: number[] = []
  for (const count of [10, 20_000]) {
    const world = await makePackWorld()
    await world.set(good, 'active')
    await world.set(bad, 'active')
    await world.send(2, 10)
    await world.db.query({
      // As if they had come and been judged: verdicts are all that visibility is made of.
      text: `insert into verdict (record, service, received_at, rule_hash, pack, pack_version, rule, outcome, sender_id, patient)
        select 1000000 + n, v.service, v.received_at, v.rule_hash, v.pack, v.pack_version, v.rule, v.outcome, v.sender_id, v.patient
        from (select * from verdict limit 1) v, generate_series(1, $1::int - 10) n`,
      values: [count],
    })
    expect(await world.count('select count(distinct record) as n from withheld')).toBe(count)
    let asked = 0
    const pool = world.db.pool
    const counting = Object.assign(Object.create(world.db) as typeof world.db, {
      pool: Object.assign(Object.create(pool) as typeof pool, {
        connect: async () => {
          const client = await pool.connect()
          const query = client.query.bind(client) as (...given: unknown[]) => unknown
          const release = client.release.bind(client)
          Object.assign(client, {
            query: (...given: unknown[]) => ((asked += 1), query(...given)),
            release: (broken?: Error) => (Object.assign(client, { query, release }), release(broken)),
          })
          return client
        },
      }),
    })
    await revertPack({ ...world, db: counting }, undo)
    expect(await world.count('select count(*) as n from withheld')).toBe(0)
    statements.push(asked)
  }
  expect(statements[0]).toBeGreaterThan(3)
  expect(statements[1]).toBe(statements[0])
})
