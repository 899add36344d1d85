import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { checkingStage } from '../../src/checking/check.ts'
import { formatNamed } from '../../src/formats/registry.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { makeBell } from '../../src/ledger/bell.ts'
import { workOnce } from '../../src/ledger/stage.ts'
import { readingStage } from '../../src/reading/read.ts'
import { connect } from '../../src/store/connect.ts'
import { makePackWorld, testPack } from './world.ts'

test('a batch that waits for its judge longer than a transaction may be silent is done, and done once', async () => {
  const world = await makePackWorld()
  const { vault, ruleSets } = world
  const idleTimeout = 4_000
  const db = connect({ url: world.url, connections: 2, idleTimeout })
  onTestFinished(() => db.close())
  await world.set(testPack('1.0.0', [{ id: 'never', expr: 'false' }]), 'active')
  await world.arrive(1, 2)
  const deps = { db, bell: makeBell(), log: silentLog }
  while (await workOnce(deps, readingStage({ vault, node: 'test', formatNamed }, 'eforms')));
  let asked = 0
  const judge: typeof world.judge = async (pack, subjects) => {
    asked += 1
    // As with all threads busy: nothing is asked of the database by this batch until it has its verdicts.
    await sleep(idleTimeout + 1_500)
    return world.judge(pack, subjects)
  }
  expect(await workOnce(deps, checkingStage({ vault, node: 'test', ruleSets, judge }, 'eforms'))).toBe(true)
  expect(asked).toBe(1)
  expect(await world.count('select count(distinct record)::int as n from withheld')).toBe(2)
}, 30_000)
