import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeClient, registerSender, type Client } from '../../src/access/clients.ts'
import { ensureDevelopmentClient, readClientFile } from '../../src/access/development-client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { assertionOf, formOf, open, refusal, removable, temporaryFolder } from './support.ts'

let database: TestDatabase
let db: ReturnType<typeof removable>
let client: Client

beforeAll(async () => {
  database = await createTestDatabase()
  db = removable(database.url)
  client = await makeClient('pharmacy')
  await registerSender(db, { clientId: client.clientId, name: 'A', kind: 'pharmacy', publicJwks: [client.publicJwk] })
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

test('restarted without the database, a node still knows its clients, and tells others to come back', async () => {
  await using folder = await temporaryFolder()
  await (await open(db, folder.path)).close()
  db.away = true
  const node = await open(db, folder.path)
  const form = formOf(await assertionOf(client))
  const { access_token } = await node.issueToken(form)
  expect(await node.verifyAccess(`Bearer ${access_token}`)).toMatchObject({ clientId: client.clientId })
  expect((await refusal(() => node.issueToken(form))).code).toBe('assertion-used')
  const stranger = await makeClient('new')
  const strange = formOf(await assertionOf(stranger))
  expect((await refusal(() => node.issueToken(strange))).code).toBe('client-unknown-now')
  expect(await node.refresh()).toBe(false)

  db.away = false
  expect(await node.refresh()).toBe(true)
  await using otherFolder = await temporaryFolder()
  const other = await open(db, otherFolder.path)
  expect((await refusal(() => other.issueToken(form))).code).toBe('assertion-used')
  expect(await other.verifyAccess(`Bearer ${access_token}`)).toMatchObject({ clientId: client.clientId })
  expect((await refusal(() => node.issueToken(strange))).code).toBe('client-unknown')
  await node.close()
  await other.close()
})

test('a sender first seen since the last refresh is in the snapshot of a node that stops', async () => {
  await using folder = await temporaryFolder()
  const node = await open(db, folder.path)
  const late = await makeClient('late')
  await registerSender(db, { clientId: late.clientId, name: 'A', kind: 'pharmacy', publicJwks: [late.publicJwk] })
  await node.issueToken(formOf(await assertionOf(late)))
  await node.close()
  db.away = true
  const again = await open(db, folder.path)
  await expect(again.issueToken(formOf(await assertionOf(late)))).resolves.toBeDefined()
  await again.close()
  db.away = false
})

test('without snapshot and database everybody is told to come back, until the database is there', async () => {
  await using folder = await temporaryFolder()
  db.away = true
  const node = await open(db, folder.path)
  const first = formOf(await assertionOf(client))
  expect((await refusal(() => node.issueToken(first))).code).toBe('client-unknown-now')
  db.away = false
  await expect(node.issueToken(formOf(await assertionOf(client)))).resolves.toBeDefined()
  await node.close()
})

test('a token signed by a key another node made meanwhile is known', async () => {
  const base = await createTestDatabase()
  const early = removable(base.url)
  await using one = await temporaryFolder()
  await using two = await temporaryFolder()
  await registerSender(early, {
    clientId: client.clientId,
    name: 'A',
    kind: 'pharmacy',
    publicJwks: [client.publicJwk],
  })
  early.away = true
  const waiting = await open(early, one.path)
  early.away = false
  const signing = await open(early, two.path)
  const { access_token } = await signing.issueToken(formOf(await assertionOf(client)))
  expect(await waiting.verifyAccess(`Bearer ${access_token}`)).toMatchObject({ clientId: client.clientId })
  await waiting.close()
  await signing.close()
  await early.close()
  await base.drop()
})

test('the snapshot shows nothing and cannot be swapped; a spoiled one is as none', async () => {
  await using folder = await temporaryFolder()
  await (await open(db, folder.path)).close()
  const file = join(folder.path, 'access-cache')
  const bytes = await readFile(file)
  expect(bytes.includes(client.clientId)).toBe(false)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  bytes[60]! ^= 1
  await writeFile(file, bytes)
  db.away = true
  const node = await open(db, folder.path)
  const form = formOf(await assertionOf(client))
  expect((await refusal(() => node.issueToken(form))).code).toBe('client-unknown-now')
  db.away = false
  await node.close()
})

test('the development client is made once, kept to its owner, and registered again in a new database', async () => {
  await using folder = await temporaryFolder()
  const first = await ensureDevelopmentClient(db, folder.path)
  const second = await ensureDevelopmentClient(db, folder.path)
  expect([first.made, second.made]).toEqual([true, false])
  expect(second.sender).toEqual(first.sender)
  expect((await stat(first.file)).mode & 0o777).toBe(0o600)
  const base = await createTestDatabase()
  const fresh = removable(base.url)
  const again = await ensureDevelopmentClient(fresh, folder.path)
  expect(again.sender.clientId).toBe(first.sender.clientId)
  const node = await open(fresh, folder.path)
  const kept = await readClientFile(first.file)
  const form = formOf(await assertionOf({ ...kept!, publicJwk: {} }))
  await expect(node.issueToken(form)).resolves.toMatchObject({ token_type: 'Bearer' })
  await node.close()
  await fresh.close()
  await base.drop()
})
