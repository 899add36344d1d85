import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Stage, delivery, onStage, startListeningHub, until } from '../testing/simulator.ts'

const path = '/vaccinations'
const body = '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Immunization"}}]}'
let sim: Stage['sim']
let hub: Stage['hub']

onStage('vaccinnet', (stage) => ({ sim, hub } = stage))

test('gives a ticket, later the result: to who asks, and as a callback', async () => {
  const id = randomUUID()
  expect(await sim.post(path, body, delivery(id))).toMatchObject({
    status: 202,
    body: { deliveryId: id, state: 'pending' },
  })
  expect((await sim.get(`/deliveries/${id}`)).body).toMatchObject({ state: 'pending' })
  await until(() => hub.heard.length === 1)
  expect(JSON.parse(hub.heard[0]?.body ?? '')).toMatchObject({ destination: 'vaccinnet', deliveryId: id })
  expect((await sim.get(`/deliveries/${id}`)).body).toMatchObject({ deliveryId: id, state: 'acknowledged' })
})

test('does not deduplicate: posted twice it is twice in the register', async () => {
  const id = randomUUID()
  await sim.post(path, body, delivery(id))
  await sim.post(path, body, delivery(id))
  expect((await sim.control('GET /control/effects?atLeast=2')).body['effects']).toEqual([{ deliveryId: id, times: 2 }])
  await until(async () => (await sim.get('/account')).body['acknowledged'] === 1)
  expect((await sim.get('/account')).body).toMatchObject({ posts: 2, effects: 2, acknowledged: 1 })
})

test('a hub that has no time for a callback hears it again, with the same webhook id', async () => {
  hub.status = 503
  await sim.post(path, body)
  await until(() => hub.heard.length === 1)
  hub.status = 204
  await until(() => hub.heard.length === 2)
  expect(hub.heard[1]?.headers['webhook-id']).toBe(hub.heard[0]?.headers['webhook-id'])
})

test('the hub may be named later', async () => {
  await sim.control('PUT /control/hub', { hub: 'http://127.0.0.1:9' })
  await sim.post(path, body)
  const other = await startListeningHub()
  await sim.control('PUT /control/hub', { hub: `${other.url},${hub.url}` })
  await until(() => other.heard.length + hub.heard.length > 0)
  other.close()
})

test('twice: two callbacks; missing: none, and the result is there for who asks', async () => {
  await sim.control('PUT /control/faults', { acknowledge: 'twice' })
  await sim.post(path, body)
  await until(() => hub.heard.length === 2)
  await sim.control('PUT /control/faults', { acknowledge: 'missing' })
  const id = randomUUID()
  expect(await sim.post(path, body, delivery(id))).toMatchObject({ status: 200, body: {} })
  // Settled in its books: from then on a callback can no longer come.
  await until(async () => (await sim.get('/account')).body['acknowledged'] === 2)
  expect((await sim.get(`/deliveries/${id}`)).body['state']).toBe('acknowledged')
  await sim.control('PUT /control/faults', {})
  await sim.post(path, body)
  await until(() => hub.heard.length >= 3)
  expect(hub.heard.filter((one) => one.body.includes(id))).toEqual([])
})
