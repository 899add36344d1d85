import { expect, test } from 'vitest'
import { evaluateItems } from '../../src/care/evaluate.ts'
import { readIdentifier } from '../../src/care/enrol-file.ts'
import { identifierIndex } from '../../src/ledger/patient.ts'
import { daysAgo, makeCareWorld, patientOne, type CareWorld, type Sent } from './world.ts'

/** One HbA1c of 60 days ago, and then more results of another kind than are looked at of any one kind. */
async function crowded(more: Partial<Sent>): Promise<CareWorld> {
  const world = await makeCareWorld()
  await world.enrol()
  await world.send({ value: '50', collected: daysAgo(60) })
  const others = Array.from({ length: 210 }, (_, at): Sent => {
    const collected = daysAgo(1 + Math.floor(at / 4), `0${1 + (at % 4)}00`)
    return { order: `B${at}`, collected, ...more }
  })
  await world.send(...others)
  await world.keep()
  return world
}

/** How items stand when they are evaluated together. */
async function evaluated(world: CareWorld, items: readonly string[]): Promise<Record<string, string>> {
  const patient = identifierIndex(world.deps.vault.keys, readIdentifier(patientOne), '')
  const keys = items.map((item) => ({ patient, monitor: 'diabetes-cvrm', item }))
  const { evaluated: all } = await evaluateItems(world.deps, world.db, keys, { now: new Date(), mark: 0 })
  return Object.fromEntries(all.map(({ item, evaluation }) => [item, evaluation.state]))
}

const bloodPressure = { code: '8480-6', value: '125', unit: 'mm[Hg]' }

test('what is measured every day does not push out what is measured once a year, whichever items are looked at together', async () => {
  const world = await crowded(bloodPressure)
  const items = world.deps.definitions.find(({ name }) => name === 'diabetes-cvrm')!.items.map(({ id }) => id)
  expect(await evaluated(world, ['hba1c'])).toEqual({ hba1c: 'green' })
  expect(await evaluated(world, items)).toMatchObject({ hba1c: 'green', systolic: 'green', ldl: 'unknown' })
  expect(await world.shown('hba1c')).toMatchObject({ state: 'green', evidence: [{ original: '50 mmol/mol' }] })
  expect(await world.shown('systolic')).toMatchObject({ state: 'green' })
})

test('nor does it while the index of results follows a change of tables', async () => {
  // Nothing a monitor asks for, under any tables.
  const world = await crowded({ code: '2345-7', value: '90', unit: 'mg/dL' })
  await world.query(
    `with s as (insert into setting (kind, name, body, sha256, created_by) values ('pack', 'x', '{}', '\\x00', 'test') returning id),
      a as (insert into activation (setting, mode, actor, why) select id, 'shadow', 'test', 'test' from s returning id)
    insert into tables_change (activation, sender_id) select id, 0 from a`,
  )
  expect(await evaluated(world, ['hba1c'])).toEqual({ hba1c: 'green' })
  expect(await world.shown('hba1c')).toMatchObject({ state: 'green' })
})
