// Stands in for the laboratories: each with its dialect, its hours, a line of its own, and the faults of real ones.
import { readFileSync } from 'node:fs'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { readClients } from '../shared/clients.ts'
import { controlHandler, WrongUse, type ControlCall } from '../shared/control.ts'
import { openHubLine, openNodes } from '../shared/hub-line.ts'
import { live } from '../shared/life.ts'
import { openLine } from '../shared/line.ts'
import { readOptions } from '../shared/options.ts'
import { setHub } from '../shared/run-destination.ts'
import { mllpLaboratories } from './dialect.ts'
import { readFaults } from './faults.ts'
import { openFhirLine } from './fhir.ts'
import { historyOf, readHistory } from './history.ts'
import { openLaboratory, type Laboratory } from './laboratory.ts'
import { readLaboratoryLoad, startLaboratoryGenerator } from './load.ts'
import { openMllpLine } from './mllp.ts'
import { readOrders, readPatients, type Order } from './order.ts'

/** Messages under way at a time on one line. */
const windowSize = 32

const options = readOptions(process.argv.slice(2))
let hubs = options.hubs
const nodes = openNodes(httpHubs())
const laboratories: readonly Laboratory[] = [
  ...mllpLaboratories.map((name, place) => openLaboratory(name, openMllpLine(mllpHub(place), windowSize))),
  ...(options.clients === null
    ? []
    : readClients(options.clients)
        .slice(0, 1)
        .map((client) => openLaboratory('dijle', openFhirLine(openHubLine(client, nodes, 0), nodes)))),
]
const random = seededRandom(options.seed)
const known =
  options.patients === null ? [] : wellRead(readPatients(JSON.parse(readFileSync(options.patients, 'utf8'))))
const generator = startLaboratoryGenerator(laboratories, random, known)

const accounts = () => Object.fromEntries(laboratories.map((one) => [one.name, one.account()]))
const calls: Readonly<Record<string, ControlCall>> = {
  'GET /control': () => ({
    name: 'laboratories',
    pid: process.pid,
    hubs,
    load: generator.load(),
    faults: Object.fromEntries(laboratories.map((one) => [one.name, one.faults()])),
    counts: accounts(),
  }),
  'GET /control/account': accounts,
  'PUT /control/load': (body) => {
    const load = wellRead(readLaboratoryLoad(body, generator.load()))
    generator.setLoad(load)
    return { load }
  },
  'PUT /control/history': (body) => {
    const wish = wellRead(readHistory(body))
    const names = laboratories.map(({ name }) => name)
    return offer(historyOf(generator.patients(), names, wish, random, new Date()))
  },
  'PUT /control/faults': (body) => {
    const faults = wellRead(readFaults(body))
    for (const one of laboratories) one.setFaults(faults[one.name])
    return { faults }
  },
  'PUT /control/orders': (body) => offer(wellRead(readOrders(body))),
  'PUT /control/hub': setHub((next) => {
    hubs = next
    for (const [place, { name, aim }] of laboratories.entries())
      aim(name === 'dijle' ? httpHubs().join(',') : mllpHub(place))
  }),
}
const control = await openLine(options.controlPort, controlHandler(calls))
live(options, { name: 'laboratories', port: 0, controlPort: control.port }, async () => {
  generator.stop()
  for (const one of laboratories) one.close()
  await control.close()
  await nodes.agent.destroy()
})

function offer(orders: readonly Order[]): { offered: number } {
  const missing = orders.find(({ laboratory }) => laboratories.every(({ name }) => name !== laboratory))
  if (missing !== undefined) throw new WrongUse(`${missing.laboratory} has no credentials: start with --clients`)
  for (const order of orders) laboratories.find(({ name }) => name === order.laboratory)?.offer(order)
  return { offered: orders.length }
}

/** Laboratories spread over the nodes; `mllp://host:port` or `host:port`. */
function mllpHub(place: number): string {
  const own = hubs.filter((hub) => !/^https?:/.test(hub))
  return (own[place % Math.max(own.length, 1)] ?? '').replace(/^[a-z]+:\/\//, '')
}

function httpHubs(): readonly string[] {
  return hubs.filter((hub) => /^https?:/.test(hub))
}

function wellRead<Value>(reading: Value | string): Value {
  if (typeof reading === 'string') throw new WrongUse(reading)
  return reading
}
