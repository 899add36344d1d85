import { expect, test } from 'vitest'
import { promote } from '../../src/checking/promote.ts'
import { certainNow, retellRefusals } from '../../src/checking/retell.ts'
import { figures, findingsVersion, silentVersion, toldKinds, unknownDevice } from './findings.ts'
import { makePackWorld, type PackWorld } from './world.ts'

const flagged = findingsVersion('1.1.1', [{ code: 'code-unknown', severity: 'flag' }])

/** Which message owes what, with what it says it replaces. */
async function owed(world: PackWorld): Promise<string[]> {
  const { rows } = await world.db.query<{ line: string }>({
    text: `select m.message_id || ' ' || d.purpose || coalesce(' for ' || (
        select n.message_id from message n where d.replaces = n.receipt || '.0'), '') as line
      from delivery d join message m on m.id = d.message where d.state <> 'withdrawn' order by d.id`,
  })
  return rows.map(({ line }) => line)
}

async function letPass(world: PackWorld): Promise<void> {
  await world.set(flagged, 'active')
  await retellRefusals(world.db, 'hub:test')
  await world.work()
}

const known = (messageId: string, change: object) => {
  const form = unknownDevice(messageId, change)
  return { ...form, test: { ...form.test, device: '1232' } }
}

test('what its sender corrected in the meantime is not delivered as well when it passes', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  await world.hand(1, [unknownDevice('first')])
  await world.work()
  await world.hand(1, [known('second', { action: 'correct', replaces: 'first' })])
  await world.work()
  // Nobody ever had the first: to them the second is new.
  expect(await owed(world)).toEqual(['second result', 'second certificate'])
  await letPass(world)
  expect(await owed(world)).toEqual(['second result', 'second certificate'])
  expect(await world.count(`select count(*) as n from entry where kind = 'corrected'`)).toBe(1)
  expect(await figures(world)).toMatchObject({ balanced: true, passed: 2, refused: 0 })
})

test('what corrects a refused record once more replaces the first correction', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  for (const form of [
    unknownDevice('first'),
    known('second', { action: 'correct', replaces: 'first' }),
    known('third', { action: 'correct', replaces: 'first' }),
  ]) {
    await world.hand(1, [form])
    await world.work()
  }
  expect(await owed(world)).toContain('third result for second')
})

test('what its sender withdrew in the meantime is not delivered, and nobody is told of a withdrawal', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  const form = unknownDevice('first')
  await world.hand(1, [form])
  await world.work()
  const { test: _, patient: __, ...head } = form
  await world.hand(1, [{ ...head, messageId: 'second', action: 'withdraw', replaces: 'first', motive: 'wrong person' }])
  await world.work()
  await letPass(world)
  expect(await owed(world)).toEqual([])
  expect(await figures(world)).toMatchObject({ balanced: true, passed: 2, refused: 0 })
})

test('a correction that is refused too changes nothing until it passes; then it alone goes out', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  await world.hand(1, [known('first', {})])
  await world.work()
  expect(await owed(world)).toEqual(['first result', 'first certificate'])
  await world.hand(1, [unknownDevice('second', { action: 'correct', replaces: 'first' })])
  await world.work()
  // The certificate of what it would replace is still owed.
  expect(await owed(world)).toEqual(['first result', 'first certificate'])
  await letPass(world)
  expect(await owed(world)).toEqual(['first result', 'second result for first', 'second certificate for first'])
  expect(await figures(world)).toMatchObject({ balanced: true, passed: 2, refused: 0 })
})

test('of two that were refused and pass together the later one goes out, as new', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  await world.hand(1, [unknownDevice('first')])
  await world.work()
  await world.hand(1, [unknownDevice('second', { action: 'correct', replaces: 'first' })])
  await world.work()
  expect(await owed(world)).toEqual([])
  await letPass(world)
  expect(await owed(world)).toEqual(['second result', 'second certificate'])
})

test('a version that begins to count while senders are told stops the telling until it has judged what is stored', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  await world.hand(1, [unknownDevice('f-1'), unknownDevice('f-2'), unknownDevice('f-3')])
  await world.work()
  await world.set(flagged, 'active')
  // As if it had judged all of it long ago.
  await world.db.query({ text: 'alter table activation disable trigger user' })
  await world.db.query({ text: `update activation set at = at - interval '1 minute'` })
  await world.install(findingsVersion('1.2.0', [{ code: 'code-unknown', fields: ['test.device'], severity: 'refuse' }]))
  const emergency = { confirmedBy: 'jan', emergency: true, actor: 'lea', why: 'they must not pass' } as const
  const wish = { pack: 'eform-quality', version: '1.2.0', mode: 'active', ...emergency } as const
  let promoting: Promise<unknown> | undefined
  const waits = `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`
  const told = await retellRefusals(
    world.db,
    'hub:test',
    async (tx) => {
      const certain = await certainNow(tx)
      promoting ??= promote(world, wish)
      // It waits for this batch, and the next batch for it.
      if (certain === 'all') await expect.poll(() => world.count(waits), { timeout: 20_000 }).toBeGreaterThan(0)
      return certain
    },
    1,
  )
  await promoting
  expect(told).toBe(1)
  expect(await toldKinds(world)).toEqual(['record-refused', 'record-refused', 'record-refused', 'reinstated'])
})

test('a record that was delivered, is refused since and corrected then is replaced at those who have it', async () => {
  const world = await makePackWorld()
  await world.set(flagged, 'active')
  await world.hand(1, [unknownDevice('first')])
  await world.work()
  await world.db.query({ text: `update delivery set attempts = 1, state = 'acknowledged', settled_at = now()` })
  const strict = findingsVersion('1.2.0', [{ code: 'date-future', severity: 'flag' }])
  await world.set(strict, 'shadow')
  await world.db.query({
    text: `insert into verdict (record, service, received_at, rule_hash, pack, pack_version, rule, outcome, sender_id, at)
      select r.id, r.service, r.received_at, decode($1, 'hex'), 'eform-quality', '1.2.0', 'finding-code-unknown', 'withhold', 1, now()
      from record r`,
    values: [strict.rules.find(({ id }) => id === 'finding-code-unknown')!.hash],
  })
  await world.set(strict, 'active')
  await retellRefusals(world.db, 'hub:test')
  expect(await figures(world)).toMatchObject({ passed: 0, refused: 1 })
  await world.hand(1, [known('second', { action: 'correct', replaces: 'first' })])
  await world.work()
  expect(await owed(world)).toContain('second result for first')
})

test.each([
  ['a correction', { action: 'correct' }, 'third result for first'],
  ['a withdrawal', { action: 'withdraw', motive: 'wrong person' }, 'third result for first'],
])('%s of a correction that was refused is about what that one would have replaced', async (_, action, expected) => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  await world.hand(1, [known('first', {})])
  await world.work()
  await world.db.query({ text: `update delivery set attempts = 1, state = 'acknowledged', settled_at = now()` })
  await world.hand(1, [unknownDevice('second', { action: 'correct', replaces: 'first' })])
  await world.work()
  const { test: fact, patient, ...head } = known('third', { ...action, replaces: 'second' })
  await world.hand(1, [action.action === 'withdraw' ? head : { ...head, test: fact, patient }])
  await world.work()
  expect(await owed(world)).toContain(expected)
  await letPass(world)
  expect((await owed(world)).join(' ')).not.toContain('second')
})
