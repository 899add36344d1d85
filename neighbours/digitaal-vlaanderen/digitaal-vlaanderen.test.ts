import { createHash, randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readTrustedKey } from '../../src/certificates/trust.ts'
import { verifyCertificate } from '../../src/certificates/verify.ts'
import { delivery, newFolder, startSimulator, until, type Answer, type Simulator } from '../testing/simulator.ts'

const folder = newFolder()
let sim: Simulator

beforeAll(async () => {
  sim = await startSimulator('digitaal-vlaanderen', folder.path)
})
afterAll(async () => {
  await sim.stop()
  folder.remove()
})

interface Asked {
  readonly deliveryId?: string
  readonly recordId?: string
  readonly test?: object
  readonly more?: object
}

function askTest({ deliveryId = randomUUID(), recordId = randomUUID(), test: changes = {}, more = {} }: Asked = {}) {
  const test = {
    device: '1232',
    result: 'negative',
    sampledAt: '2022-07-01T09:12:00+02:00',
    centre: 'Apotheek',
    ...changes,
  }
  const person = { familyName: 'Peeters', givenName: 'Lieve', birthDate: '1980-02-03' }
  const body = { deliveryId, recordId, kind: 'test', person, test, vaccination: null, country: 'BE', ...more }
  return sim.post('/certificates', JSON.stringify(body), delivery(deliveryId))
}

function askVaccination(recordId: string): Promise<Answer> {
  const deliveryId = randomUUID()
  const person = { familyName: 'Peeters', givenName: 'Lieve', birthDate: '1980-02-03' }
  const vaccination = { product: 'EU/1/20/1528', dose: 3, doses: 3, vaccinatedOn: '2022-07-01' }
  const body = { deliveryId, recordId, kind: 'vaccination', person, test: null, vaccination, country: 'BE' }
  return sim.post('/certificates', JSON.stringify(body), delivery(deliveryId))
}

const certificateOf = (answer: Answer): { uvci: string; hc1: string; issuedAt: string } =>
  answer.body['certificate'] as { uvci: string; hc1: string; issuedAt: string }

const effects = async (): Promise<number> =>
  ((await sim.control('GET /control')).body['counts'] as { effects: number }).effects

test.each(['test', 'vaccination'])('makes a %s certificate that verifies with its published signer', async (kind) => {
  const answer = kind === 'test' ? await askTest() : await askVaccination(randomUUID())
  expect(answer).toMatchObject({ status: 200, body: { state: 'acknowledged', reference: certificateOf(answer).uvci } })
  const trust = (await sim.get('/trust')).body['certificates'] as string[]
  const keys = trust.map((der) => readTrustedKey(Buffer.from(der, 'base64'))).filter((key) => key !== null)
  expect(keys).toHaveLength(1)
  expect(verifyCertificate(certificateOf(answer).hc1, keys, new Date())).toMatchObject({ valid: true })
})

test('one certificate for a record for ever, whoever asks again', async () => {
  const recordId = randomUUID()
  const first = await askTest({ recordId })
  const before = await effects()
  const second = await askTest({ recordId })
  expect(certificateOf(second)).toEqual(certificateOf(first))
  expect(second.body['deliveryId']).not.toBe(first.body['deliveryId'])
  expect(await effects()).toBe(before)
  const asked = await sim.get(`/deliveries/${String(second.body['deliveryId'])}`)
  expect(asked.body).toEqual(second.body)
})

test.each([
  ['result-not-negative', { test: { result: 'positive' } }],
  ['code-not-issued', { test: { device: '0' } }],
  ['time-unreadable', { test: { sampledAt: 'yesterday' } }],
  ['request-unreadable', { more: { person: null } }],
  ['request-unreadable', { more: { deliveryId: randomUUID() } }],
])('refuses: %s', async (code, asked) => {
  expect(await askTest(asked)).toMatchObject({ status: 422, body: { state: 'refused', code } })
})

test('a body that is no JSON is refused', async () => {
  expect(await sim.post('/certificates', '{', delivery())).toMatchObject({
    status: 422,
    body: { code: 'request-unreadable' },
  })
})

test('revokes what it made, once, and publishes it', async () => {
  const recordId = randomUUID()
  const { uvci } = certificateOf(await askTest({ recordId }))
  const revoke = (changes: object): Promise<Answer> => {
    const deliveryId = randomUUID()
    const body = JSON.stringify({ deliveryId, recordId, uvci, reason: 'corrected', ...changes })
    return sim.post('/revocations', body, delivery(deliveryId))
  }
  expect(await revoke({ recordId: randomUUID() })).toMatchObject({ status: 422, body: { code: 'certificate-unknown' } })
  const before = await effects()
  for (let i = 0; i < 2; i++) expect(await revoke({})).toMatchObject({ status: 200, body: { state: 'acknowledged' } })
  expect(await effects()).toBe(before + 1)
  const hash = createHash('sha256').update(uvci).digest().subarray(0, 16).toString('base64')
  expect((await sim.get('/revocation-list')).body['entries']).toEqual([{ type: 'UCI', hash }])
})

test('a clock that is off does not make certificates outside the life of their signer', async () => {
  await sim.control('PUT /control/faults', { clockOffsetMs: -10 * 86_400_000 })
  const answer = await askTest()
  await sim.control('PUT /control/faults', {})
  expect(answer.status).toBe(200)
  expect(Date.now() - Date.parse(certificateOf(answer).issuedAt)).toBeGreaterThan(80_000_000)
})

test('killed in the middle of a line it keeps its keys, its certificates and its revocations', async () => {
  const recordId = randomUUID()
  const first = await askTest({ recordId })
  const [trust, list] = [(await sim.get('/trust')).body, (await sim.get('/revocation-list')).body]
  const { pid } = sim.ready()
  process.kill(pid, 'SIGKILL')
  appendFileSync(join(folder.path, 'digitaal-vlaanderen', 'certificates.jsonl'), '{"state":"ma')
  await until(() => sim.ready().pid !== pid)
  expect(certificateOf(await askTest({ recordId }))).toEqual(certificateOf(first))
  expect((await sim.get('/trust')).body).toEqual(trust)
  expect((await sim.get('/revocation-list')).body).toEqual(list)
  const fresh = randomUUID()
  expect(certificateOf(await askTest({ recordId: fresh }))).toEqual(certificateOf(await askTest({ recordId: fresh })))
})
