import { expect, test } from 'vitest'
import { countMonitorChanges } from '../../src/care/impact.ts'
import { makeCareWorld } from './world.ts'

test('a report counts the monitors that would change colour, and writes nothing', async () => {
  const world = await makeCareWorld()
  const other = '85073003328'
  await world.enrol()
  await world.enrol({ identifier: other })
  await world.send(
    { value: '50' },
    { value: '90', patient: other, order: 'O2' },
    { code: '2823-3', value: '4', unit: 'mmol/L' },
  )
  await world.keep()
  await world.query(
    `insert into setting (kind, name, body, sha256, created_by) values ('pack', 'test', '{}', '\\x01', 'test')`,
  )
  await world.query(`insert into impact_report (purpose, service, pack, setting, state, from_at, cursor_at, cursor_id, last_at, total, actor)
    select 'try', 'lab', 'test', id, 'running', now(), now(), 0, now(), 3, 'test' from setting`)
  await world.query(`insert into impact_change (report, record, received_at, sender_id, rule_hash, change, patient)
    select p.id, r.record, r.received_at, r.sender_id, '\\xaa', 'newly-withheld', r.patient from result r, impact_report p`)
  const [report] = await world.query<{ id: string }>('select id from impact_report')
  const before = await world.query('select * from item_state order by patient, monitor, item')
  const changes = await countMonitorChanges(world.deps, world.db, Number(report?.id), new Date())
  expect(changes.toSorted((a, b) => (a.from < b.from ? -1 : 1))).toEqual([
    { monitor: 'diabetes-cvrm', from: 'green', to: 'unreliable', count: 1 },
    { monitor: 'diabetes-cvrm', from: 'red-out-of-target', to: 'unreliable', count: 1 },
  ])
  expect(await world.query('select * from item_state order by patient, monitor, item')).toEqual(before)
})
