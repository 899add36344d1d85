import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { webhookSigner } from '../shared/callbacks.ts'
import { type Stage, delivery, onStage, secret, until } from '../testing/simulator.ts'

const path = '/fhir/results'
const body = '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Observation"}}]}'
const sha256 = createHash('sha256').update(body).digest('hex')
let sim: Stage['sim']
let hub: Stage['hub']

onStage('sciensano', (stage) => ({ sim, hub } = stage))

const counts = async (): Promise<unknown> => (await sim.control('GET /control')).body['counts']

test('acknowledges in the answer, with the hash of what it stored', async () => {
  const id = randomUUID()
  const answer = await sim.post(path, body, delivery(id))
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({ deliveryId: id, state: 'acknowledged', sha256, reference: expect.any(String) })
  expect((await sim.get(`/deliveries/${id}`)).body).toEqual(answer.body)
})

test('the same delivery twice is one effect and the same answer', async () => {
  const headers = delivery()
  const first = await sim.post(path, body, headers)
  expect((await sim.post(path, body, headers)).body).toEqual(first.body)
  expect(await counts()).toMatchObject({ posts: 2, effects: 1, acknowledged: 1 })
})

test('says of a delivery it never saw that it is unknown, and knows only the agreed secret', async () => {
  const id = randomUUID()
  expect(await sim.get(`/deliveries/${id}`)).toMatchObject({ status: 404, body: { deliveryId: id, state: 'unknown' } })
  expect((await sim.post(path, body, { ...delivery(), authorization: 'Bearer other' })).status).toBe(401)
  expect((await sim.post(path, body, { 'sluis-delivery-id': 'seven' })).status).toBe(400)
  expect((await sim.post(path, 'x'.repeat(2_000_000), delivery())).status).toBe(413)
  expect(await counts()).toMatchObject({ posts: 0 })
})

test('counts for the day of the hub, in Brussels', async () => {
  await sim.post(path, body, delivery(randomUUID(), '2022-07-01T21:59:00Z'))
  await sim.post(path, body, delivery(randomUUID(), '2022-07-01T22:01:00Z'))
  expect((await sim.get('/account?day=2022-07-01')).body).toMatchObject({ posts: 1, acknowledged: 1 })
  expect((await sim.get('/account')).body).toMatchObject({ posts: 2, acknowledged: 2 })
})

test('refuses what is no result, and stays with it', async () => {
  const headers = delivery()
  const refused = await sim.post(path, '{"resourceType":"Patient"}', headers)
  expect(refused).toMatchObject({ status: 422, body: { state: 'refused', code: 'not-a-result' } })
  expect((await sim.post(path, body, headers)).status).toBe(422)
  expect(await counts()).toMatchObject({ posts: 2, effects: 0, refused: 1 })
})

test.each([500, 503, 429])('status %i is answered without acting', async (status) => {
  await sim.control('PUT /control/faults', { status })
  const answer = await sim.post(path, body)
  expect(answer.status).toBe(status)
  expect(answer.headers.has('retry-after')).toBe(status !== 500)
  expect(await counts()).toMatchObject({ posts: 1, effects: 0, acknowledged: 0 })
})

test('failShare, refuseShare, cutShare and gatewayShare concern that share of the posts', async () => {
  await sim.control('PUT /control/faults', { failShare: 0.5 })
  const failed = await statuses(60)
  expect(failed.filter((status) => status === 500).length).toBeGreaterThan(10)
  expect(failed.filter((status) => status === 200).length).toBeGreaterThan(10)
  await sim.control('PUT /control/faults', { refuseShare: 1 })
  expect(await statuses(3)).toEqual([422, 422, 422])
  await sim.control('PUT /control/faults', { cutShare: 1 })
  const headers = delivery()
  await expect(sim.post(path, body, headers)).rejects.toThrow()
  await sim.control('PUT /control/faults', { gatewayShare: 1 })
  const after = delivery()
  expect((await sim.post(path, body, after)).status).toBe(504)
  await sim.control('PUT /control/faults', {})
  for (const { 'sluis-delivery-id': id } of [headers, after])
    expect((await sim.get(`/deliveries/${id}`)).body).toMatchObject({ state: 'acknowledged' })
})

test('down refuses connections on the same port; up takes them again', async () => {
  const { port } = sim.ready()
  await sim.control('PUT /control/faults', { line: 'down' })
  await expect(sim.post(path, body)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  await sim.control('PUT /control/faults', {})
  expect(sim.ready().port).toBe(port)
  expect((await sim.post(path, body)).status).toBe(200)
})

test('half-open takes bytes and answers nothing, on old connections and new ones', async () => {
  await sim.post(path, body)
  await sim.control('PUT /control/faults', { line: 'half-open' })
  for (let i = 0; i < 2; i++) {
    await expect(sim.post(path, body, delivery(), 400)).rejects.toMatchObject({ name: 'TimeoutError' })
  }
  expect(await counts()).toMatchObject({ posts: 1, effects: 1 })
})

test('a connection that was taken by a half-open line does not outlive it', async () => {
  await sim.control('PUT /control/faults', { line: 'half-open' })
  const socket = connect(sim.ready().port, '127.0.0.1')
  const ended = new Promise((resolve) => socket.on('error', resolve).on('close', resolve))
  await once(socket, 'connect')
  await sim.control('PUT /control/faults', {})
  await ended
  expect((await sim.post(path, body)).status).toBe(200)
})

test('a restart cuts the line for a while and forgets nothing', async () => {
  const headers = delivery()
  const before = await sim.post(path, body, headers)
  await sim.control('POST /control/restart', { downMs: 150 })
  await expect(sim.post(path, body)).rejects.toThrow()
  await until(async () => ((await sim.control('GET /control')).body['faults'] as { line: string }).line === 'up')
  expect((await sim.post(path, body, headers)).body).toEqual(before.body)
  expect(await counts()).toMatchObject({ posts: 2, effects: 1 })
})

test('a slow one has acted before it answers', async () => {
  await sim.control('PUT /control/faults', { delayMs: 300, jitterMs: 50 })
  const answer = sim.post(path, body)
  await until(async () => ((await counts()) as { effects: number }).effects === 1)
  expect((await answer).status).toBe(200)
})

test('missing: 2xx without an acknowledgement, which asking finds', async () => {
  await sim.control('PUT /control/faults', { acknowledge: 'missing' })
  const id = randomUUID()
  expect(await sim.post(path, body, delivery(id))).toMatchObject({ status: 200, body: {} })
  expect((await sim.get(`/deliveries/${id}`)).body).toMatchObject({ deliveryId: id, state: 'acknowledged', sha256 })
})

test('late: a ticket first, the signed acknowledgement afterwards', async () => {
  await sim.control('PUT /control/faults', { acknowledge: 'late', lateMs: 200 })
  const id = randomUUID()
  expect(await sim.post(path, body, delivery(id))).toMatchObject({
    status: 202,
    body: { deliveryId: id, state: 'pending' },
  })
  expect((await sim.get('/account')).body).toMatchObject({ pending: 1, acknowledged: 0 })
  await until(() => hub.heard.length === 1)
  const heard = hub.heard[0]
  expect(heard?.path).toBe('/acknowledgements')
  const told = webhookSigner(secret).verify(heard?.body ?? '', heard?.headers as Record<string, string>)
  expect(told).toMatchObject({ destination: 'sciensano', deliveryId: id, state: 'acknowledged', sha256 })
  expect((await sim.get('/account')).body).toMatchObject({ pending: 0, acknowledged: 1 })
})

test('twice: the acknowledgement comes as the answer and as a callback', async () => {
  await sim.control('PUT /control/faults', { acknowledge: 'twice' })
  const answer = await sim.post(path, body)
  await until(() => hub.heard.length === 1)
  expect(JSON.parse(hub.heard[0]?.body ?? '')).toMatchObject(answer.body)
})

test('other-record and wrong-hash: the answer does not fit, the truth is there for who asks', async () => {
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()]
  await sim.post(path, body, delivery(first))
  await sim.control('PUT /control/faults', { acknowledge: 'other-record' })
  expect((await sim.post(path, body, delivery(second))).body).toMatchObject({
    deliveryId: first,
    state: 'acknowledged',
  })
  await sim.control('PUT /control/faults', { acknowledge: 'wrong-hash' })
  expect((await sim.post(path, body, delivery(third))).body['sha256']).not.toBe(sha256)
  for (const id of [second, third]) {
    expect((await sim.get(`/deliveries/${id}`)).body).toMatchObject({ deliveryId: id, sha256 })
  }
})

test('a clock that is off shows in its times', async () => {
  await sim.control('PUT /control/faults', { clockOffsetMs: -86_400_000 })
  const told = String((await sim.post(path, body)).body['acknowledgedAt'])
  expect(Date.now() - Date.parse(told)).toBeGreaterThan(86_000_000)
})

test('a fault that does not exist is told and changes nothing', async () => {
  expect((await sim.control('PUT /control/faults', { delay: 5 })).status).toBe(400)
  expect((await sim.control('PUT /control/faults', { failShare: 2 })).status).toBe(400)
  expect((await sim.control('PUT /control/nothing', {})).status).toBe(404)
})

test('killed and started again it still knows what it did', async () => {
  const headers = delivery()
  const before = await sim.post(path, body, headers)
  const account = (await sim.get('/account')).body
  const { pid } = sim.ready()
  process.kill(pid, 'SIGKILL')
  await until(() => sim.ready().pid !== pid)
  expect((await sim.get('/account')).body).toEqual(account)
  expect((await sim.post(path, body, headers)).body).toEqual(before.body)
  expect(await counts()).toMatchObject({ posts: 2, effects: 1 })
})

async function statuses(times: number): Promise<number[]> {
  return Promise.all(Array.from({ length: times }, async () => (await sim.post(path, body)).status))
}
