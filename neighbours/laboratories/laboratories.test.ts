import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { readHl7v2 } from '../../src/formats/hl7v2/read.ts'
import { shippedSources } from '../../src/formats/hl7v2/sources.ts'
import { interpret } from '../../src/formats/lab/interpret.ts'
import type { ObservationContent } from '../../src/formats/lab/observation.ts'
import { formatFor } from '../../src/formats/registry.ts'
import { shippedTables } from '../../src/formats/lab/tables.ts'
import { startAcceptingHub, type AcceptingHub } from '../testing/accepting-hub.ts'
import { newFolder, startSimulator, until, type Simulator } from '../testing/simulator.ts'
import { analytes, mllpLaboratories } from './dialect.ts'
import { corrected, inventPatient, nextOrder, wrongPatient, type Order } from './order.ts'
import { writeBundle } from './bundle.ts'
import { writeOru } from './oru.ts'

const at = new Date('2026-06-15T10:00:00Z')
const random = seededRandom(3)
const order: Order = {
  laboratory: 'schelde',
  number: 'A1',
  patient: { ...inventPatient(random, at), familyName: 'Noël|Weiß' },
  takenAt: '2026-06-15T06:00:00Z',
  releasedAt: '2026-06-15T09:30:00Z',
  results: analytes.map((analyte, place) => ({ analyte, value: [52, 71, 2.2, 88, 6.1][place]! })),
  status: 'F',
}

function read(one: Order, faults = { wrongUnits: false }): ObservationContent[] {
  const reading = readHl7v2(shippedSources()).read(writeOru(one, 'C1', at, faults), { receivedAt: at })
  if (reading.state !== 'read') throw new Error(reading.state)
  return reading.records.map(({ content }) => content as ObservationContent)
}

describe.each(mllpLaboratories)('%s', (laboratory) => {
  test('is read under its own name, with every value where a monitor looks for it', () => {
    const results = read({ ...order, laboratory })
    const source = shippedSources().find(({ client }) => client === `laboratory-${laboratory}`)?.source
    expect(results.map((one) => one.source)).toEqual(analytes.map(() => source))
    const meant = results.map((one) => interpret(one, shippedTables()))
    expect(meant.map(({ analyte }) => analyte)).toEqual([
      'hba1c',
      'egfr',
      'ldl-cholesterol',
      'creatinine',
      'glucose-fasting',
    ])
    for (const [place, { canonical }] of meant.entries()) {
      const value = order.results[place]!.value
      expect(Math.abs(canonical!.value - value) / value).toBeLessThan(0.02)
    }
    expect(results[0]).toMatchObject({ patient: { familyName: 'Noël|Weiß' }, status: 'final' })
    expect(Date.parse(results[0]!.collectedAt!.at)).toBe(Date.parse(order.takenAt))
  })

  test('corrects under the key of the first, and takes back what was somebody else’s', () => {
    const [first] = read({ ...order, laboratory })
    const [second] = read(corrected({ ...order, laboratory }, random, at))
    expect(second).toMatchObject({ resultKey: first!.resultKey, status: 'corrected' })
    const [wrong, back, right] = wrongPatient({ ...order, laboratory }, inventPatient(random, at), at)
    expect(read(back)[0]).toMatchObject({ resultKey: read(wrong)[0]!.resultKey, status: 'wrong-patient' })
    expect(read(right)[0]).toMatchObject({ patient: { familyName: 'Noël|Weiß' }, status: 'final' })
  })
})

describe('dijle, through FHIR R4', () => {
  const bundle = (one: Order) => {
    const bytes = writeBundle(one, `D-${one.number}-${one.status}`, at, { wrongUnits: false })
    const reading = formatFor('application/fhir+json')!.read(bytes, { receivedAt: at })
    if (reading.state !== 'read') throw new Error(reading.state)
    return reading.records.map(({ content, faults }) => ({ content: content as ObservationContent, faults }))
  }
  const own = { ...order, laboratory: 'dijle' } as const

  test('is read without a fault under its own name, with every value where a monitor looks for it', () => {
    const results = bundle(own)
    expect(results.map(({ faults }) => faults)).toEqual(analytes.map(() => []))
    expect(results.map(({ content }) => content.source)).toEqual(analytes.map(() => 'labo-dijle'))
    expect(results.map(({ content }) => interpret(content, shippedTables()).canonical?.value)).toEqual(
      order.results.map(({ value }) => value),
    )
    expect(results[0]!.content.patient.familyName).toBe('Noël|Weiß')
  })

  test('corrects and takes back under the key of the first', () => {
    const [first] = bundle(own)
    const [second] = bundle(corrected(own, random, at))
    const [, back] = wrongPatient(own, own.patient, at)
    const { resultKey } = first!.content
    expect(second!.content).toMatchObject({ resultKey, status: 'corrected' })
    expect(bundle(back)[0]!.content).toMatchObject({ resultKey, status: 'entered-in-error' })
  })
})

test('a patient who is measured again has nearly the value of before', () => {
  const { patient } = order
  const values = Array.from({ length: 30 }, (_, n) => nextOrder('schelde', patient, `${n}`, random, at).results)
  for (const own of Map.groupBy(values.flat(), ({ analyte }) => analyte).values()) {
    const numbers = own.map(({ value }) => value)
    expect(Math.max(...numbers) / Math.min(...numbers)).toBeLessThan(1.2)
  }
})

test('a laboratory without the letters of a name writes the nearest it has', () => {
  const patient = { ...order.patient, familyName: 'Nguyễn', givenName: 'Søren' }
  expect(read({ ...order, laboratory: 'meuse', patient })[0]!.patient).toMatchObject({
    familyName: 'Nguyen',
    givenName: 'Søren',
  })
  expect(read({ ...order, patient })[0]!.patient).toMatchObject({ familyName: 'Nguyễn' })
})

test('wrong units change what is written and not the numbers', () => {
  const [right] = read(order)
  const [wrong] = read(order, { wrongUnits: true })
  expect(wrong!.value).toMatchObject({ original: '52', unit: { text: 'mg/dL' } })
  expect(right!.value).toMatchObject({ original: '52', unit: { text: 'mmol/mol' } })
})

describe('over the line', () => {
  let folder: ReturnType<typeof newFolder>
  let sim: Simulator
  let hub: Awaited<ReturnType<typeof startListener>>
  beforeEach(async () => {
    folder = newFolder()
    hub = await startListener()
    sim = await startSimulator('laboratories', folder.path)
  })
  afterEach(async () => {
    await sim.stop()
    hub.close()
    folder.remove()
  })
  const account = async (name = 'schelde'): Promise<Record<string, unknown>> =>
    (await sim.control('GET /control/account')).body[name] as Record<string, unknown>
  const orders = (count: number): Order[] =>
    Array.from({ length: count }, (_, i) => ({ ...order, number: `N${String(i).padStart(3, '0')}` }))

  test('sends what it is given in order, again after a cut, and its books balance', async () => {
    await sim.control('PUT /control/orders', { orders: orders(80) })
    expect(await account()).toMatchObject({ offered: 80, acknowledged: 0, waiting: 80 })
    hub.cutAfter = 40
    await sim.control('PUT /control/hub', { hub: hub.address })
    await until(async () => (await account())['waiting'] === 0)
    expect(await account()).toMatchObject({ offered: 80, acknowledged: 80, refused: 0, results: 80 * analytes.length })
    expect((await account())['reconnects']).toBeGreaterThan(0)
    expect([...new Set(hub.numbers)]).toEqual(orders(80).map(({ number }) => number))
  })

  test('silent it keeps what it is given; a fault or an order that does not exist is refused', async () => {
    await sim.control('PUT /control/hub', { hub: hub.address })
    await sim.control('PUT /control/faults', { schelde: { silent: true } })
    await sim.control('PUT /control/orders', { orders: orders(3) })
    expect(await account()).toMatchObject({ waiting: 3 })
    expect((await sim.control('PUT /control/faults', { schelde: { asleep: true } })).status).toBe(400)
    expect((await sim.control('PUT /control/orders', { orders: [{ laboratory: 'schelde' }] })).status).toBe(400)
    await sim.control('PUT /control/faults', {})
    await until(async () => (await account())['waiting'] === 0)
    expect(hub.numbers).toHaveLength(3)
  })

  test('an order of a laboratory without credentials is refused', async () => {
    expect((await sim.control('PUT /control/orders', { orders: [{ ...order, laboratory: 'dijle' }] })).status).toBe(400)
  })

  test('measures on its own, with its faults', async () => {
    await sim.control('PUT /control/hub', { hub: hub.address })
    const faults = { correctShare: 1, wrongPatientShare: 0.3 }
    await sim.control('PUT /control/faults', { schelde: faults, vecht: { silent: true } })
    await sim.control('PUT /control/load', { perSecond: 200, patients: 20 })
    await until(() => new Set(hub.statuses).size === 3)
    await sim.control('PUT /control/load', { perSecond: 0 })
    expect(await account('vecht')).toMatchObject({ offered: 0 })
    expect((await account('meuse'))['offered']).toBeGreaterThan(0)
  })
})

describe('with credentials and patients', () => {
  let folder: ReturnType<typeof newFolder>
  let sim: Simulator
  let hub: AcceptingHub
  const people = Array.from({ length: 6 }, () => inventPatient(random, at))
  beforeEach(async () => {
    folder = newFolder()
    hub = await startAcceptingHub()
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    const privateJwk = { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'one' }
    const write = (name: string, content: unknown): string => {
      const file = join(folder.path, name)
      writeFileSync(file, JSON.stringify(content))
      return file
    }
    const clients = write('clients.json', [{ clientId: 'lab-1', privateJwk, nihii: '', name: 'Labo Dijle' }])
    const patients = write('patients.json', people)
    sim = await startSimulator('laboratories', folder.path, ['--clients', clients, '--patients', patients])
  })
  afterEach(async () => {
    await sim.stop()
    hub.close()
    folder.remove()
  })
  const dijle = async () => ((await sim.control('GET /control/account')).body['dijle'] ?? {}) as Record<string, unknown>

  test('posts Bundles once each through refusals and cuts, in order, and its books balance', async () => {
    const orders = Array.from({ length: 12 }, (_, n) => ({ ...order, laboratory: 'dijle', number: `N${n + 10}` }))
    hub.refuseWith = 503
    hub.cutNext = 2
    await sim.control('PUT /control/hub', { hub: hub.url })
    await sim.control('PUT /control/orders', { orders })
    await until(async () => Number((await dijle())['reconnects']) > 0)
    hub.refuseWith = null
    await until(async () => (await dijle())['waiting'] === 0)
    expect(await dijle()).toMatchObject({ offered: 12, acknowledged: 12, refused: 0, results: 12 * analytes.length })
    const bodies = [...hub.messages.values()].map(({ body }) => /"value":"(N\d+)"/.exec(body)?.[1])
    expect(bodies).toEqual(orders.map(({ number }) => number))
  })

  test('measures the patients of its file and nobody else, also before today', async () => {
    await sim.control('PUT /control/hub', { hub: hub.url })
    expect((await sim.control('PUT /control/history', { orders: 4, months: 18 })).body).toEqual({ offered: 24 })
    await sim.control('PUT /control/load', { perSecond: 200, patients: people.length })
    await until(() => hub.messages.size > 20)
    const numbers = new Set([...hub.messages.values()].map(({ body }) => /ssin","value":"(\d{11})"/.exec(body)?.[1]))
    expect(people.map(({ insz }) => insz)).toEqual(expect.arrayContaining([...numbers]))
    expect((await sim.control('PUT /control/history', { orders: 0, months: 1 })).status).toBe(400)
  })
})

/** A listener that takes everything, and cuts a line once after so many messages without answering the last. */
async function startListener() {
  const sockets = new Set<Socket>()
  const hub = {
    address: '',
    cutAfter: 0,
    numbers: [] as string[],
    statuses: [] as string[],
    close: () => undefined as void,
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    let heard = ''
    socket.setEncoding('latin1').on('error', () => socket.destroy())
    socket.on('data', (chunk: string) => {
      heard += chunk
      for (let end = heard.indexOf('\u001c\r'); end >= 0; end = heard.indexOf('\u001c\r')) {
        const message = heard.slice(1, end)
        heard = heard.slice(end + 2)
        hub.numbers.push(/\rOBR\|1\|([^|]*)/.exec(message)?.[1] ?? '')
        hub.statuses.push(/\rOBX\|1\|(?:[^|]*\|){9}([A-Z])/.exec(message)?.[1] ?? '')
        if (hub.numbers.length === hub.cutAfter) {
          socket.resetAndDestroy()
          return
        }
        socket.write(
          `\u000bMSH|^~\\&|HUB\rMSA|AA|x|0190a0b4-7c58-8000-8000-${String(hub.numbers.length).padStart(12, '0')}\r\u001c\r`,
        )
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  hub.address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  hub.close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return hub
}
