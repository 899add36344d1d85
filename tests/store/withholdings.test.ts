import { expect, test } from 'vitest'
import { decide } from '../../src/checking/withheld.ts'
import { withheldAmong } from '../../src/store/rule-refusals.ts'
import { makePackWorld, testPack } from '../checking/world.ts'

test('by which rules a record is withheld, each once, and under which activation; by none where a person withholds', async () => {
  const world = await makePackWorld()
  const never = (id: string) => ({ id, expr: "%source != 'lab-b'" })
  const activation = await world.set(testPack('1.0.0', [never('second'), never('first')]), 'active')
  await world.send(1, 2)
  await world.send(2, 2)
  const { rows } = await world.db.query<{ id: number }>({ text: 'select id from record order by id' })
  const [passed, confirmed, one, other] = rows.map(({ id }) => id)
  const withheld = { rules: ['first', 'second'], activation }
  expect(await withheldAmong(world.db, [passed!, one!])).toEqual(new Map([[one!, withheld]]))

  const choice = { clientId: null, pack: null, rule: null }
  const wish = { actor: 'lea', why: 'a test', expected: null }
  await decide(world.db, { ...wish, choice: { ...choice, records: [one!] }, decision: 'confirm' })
  await decide(world.db, { ...wish, choice: { ...choice, records: [other!] }, decision: 'release' })
  await world.db.query({
    text: `insert into override (record, service, received_at, sender_id, decision, actor, why)
      select id, service, received_at, sender_id, 'confirm', 'lea', 'a test' from record where id = $1`,
    values: [confirmed],
  })
  const byPerson = { rules: [], activation: null }
  const decided = new Map([
    [confirmed!, byPerson],
    [one!, byPerson],
  ])
  expect(await withheldAmong(world.db, [passed!, confirmed!, one!, other!])).toEqual(decided)
  await world.set(testPack('1.0.0', [never('second'), never('first')]), 'retired')
  expect(await withheldAmong(world.db, [confirmed!, one!])).toEqual(decided)
})
