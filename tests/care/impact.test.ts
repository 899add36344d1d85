import { expect, test } from 'vitest'
import { countMonitorChanges } from '../../src/care/impact.ts'
import { impactExamples } from '../../src/store/impact-figures.ts'
import { touchedBy } from '../../src/store/impact-touched.ts'
import { makeCareWorld, type CareWorld } from './world.ts'

const other = '85073003328'

/** A report over everything stored, whose version newly withholds the results a condition names. */
async function reportWithholding(world: CareWorld, where: string): Promise<number> {
  await world.query(
    `insert into setting (kind, name, body, sha256, created_by) values ('pack', 'test', '{}', '\\x01', 'test')`,
  )
  await world.query(`insert into impact_report (purpose, service, pack, setting, state, from_at, cursor_at, cursor_id, last_at, total, actor)
    select 'try', 'lab', 'test', id, 'running', '-infinity', now(), 0, now(), 3, 'test' from setting`)
  await world.query(`insert into impact_change (report, record, received_at, sender_id, rule_hash, change, patient)
    select p.id, r.record, r.received_at, r.sender_id, '\\xaa', 'newly-withheld', r.patient from result r, impact_report p
    where ${where}`)
  const [report] = await world.query<{ id: string }>('select id from impact_report')
  return Number(report?.id)
}

test('a report counts the monitors that would change colour, and writes nothing', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  await world.enrol({ identifier: other })
  await world.send(
    { value: '50' },
    { value: '90', patient: other, order: 'O2' },
    { code: '2823-3', value: '4', unit: 'mmol/L' },
  )
  await world.keep()
  const report = await reportWithholding(world, 'true')
  const before = await world.query('select * from item_state order by patient, monitor, item')
  const changes = await countMonitorChanges(world.deps, world.db, report, new Date())
  expect(changes.toSorted((a, b) => (a.from < b.from ? -1 : 1))).toEqual([
    { monitor: 'diabetes-cvrm', from: 'green', to: 'unreliable', count: 1 },
    { monitor: 'diabetes-cvrm', from: 'red-out-of-target', to: 'unreliable', count: 1 },
  ])
  expect(await world.query('select * from item_state order by patient, monitor, item')).toEqual(before)
})

test('a report names what is measured, which laboratories and whose patients it touches, beside all there are', async () => {
  const world = await makeCareWorld()
  await world.enrol({ identifier: other })
  await world.query(`update enrolment set practice = 'praktijk-zuid'`)
  await world.enrol()
  await world.send({ value: '50', lab: 'LAB-A' })
  await world.send({ value: '60', lab: 'LAB-A', order: 'O2' })
  await world.send({ value: '90', lab: 'LAB-B', patient: other, order: 'O3' })
  await world.send({ code: '2823-3', value: '4', unit: 'mmol/L', lab: 'LAB-B', patient: other, order: 'O4' })
  await world.send({ code: 'XYZ', value: '4', lab: 'LAB-B', order: 'O5' })
  const report = await reportWithholding(world, `code like '%59261-8' and source <> 'lab-a' or code like '%XYZ'`)
  expect(await touchedBy(world.db, report)).toEqual({
    measured: [
      { name: 'hba1c', records: 3, newlyWithheld: 1, newlyVisible: 0 },
      { name: expect.stringContaining('XYZ'), records: 1, newlyWithheld: 1, newlyVisible: 0 },
    ],
    laboratories: [{ name: 'lab-b', records: 3, newlyWithheld: 2, newlyVisible: 0 }],
    practices: [
      { practice: 'praktijk-noord', enrolled: 1, patients: 1, newlyWithheld: 1, newlyVisible: 0 },
      { practice: 'praktijk-zuid', enrolled: 1, patients: 1, newlyWithheld: 1, newlyVisible: 0 },
    ],
  })
})

test('examples of a report are of every source it touches, not of the first alone', async () => {
  const world = await makeCareWorld()
  for (const order of ['O1', 'O2', 'O3', 'O4']) await world.send({ value: '50', order })
  await world.query(
    `insert into sender (id, client_id, name, kind, public_keys) values (9, 'late', 'Late Lab', 'laboratory', '[]')`,
  )
  const report = await reportWithholding(world, 'true')
  await world.query(`update impact_change set sender_id = 9
    where record = (select max(record) from impact_change)`)
  const shown = await impactExamples(world.db, report, 'lab')
  expect(shown).toHaveLength(3)
  expect(shown.filter(({ sender }) => sender === 'Late Lab')).toHaveLength(1)
})
