import fc from 'fast-check'
import { expect, test } from 'vitest'
import { followActivation } from '../../src/care/activations.ts'
import { rebuildStates } from '../../src/care/rebuild.ts'
import { daysAgo, makeCareWorld, patientOne, type CareWorld, type Sent } from './world.ts'

const other = '85073003328'

/** One thing that happens to a hub with two patients: results in any order, workers that come or do not come by. */
type Step =
  | { readonly what: 'send'; readonly sent: Sent }
  | { readonly what: 'read'; readonly sent: Sent }
  | { readonly what: 'check' | 'keep' | 'keep-late' | 'withhold' | 'revert' | 'follow' | 'enrol' }

const sent: fc.Arbitrary<Sent> = fc.record({
  patient: fc.constantFrom(patientOne, other),
  order: fc.constantFrom('O1', 'O2', 'O3'),
  code: fc.constantFrom('59261-8', '22748-8', '70204-3', '62238-1'),
  value: fc.constantFrom('2', '48', '61', '90'),
  unit: fc.constantFrom('mmol/mol', 'mmol/L', 'mL/min/{1.73_m2}', 'G/L'),
  status: fc.constantFrom('P', 'F', 'F', 'C', 'W', 'X'),
  collected: fc.constantFrom(daysAgo(400), daysAgo(30), daysAgo(3)),
  released: fc.constantFrom(daysAgo(2, '0800'), daysAgo(2, '0900'), daysAgo(1)),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('send' as const), sent }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('read' as const), sent }) },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constantFrom('check', 'keep', 'keep', 'keep-late', 'withhold', 'revert', 'follow', 'enrol'),
    }),
  },
)

test(
  'whatever happened in whatever order, the states kept step by step are those made from everything stored',
  { timeout: 300_000 },
  async () => {
    const world = await makeCareWorld()
    await world.query(
      `insert into setting (kind, name, body, sha256, created_by) values ('pack', 'test', '{}', '\\x01', 'test')`,
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        await clear(world)
        await world.enrol()
        for (const one of steps) await happen(world, one)
        await settle(world)
        const rebuilt = await rebuildStates(world.deps, world.db, null, new Date())
        expect(rebuilt).toMatchObject({ differing: 0, pending: 0 })
        expect(rebuilt.rebuiltHash).toBe(rebuilt.storedHash)
        await world.query('delete from item_state')
        await world.enrol()
        if (steps.some(({ what }) => what === 'enrol')) await world.enrol({ identifier: other })
        await settle(world)
        expect((await rebuildStates(world.deps, world.db, null, new Date())).storedHash).toBe(rebuilt.storedHash)
      }),
      { numRuns: 30 },
    )
  },
)

async function happen(world: CareWorld, one: Step): Promise<void> {
  if (one.what === 'send') await world.send(one.sent)
  else if (one.what === 'read') await world.read(one.sent)
  else if (one.what === 'check') await world.check()
  else if (one.what === 'keep') await world.keep()
  else if (one.what === 'follow') await followActivation(world.db)
  else if (one.what === 'enrol') await world.enrol({ identifier: other })
  else if (one.what === 'withhold' || one.what === 'revert') await switchRule(world, one.what === 'withhold')
  else {
    await world.query(`update dirty set due_at = due_at - interval '3 s'`)
    await world.keep()
  }
}

/** A rule that withholds half of all records begins or ceases to count. */
async function switchRule(world: CareWorld, on: boolean): Promise<void> {
  await world.query('delete from active_rule')
  await world.query(`insert into verdict (record, service, received_at, rule_hash, pack, pack_version, rule, outcome, sender_id, patient)
    select record, 'lab', received_at, '\\xaa', 'test', '1.0.0', 'half', 'withhold', sender_id, patient
    from result where record % 2 = 0 on conflict do nothing`)
  await world.query(
    `with a as (insert into activation (setting, mode, actor, why) select id, 'active', 'test', 'test' from setting returning *),
      r as (insert into activation_rule select id, '\\xaa' from a)
      insert into active_rule (rule_hash, pack, rule, sender_id, except_senders, setting, activation, since)
      select '\\xaa', 'test', 'half', 0, '{}', setting, id, '2026-01-01' from a where $1`,
    [on],
  )
}

/** Everything is checked, followed and evaluated. */
async function settle(world: CareWorld): Promise<void> {
  await world.check()
  while (await followActivation(world.db));
  await world.query('update dirty set due_at = now()')
  await world.keep()
}

async function clear(world: CareWorld): Promise<void> {
  for (const table of [
    'active_rule',
    'verdict',
    'record_check',
    'step',
    'result',
    'dirty',
    'item_state',
    'enrolment',
    'feed_hour',
  ])
    await world.query(`delete from ${table}`)
}
