import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newSetHash, setHashText, toggle } from '../shared/account.ts'
import { startAcceptingHub, type AcceptingHub } from '../testing/accepting-hub.ts'
import { newFolder, startSimulator, until, type Simulator } from '../testing/simulator.ts'
import type { PharmacyAccount } from './books.ts'

let folder: ReturnType<typeof newFolder>
let hub: AcceptingHub
let other: AcceptingHub
let sim: Simulator
const keys = [1, 2, 3].map((n) => ({
  clientId: `pharmacy-${n}`,
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }),
}))

beforeEach(async () => {
  folder = newFolder()
  hub = await startAcceptingHub()
  other = await startAcceptingHub()
  const clients = keys.map(({ clientId, privateKey }) => ({
    clientId,
    privateJwk: privateKey.export({ format: 'jwk' }),
    nihii: '20000142',
    name: 'Apotheek',
  }))
  const file = join(folder.path, 'clients.json')
  writeFileSync(file, JSON.stringify(clients))
  sim = await startSimulator('pharmacies', folder.path, [`--clients=${file}`])
  await sim.control('PUT /control/load', { ...calm, perSecond: 0 })
})
afterEach(async () => {
  await sim.stop()
  hub.close()
  other.close()
  folder.remove()
})

const calm = { faultyShare: 0, repeatShare: 0, conflictShare: 0, correctShare: 0 }
const account = async (): Promise<PharmacyAccount> =>
  (await sim.control('GET /control/account')).body as unknown as PharmacyAccount
const balances = (books: PharmacyAccount): boolean =>
  books.offered === books.receipts + books.conflicts + books.turnedAway + books.waiting

/** Lets about so many forms be made, then no more. */
async function make(forms: number, load: object = {}): Promise<void> {
  const before = (await account()).offered
  await sim.control('PUT /control/load', { ...calm, ...load, perSecond: 200 })
  await until(async () => (await account()).offered >= before + forms)
  await sim.control('PUT /control/load', { ...calm, perSecond: 0 })
}

async function receipts(query = ''): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`http://127.0.0.1:${sim.ready().controlPort}/control/receipts${query}`)
  const lines = (await answer.text()).split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('every form gets a receipt, and both sides count the same set', async () => {
  await sim.control('PUT /control/hub', { hub: hub.url })
  await make(30, { travellerShare: 0.5 })
  await until(async () => (await account()).waiting === 0)
  const books = await account()
  const set = newSetHash()
  for (const { receipt } of hub.messages.values()) toggle(set, receipt)
  expect(books).toMatchObject({ receipts: hub.messages.size, stored: hub.messages.size, broken: 0 })
  expect(books.setHash).toBe(setHashText(set))
  const held = new Set((await receipts()).map((line) => line['receipt']))
  expect(held).toEqual(new Set([...hub.messages.values()].map(({ receipt }) => receipt)))
  const travellers = await receipts('?traveller=true')
  expect(travellers.length).toBeGreaterThan(0)
  expect(travellers.length).toBeLessThan(books.receipts)
})

test('proves who it is with its own key, once for many forms', async () => {
  await sim.control('PUT /control/hub', { hub: hub.url })
  await make(20)
  await until(async () => (await account()).waiting === 0)
  expect(hub.assertions.length).toBeLessThanOrEqual(keys.length)
  for (const assertion of hub.assertions) {
    const { iss = '' } = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()) as {
      iss?: string
    }
    const jwk = keys.find(({ clientId }) => clientId === iss)?.publicKey.export({ format: 'jwk' }) ?? {}
    const { payload } = await jwtVerify(assertion, createLocalJWKSet({ keys: [jwk as { kty: string }] }), {
      audience: `${hub.url}/oauth/token`,
    })
    expect(payload).toMatchObject({ iss, sub: iss, jti: expect.any(String) })
  }
})

test('a hub that is away: forms wait, survive a kill, and go with the same id and bytes', async () => {
  await make(15)
  expect(await account()).toMatchObject({ receipts: 0 })
  const { offered, waiting } = await account()
  expect(waiting).toBe(offered)
  const { pid } = sim.ready()
  process.kill(pid, 'SIGKILL')
  await until(() => sim.ready().pid !== pid)
  await sim.control('PUT /control/load', { perSecond: 0 })
  hub.cutNext = 4
  await sim.control('PUT /control/hub', { hub: hub.url })
  await until(async () => (await account()).waiting === 0)
  const books = await account()
  expect(books.offered).toBeGreaterThanOrEqual(offered)
  expect(books).toMatchObject({ conflicts: 0, receipts: hub.messages.size, broken: 0 })
  const sentAgain = [...hub.messages.values()].reduce((sum, { times }) => sum + times - 1, 0)
  expect(sentAgain).toBe(4)
})

test('goes to the next node when one is gone', async () => {
  await sim.control('PUT /control/hub', { hub: `${hub.url},${other.url}` })
  await make(10)
  hub.close()
  await make(10)
  await until(async () => (await account()).waiting === 0)
  expect(await account()).toMatchObject({ receipts: hub.messages.size + other.messages.size })
})

test('503 waits in the queue; 403 is turned away and not sent again', async () => {
  hub.refuseWith = 503
  await sim.control('PUT /control/hub', { hub: hub.url })
  await make(5)
  await until(async () => (await account()).triedAgain > 2)
  expect(await account()).toMatchObject({ receipts: 0, turnedAway: 0 })
  hub.refuseWith = 403
  await until(async () => (await account()).waiting === 0)
  const books = await account()
  expect(books.turnedAway).toBe(books.offered)
  expect(balances(books)).toBe(true)
})

test('repeats get the same receipt, conflicts are told apart, and the books balance', async () => {
  await sim.control('PUT /control/hub', { hub: hub.url })
  await make(40, { repeatShare: 0.5, conflictShare: 0.3, faultyShare: 0.2, correctShare: 0.2 })
  await until(async () => (await account()).waiting === 0)
  const books = await account()
  expect(books.repeats).toBeGreaterThan(0)
  expect(books.conflicts).toBeGreaterThan(0)
  expect(books.broken).toBe(0)
  expect(balances(books)).toBe(true)
  expect(books.receipts).toBe(hub.messages.size)
  const bodies = [...hub.messages.values()].map(
    ({ body }) => JSON.parse(body) as { action?: string; replaces?: string },
  )
  const corrections = bodies.filter(({ action }) => action === 'correct')
  expect(corrections.length).toBeGreaterThan(0)
  for (const { replaces } of corrections) expect(hub.messages.has(replaces ?? '')).toBe(true)
})

test('reads its status feed by cursor, each event once', async () => {
  await sim.control('PUT /control/hub', { hub: hub.url })
  await until(async () => ((await account()).told['certified'] ?? 0) === keys.length)
})
