import { expect, test } from 'vitest'
import { workOnReports } from '../../src/checking/regular.ts'
import { setCheckSchedule } from '../../src/store/check-schedules.ts'
import { reports } from '../../src/store/impact.ts'
import { makePackWorld, testPack } from './world.ts'

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
