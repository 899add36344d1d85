import { expect, test } from 'vitest'
import { decide } from '../../src/checking/withheld.ts'
import { describeTrace } from '../../src/commands/shared/describe-trace.ts'
import { toldTrace } from '../../src/commands/shared/told-trace.ts'
import { tellTrace } from '../../src/http/tell-trace.ts'
import { trace } from '../../src/ledger/trace.ts'
import { heldLines } from '../../src/store/holds.ts'
import { makePackWorld, testPack, type PackWorld } from './world.ts'

const strict = testPack('1.2.0', [{ id: 'nothing-passes', expr: 'false' }])

/** A message as `GET /messages/{receipt}` and `sluis trace` tell it. */
async function told(world: PackWorld) {
  const { rows } = await world.db.query<{ receipt: string }>({ text: 'select receipt from message_key limit 1' })
  const found = await trace(world, rows[0]!.receipt)
  const answer = toldTrace.parse(JSON.parse(JSON.stringify(tellTrace(found!, 'lab-b'))))
  return { answer, words: describeTrace(answer, { now: new Date(), language: 'en', obstacle: () => '' }) }
}

test('what a withheld record waits for is named: pack, version, rule and activation; afterwards the person who kept it', async () => {
  const world = await makePackWorld()
  const activation = await world.set(strict, 'active')
  await world.send(2, 1)
  const { answer, words } = await told(world)
  expect(answer.records[0]).toMatchObject({
    state: 'withheld',
    waitingFor: { what: 'release', pack: 'test-quality', version: '1.2.0', rule: 'nothing-passes', activation },
  })
  expect(words).toContain(`rule nothing-passes of test-quality 1.2.0 (activation ${activation})`)
  const [line, ...more] = await heldLines(world.db, null)
  expect(more).toEqual([])
  expect(line).toMatchObject({ count: 1, pack: 'test-quality', version: '1.2.0', rule: 'nothing-passes', activation })
  expect(await heldLines(world.db, line!.destination)).toHaveLength(1)
  expect(await heldLines(world.db, 'somewhere-else')).toEqual([])

  const choice = { clientId: null, pack: null, rule: null, records: null }
  await decide(world.db, { choice, decision: 'confirm', actor: 'lea', why: 'really wrong', expected: 1 })
  expect((await told(world)).words).toContain('by lea, who decided so')
  expect(await heldLines(world.db, null)).toMatchObject([{ activation: null, by: 'lea', count: 1 }])

  await decide(world.db, { choice, decision: 'release', actor: 'jan', why: 'right after all', expected: 1 })
  expect((await told(world)).answer.records[0]?.waitingFor).toMatchObject({ what: 'destination' })
  expect(await heldLines(world.db, null)).toEqual([])
})
