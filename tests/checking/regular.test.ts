import { expect, test } from 'vitest'
import { beginReport, runReport } from '../../src/checking/dry-run.ts'
import { barredFacts, barredLook } from '../../src/checking/barred.ts'
import { beginRegular, workOnReports } from '../../src/checking/regular.ts'
import type { Judge } from '../../src/checking/judge.ts'
import { makeRuleBars } from '../../src/rules/bars.ts'
import { findings } from '../../src/rules/evaluate.ts'
import type { Pack } from '../../src/rules/pack.ts'
import type { RuleSubject } from '../../src/rules/subject.ts'
import type { Judged } from '../../src/rules/worker-messages.ts'
import { startRuleWorkers } from '../../src/rules/workers.ts'
import { setCheckSchedule } from '../../src/store/check-schedules.ts'
import { inTransaction } from '../../src/store/connect.ts'
import { reports } from '../../src/store/impact.ts'
import { signOfLife } from '../../src/store/nodes.ts'
import { makePackWorld, testPack, type PackWorld } from './world.ts'

const pack = testPack('1.0.0', [{ id: 'source-judged', expr: "%source != 'lab-b'" }])

test('what is stored is checked again by itself, once a day and not on the day its time was set', async () => {
  const world = await makePackWorld()
  const deps = { ...world, worker: 'node' }
  await world.send(1, 4)
  await world.send(2, 3)
  // They came before anything was checked: nothing is withheld.
  await world.set(pack, 'active')
  const withheld = () => world.count('select count(distinct record)::int as n from withheld')
  const schedule = { pack: pack.name, at: '00:00', actor: 'lea', why: 'night' }
  await setCheckSchedule(world.db, schedule, false)
  expect([await workOnReports(deps), await withheld()]).toEqual([0, 0])

  const daysPass = () =>
    world.db.query({
      text: `with old as (update check_schedule set changed_at = changed_at - interval '1 day')
        update impact_report set at = at - interval '1 day'`,
    })
  await daysPass()
  expect([await workOnReports(deps, () => true), await withheld()]).toEqual([0, 0])
  // Begun on a node that stopped; the next one carries it on and begins no other.
  expect([await workOnReports(deps), await withheld()]).toEqual([1, 3])
  expect([await workOnReports(deps), await withheld()]).toEqual([0, 3])
  await daysPass()
  expect(await workOnReports(deps)).toBe(1)
  const told = { purpose: 'regular', state: 'done', actor: 'hub', version: '1.0.0', seen: 7, total: 7 }
  expect(await reports(world.db)).toMatchObject([told, told])
  expect((await world.books()).balanced).toBe(true)
})

test('two nodes that find the same check due begin it once', async () => {
  const world = await makePackWorld()
  await world.send(1, 4)
  await world.set(pack, 'active')
  await setCheckSchedule(world.db, { pack: pack.name, at: '00:00', actor: 'lea', why: 'night' }, false)
  await world.db.query({ text: `update check_schedule set changed_at = changed_at - interval '1 day'` })
  // Both have looked before one of them begins: what is to be begun waits for a reader.
  const waiting = `select count(*)::int as n from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`
  let nodes: Promise<unknown> | undefined
  await inTransaction(world.db, async (tx) => {
    await tx.query({ text: 'lock table impact_report in share mode' })
    nodes = Promise.all(['one', 'two'].map((worker) => workOnReports({ ...world, worker })))
    await expect.poll(() => world.count(waiting), { timeout: 20_000 }).toBe(2)
  })
  await nodes
  expect(await reports(world.db)).toMatchObject([{ purpose: 'regular', state: 'done', seen: 4, total: 4 }])
})

/** As if the rule had been too slow when the records came, on a machine with too much to do. */
const barred = (world: PackWorld) =>
  world.db.query({ text: `update verdict set outcome = 'error' where rule = 'source-judged'` })

const outcomes = async (world: PackWorld) => {
  const { rows } = await world.db.query<{ outcome: string; n: number }>({
    text: 'select outcome, count(*)::int as n from verdict group by 1 order by 1',
  })
  return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, n]))
}

test('a rule that could not be worked out is asked again, and what it says then counts', async () => {
  const world = await makePackWorld()
  const deps = { ...world, worker: 'node' }
  await world.set(pack, 'active')
  await world.send(1, 1)
  await world.send(2, 3)
  await barred(world)
  // One of a record that passes when it is asked again.
  await world.db.query({
    text: `insert into verdict (record, service, received_at, rule_hash, pack, pack_version, rule, outcome, sender_id, patient)
      select r.id, r.service, r.received_at, v.rule_hash, v.pack, v.pack_version, v.rule, 'error', r.sender_id, r.patient
      from record r, (select * from verdict limit 1) v where r.sender_id = 1`,
  })
  expect(await outcomes(world)).toEqual({ error: 4 })
  const failing: Judge = async (asked, subjects) =>
    (await world.judge(asked, subjects)).map((said) => said.map((verdict) => ({ ...verdict, outcome: 'error' })))
  await beginRegular(deps, pack.name, 'hub')
  await workOnReports({ ...deps, judge: failing })
  expect(await outcomes(world)).toEqual({ error: 3 })
  await beginRegular(deps, pack.name, 'hub')
  await workOnReports(deps)
  expect(await outcomes(world)).toEqual({ withhold: 3 })
  expect(await world.count('select count(distinct record) as n from withheld')).toBe(3)
})

/** Threads in which the rule stands still until it is healthy, on a clock that goes by hand. */
function standingStill() {
  const state = { minutes: 0, healthy: false }
  const bars = makeRuleBars(undefined, () => state.minutes * 60_000)
  const thread = {
    run: async (asked: Pack, { subjects, skips }: { subjects: readonly Judged[]; skips: readonly string[] }) => {
      const open = subjects.findIndex(
        (_, at) => ![`${at} source-judged`, '* source-judged'].some((s) => skips.includes(s)),
      )
      if (!state.healthy && open !== -1) return { state: 'stuck', subject: open, rule: 0 } as const
      const said = findings(asked, subjects as RuleSubject[])
      return { state: 'done', verdicts: open === -1 ? said.map(() => []) : said } as const
    },
    close: async () => undefined,
  }
  const { judge } = startRuleWorkers({ size: 1, deadlineMs: 0, bars, startThread: () => thread })
  return { state, bars, judge }
}

test('a rule that stood still leaves no errors beside what is stored, its node says so, and it is asked again', async () => {
  const { state, bars, judge } = standingStill()
  const world = await makePackWorld(judge)
  const deps = { ...world, worker: 'node' }
  await world.send(2, 6)
  await world.set(pack, 'active')
  await beginRegular(deps, pack.name, 'hub')
  await workOnReports(deps)
  // Of three it was asked; of the others nothing is known, as before.
  expect(await outcomes(world)).toEqual({ error: 3 })
  const node = { name: 'node', url: '', roles: ['work'], version: '1', state: 'up' } as const
  await signOfLife(world.db, { ...node, facts: barredFacts(bars.list()) }, new Date())
  const alert = { kind: 'rule-barred', scope: 'test-quality source-judged (node)', detail: {} }
  expect(await barredLook.look(world.db)).toEqual([alert])

  state.healthy = true
  await beginRegular(deps, pack.name, 'hub')
  await workOnReports(deps)
  expect(await outcomes(world)).toEqual({ error: 3 })
  state.minutes = 11
  await beginRegular(deps, pack.name, 'hub')
  await workOnReports(deps)
  expect(await outcomes(world)).toEqual({ withhold: 6 })
  await signOfLife(world.db, { ...node, facts: barredFacts(bars.list()) }, new Date())
  expect(await barredLook.look(world.db)).toEqual([])
})

test('a version that begins to count notes also what it was not asked of, and says it when it is asked again', async () => {
  const { state, judge } = standingStill()
  const world = await makePackWorld(judge)
  const deps = { ...world, worker: 'node' }
  await world.send(2, 6)
  await world.set(pack, 'active')
  const catchUp = async (): Promise<void> => {
    const setting = await world.install(pack)
    const id = await beginReport(world.db, { purpose: 'catch-up', setting, pack, actor: 'hub' })
    expect(await runReport(deps, id)).toBe('done')
  }
  await catchUp()
  // Three it stood still on, three it was not asked of: nobody knows yet what it says of any.
  expect(await outcomes(world)).toEqual({ error: 6 })
  expect(await world.count('select count(*) as n from withheld')).toBe(0)
  state.healthy = true
  state.minutes = 11
  await catchUp()
  expect(await outcomes(world)).toEqual({ withhold: 6 })
})

test('what a version withholds when it is tried stands in the place of an error it gave in the shadow', async () => {
  const world = await makePackWorld()
  const next = testPack('1.1.0', [{ id: 'source-judged', expr: "%source != 'lab-b'" }])
  await world.set(testPack('1.0.0', [{ id: 'kind-known', expr: 'formKind.exists()' }]), 'active')
  const activation = await world.set(next, 'shadow')
  await world.send(2, 3)
  await barred(world)
  const setting = await world.count('select setting as n from activation where id = $1', [activation])
  const id = await beginReport(world.db, { purpose: 'try', setting, pack: next, actor: 'lea' })
  expect(await runReport({ ...world, worker: 'node' }, id)).toBe('done')
  expect(await outcomes(world)).toEqual({ withhold: 3 })
  expect(await world.count('select count(*) as n from withheld')).toBe(0)
})
