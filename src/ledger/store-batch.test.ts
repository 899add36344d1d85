import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.ts'
import { receiptNumber, sha256 } from '../kernel/ids.ts'
import { connect, type Database } from '../store/connect.ts'
import { findMessage } from '../store/messages.ts'
import { storeBatch, type Numbered } from './store-batch.ts'
import { openVault, type Vault } from './vault.ts'

let test_: TestDatabase
let db: Database
let vault: Vault

beforeAll(async () => {
  test_ = await createTestDatabase()
  db = connect({ url: test_.url, connections: 6 })
  vault = openVault(db, randomBytes(32))
})
afterAll(async () => {
  await db.close()
  await test_.drop()
})

function numbered(messageId: string, text: string, senderId = 1): Numbered {
  const body = Buffer.from(text)
  const hash = sha256(body)
  return {
    ...receiptNumber(vault.keys.receipt, senderId, messageId, hash),
    senderId,
    messageId,
    service: 'eforms',
    format: 'eform-json',
    receivedAt: new Date(),
    sha256: hash,
    body,
    traceparent: null,
  }
}

const count = async (table: string): Promise<number> =>
  (await db.query<{ n: number }>({ text: `select count(*) as n from ${table}` })).rows[0]!.n

describe('storeBatch', () => {
  test('stores message, key, step and entry together, and the body only encrypted', async () => {
    const arrival = numbered('first', 'Jan Peeters')
    const [outcome] = await storeBatch(db, vault, 'a', [arrival], 'stored')
    expect(outcome).toMatchObject({ state: 'accepted', receipt: arrival.receipt, level: 'stored', repeated: false })
    const stored = (await findMessage(db, arrival.receipt, arrival.prefix))!
    expect(stored.body.includes('Peeters')).toBe(false)
    expect(vault.unseal(await vault.byId(stored.dataKey), stored.body, stored.receipt).toString()).toBe('Jan Peeters')
    expect([await count('step'), await count('entry')]).toEqual([1, 1])
  })

  test('the same message twice is one: in one batch, later, and in two lanes at once', async () => {
    const twice = numbered('twice', 'x')
    const outcomes = await storeBatch(db, vault, 'a', [twice, twice], 'stored')
    expect(outcomes.map((o) => o.state === 'accepted' && o.repeated)).toEqual([false, true])
    const [later] = await storeBatch(db, vault, 'b', [twice], 'stored')
    expect(later).toMatchObject({
      state: 'accepted',
      receipt: twice.receipt,
      repeated: true,
      receivedAt: twice.receivedAt,
    })

    const many = Array.from({ length: 200 }, (_, i) => numbered(`lane-${i}`, `body ${i}`))
    const before = await count('message')
    const both = await Promise.all([
      storeBatch(db, vault, 'a', many, 'stored'),
      storeBatch(db, vault, 'b', [...many].reverse(), 'stored'),
    ])
    expect(await count('message')).toBe(before + 200)
    const repeated = both.flat().filter((o) => o.state === 'accepted' && o.repeated)
    expect(repeated).toHaveLength(200)
  })

  test('other bytes under the same id are a conflict, and both are kept', async () => {
    const one = numbered('conflict', 'one')
    const two = numbered('conflict', 'two')
    const [a, b] = await storeBatch(db, vault, 'a', [one, two], 'stored')
    expect(a).toMatchObject({ state: 'accepted', receipt: one.receipt })
    expect(b).toMatchObject({ state: 'conflict', receipt: two.receipt, firstReceipt: one.receipt })
    expect(b).toMatchObject({ receivedAt: two.receivedAt, repeated: false })
    const later = { ...two, receivedAt: new Date(two.receivedAt.getTime() + 60_000) }
    const [again] = await storeBatch(db, vault, 'a', [later], 'stored')
    expect(again).toMatchObject({ state: 'conflict', receipt: two.receipt, receivedAt: two.receivedAt, repeated: true })
    expect(await count('message_conflict')).toBe(1)
  })

  test('the same id of another sender is another message', async () => {
    const outcomes = await storeBatch(db, vault, 'a', [numbered('same', 'x', 1), numbered('same', 'x', 2)], 'stored')
    expect(outcomes.map((o) => o.state === 'accepted' && o.repeated)).toEqual([false, false])
  })

  test('in a batch of many kinds each keeps what is its own', async () => {
    const form = numbered('of a form', 'form é')
    const traced = { ...numbered('traced', 'traced'), traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
    const late = { ...numbered('late', 'late'), receivedAt: new Date('2021-06-30T22:00:00.123Z') }
    const lab = { ...numbered('von München, 12 €', '{MSH}'), service: 'lab', format: 'hl7v2' } as const
    const batch = [form, traced, late, lab]
    await storeBatch(db, vault, 'kinds', batch, 'stored')
    for (const arrival of batch) {
      const stored = (await findMessage(db, arrival.receipt, arrival.prefix))!
      const { service, format, receivedAt, senderId, messageId, traceparent, sha256: hash } = arrival
      expect(stored).toMatchObject({ service, format, receivedAt, senderId, messageId, sha256: hash, level: 'stored' })
      expect(vault.unseal(await vault.byId(stored.dataKey), stored.body, stored.receipt)).toEqual(arrival.body)
      const { rows } = await db.query<{ traceparent: string | null; size: number }>({
        text: 'select traceparent, size from message where receipt = $1',
        values: [arrival.receipt],
      })
      expect(rows).toEqual([{ traceparent, size: arrival.body.length }])
    }
  })

  test('one message the database cannot take does not take its neighbours down', async () => {
    const poison = { ...numbered('poison', 'x'), messageId: 'nul \u0000 inside' }
    const outcomes = await storeBatch(db, vault, 'a', [numbered('n1', '1'), poison, numbered('n2', '2')], 'stored')
    expect(outcomes.map((o) => o.state)).toEqual(['accepted', 'failed', 'accepted'])
  })

  test('when a look at who was there before fails, only those it is about fail', async () => {
    const [known, other, fresh] = [numbered('known', 'a'), numbered('known', 'b'), numbered('fresh', 'c')]
    await storeBatch(db, vault, 'a', [known], 'stored')
    const failing = (part: string): Database => ({
      ...db,
      query: (statement) =>
        statement.text.includes(part) ? Promise.reject(new Error('deadlock detected')) : db.query(statement),
    })
    const states = async (over: Database, batch: readonly Numbered[]) =>
      (await storeBatch(over, vault, 'a', batch, 'stored')).map(({ state }) => state)
    expect(await states(failing('insert into message_conflict'), [other, fresh])).toEqual(['failed', 'accepted'])
    const more = numbered('more', 'd')
    expect(await states(failing('k.sender_id as "senderId"'), [other, more])).toEqual(['failed', 'accepted'])
    expect(await states(failing('insert into message'), [numbered('none', 'e')])).toEqual(['failed'])
    expect(await states(db, [other, fresh, more])).toEqual(['conflict', 'accepted', 'accepted'])
  })
})
