import { expect, test } from 'vitest'
import { openSigningKeys } from '../../src/access/signing-keys.ts'
import { createTestDatabase } from '../support/database.ts'
import { handClock, keys, refusal, removable } from './support.ts'

const day = 86_400

test('nodes share a key; after 30 days a new one signs and the old is accepted for one day more', async () => {
  const base = await createTestDatabase()
  const db = removable(base.url)
  const clock = handClock()
  const [one, two] = [await openSigningKeys({ db, keys, clock }, []), await openSigningKeys({ db, keys, clock }, [])]
  const first = await one.current()
  expect((await two.current()).kid).toBe(first.kid)
  clock.move(30 * day + 1)
  await one.refresh()
  const second = await one.current()
  expect(second.kid).not.toBe(first.kid)
  expect(await one.byId(first.kid)).toBeDefined()
  expect((await two.byId(second.kid))?.kid).toBe(second.kid)
  clock.move(day)
  await one.refresh()
  expect(await one.byId(first.kid)).toBeUndefined()
  const { rows } = await db.query<{ text: string }>({ text: 'select k::text as text from signing_key k' })
  expect(rows.map((row) => row.text).join()).not.toMatch(/"d"/)
  await db.close()
  await base.drop()
})

test('a key another node just made is known to all who come with it at once, and one look finds it', async () => {
  const base = await createTestDatabase()
  const db = removable(base.url)
  const clock = handClock()
  const maker = await openSigningKeys({ db, keys, clock }, [])
  let looks = 0
  const query: typeof db.query = (config) => ((looks += 1), db.query(config))
  const other = await openSigningKeys({ db: { ...db, query }, keys, clock }, [])
  const { kid } = await maker.current()
  const found = await Promise.all([1, 2, 3, 4].map(() => other.byId(kid)))
  expect(found.map((key) => key?.kid)).toEqual([kid, kid, kid, kid])
  expect(looks).toBe(1)
  expect(await Promise.all(['x', 'y'].map((unknown) => other.byId(unknown)))).toEqual([undefined, undefined])
  expect(looks).toBe(1)
  await db.close()
  await base.drop()
})

test('while the database is away nobody with an unknown key hears that the key is none of ours', async () => {
  const base = await createTestDatabase()
  const db = removable(base.url)
  db.away = true
  const none = await openSigningKeys({ db, keys, clock: handClock() }, [])
  const heard = await Promise.all([1, 2, 3].map(() => refusal(() => none.byId('x'))))
  expect(heard.map(({ code }) => code)).toEqual(Array(3).fill('client-unknown-now'))
  await db.close()
  await base.drop()
})

test('without any key nothing is signed, and the sender is told to come back', async () => {
  const base = await createTestDatabase()
  const db = removable(base.url)
  db.away = true
  const none = await openSigningKeys({ db, keys, clock: handClock() }, [])
  expect((await refusal(() => none.current())).code).toBe('client-unknown-now')
  expect((await refusal(() => none.byId('x'))).code).toBe('client-unknown-now')
  await db.close()
  await base.drop()
})
