import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { keepAhead, type Ahead } from '../../src/delivery/ahead.ts'
import { openLetterDesk, type LetterDesk } from '../../src/delivery/letter-desk.ts'
import { transportKinds } from '../../src/delivery/transports/kinds.ts'
import { seal } from '../../src/kernel/keys.ts'
import { namedUuid, recordName } from '../../src/kernel/ids.ts'
import { openVault, type Vault } from '../../src/ledger/vault.ts'
import type { Database } from '../../src/store/connect.ts'
import type { ClaimedDelivery } from '../../src/store/delivery-claimed.ts'
import { makeRecord } from './world.ts'

// Letters of a backlog are written in a thread: the same bytes, whatever happens to it.

const key = { id: 7, key: randomBytes(32) }
const record = makeRecord({ result: 'negative' })

/** A vault that has one key at hand; what it opens is real. */
function vaultOf(): Vault {
  const vault = openVault({} as Database, randomBytes(32))
  return {
    ...vault,
    byId: (id) => (id === key.id ? Promise.resolve(key) : Promise.reject(new Error('no such key'))),
  }
}

function claimedOf(place: number, over: Partial<ClaimedDelivery> = {}): ClaimedDelivery {
  const receipt = namedUuid('letters', place)
  const content = seal(key.key, Buffer.from(JSON.stringify(record)), recordName(receipt, 0)).toString('base64')
  return {
    id: place,
    uid: namedUuid('delivery', place),
    purpose: 'result',
    service: 'eforms',
    formKind: 'rapid-test',
    record: place,
    receipt,
    ordinal: 0,
    receivedAt: new Date('2022-07-01T07:15:00Z'),
    traceparent: null,
    replaces: null,
    uvci: null,
    state: 'waiting',
    urgent: false,
    held: false,
    expired: false,
    attempts: 0,
    bodySha256: null,
    lastCode: null,
    content,
    dataKey: key.id,
    ...over,
  }
}

const many = (over: (place: number) => Partial<ClaimedDelivery> = () => ({})): ClaimedDelivery[] =>
  Array.from({ length: 80 }, (_, place) => claimedOf(place, over(place)))

function openDesk(): LetterDesk {
  const desk = openLetterDesk(vaultOf())
  onTestFinished(() => desk.close())
  return desk
}

const writtenHere = ({ uid, purpose, receipt, receivedAt }: ClaimedDelivery) =>
  transportKinds['fhir-http'].write({
    uid,
    purpose,
    receivedAt,
    recordName: recordName(receipt, 0),
    traceparent: null,
    record: structuredClone(record),
    replaces: null,
    earlier: null,
    uvci: null,
  })

test('the thread writes the letters that the sender would write, and the record can be opened again', async () => {
  const claimed = many()
  const written = await openDesk().write('fhir-http', claimed)
  expect(written.map((one) => one?.letter)).toEqual(claimed.map(writtenHere))
  expect(written.at(-1)?.open()).toEqual(JSON.parse(JSON.stringify(record)))
})

test('what cannot be written there is left to the sender, and nothing else is', async () => {
  const moved = claimedOf(9).content
  const over: Partial<ClaimedDelivery>[] = [
    { content: null, dataKey: null },
    { content: moved },
    { dataKey: 8 },
    { replaces: 'another.0' },
    { content: 'bm90IHNlYWxlZA==' },
  ]
  const written = await openDesk().write(
    'fhir-http',
    many((place) => over[place] ?? {}),
  )
  expect(written.slice(0, 5)).toEqual([null, null, null, null, null])
  expect(written.slice(5).every((one) => one !== null)).toBe(true)
})

test('a record that stands for nothing at this destination is left to the sender', async () => {
  const written = await openDesk().write('async-result', many())
  expect(written.every((one) => one === null)).toBe(true)
})

test('a desk that is closed meanwhile, or was, writes nothing', async () => {
  const desk = openDesk()
  const asked = desk.write('fhir-http', many())
  await desk.close()
  expect((await asked).every((one) => one === null)).toBe(true)
  expect((await desk.write('fhir-http', many())).every((one) => one === null)).toBe(true)
})

const ever = { steady: Infinity, wall: Infinity }

function aheadOf(letters: LetterDesk, over: { concurrency?: number; batch?: number } = {}): Ahead {
  return keepAhead({ transport: 'fhir-http', concurrency: 4, batch: 500, ...over }, letters, () => undefined)
}

test('what became urgent goes before what was claimed earlier', async () => {
  const ahead = aheadOf(openDesk())
  ahead.add(many(), 'lease', ever)
  await ahead.written()
  ahead.add([claimedOf(100, { urgent: true }), claimedOf(101)], 'lease', ever)
  await ahead.written()
  expect(
    [ahead.next(), ahead.next(), ahead.size()].map((one) => (typeof one === 'object' ? one.delivery.id : one)),
  ).toEqual([100, 0, 80])
  expect(ahead.takeAll().at(-1)?.delivery.id).toBe(101)
})

test('as many as there are connections are enough until it is known how fast they go', async () => {
  const ahead = aheadOf(openDesk())
  expect(ahead.isEnough()).toBe(false)
  ahead.add(many().slice(0, 4), 'lease', ever)
  await ahead.written()
  expect(ahead.isEnough()).toBe(true)
  ahead.next()
  expect(ahead.isEnough()).toBe(false)
})

test('a claim that brings nothing leaves what is known of the pace as it is', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const ahead = aheadOf(openDesk())
  ahead.add(many().slice(0, 4), 'lease', ever)
  for (let taken = 0; taken < 4; taken += 1) ahead.next()
  vi.advanceTimersByTime(10)
  ahead.add(many().slice(0, 8), 'lease', ever)
  // 400 a second: a tenth of that is wanted ahead.
  expect(ahead.isEnough()).toBe(false)
  ahead.add([], 'lease', ever)
  expect(ahead.isEnough()).toBe(false)
})
