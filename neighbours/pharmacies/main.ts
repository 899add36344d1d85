// Stands in for the pharmacies: many senders with forms, opening hours, a queue of their own, and the faults of real software.
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { controlHandler, WrongUse, type ControlCall } from '../shared/control.ts'
import { openHubLine, openNodes } from '../shared/hub-line.ts'
import { live } from '../shared/life.ts'
import { openLine } from '../shared/line.ts'
import { readOptions } from '../shared/options.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { setHub } from '../shared/run-destination.ts'
import { openBooks } from './books.ts'
import { readClients } from '../shared/clients.ts'
import { startGenerator, type Generator } from './generator.ts'
import { openJournal, type Journal } from './journal.ts'
import { readLoad, usualLoad } from './load.ts'
import { openPharmacy, type Pharmacy } from './pharmacy.ts'

const options = readOptions(process.argv.slice(2))
if (options.clients === null || options.data === null)
  throw new Error('the pharmacies need --clients FILE and --data DIR')
const clients = readClients(options.clients)
const { journal, waiting } = await openJournal(join(options.data, 'pharmacies'))
const books = openBooks()
const nodes = openNodes(options.hubs)
let ended = false
const pharmacies: Pharmacy[] = []
const generator: Generator = startGenerator({
  pharmacies: () => pharmacies,
  books,
  load: usualLoad,
  random: seededRandom(options.seed),
})
for await (const ending of journal.endings()) {
  books.count('offered')
  books.ended(ending)
}
for (const [i, client] of clients.entries()) {
  const hub = openHubLine(client, nodes, i)
  pharmacies.push(openPharmacy({ client, hub, books, journal, ended: () => ended, received: generator.received }))
}
for (const offer of waiting) pharmacies.find(({ client }) => client.clientId === offer.clientId)?.resume(offer)

const control = await openLine(options.controlPort, controlHandler(pharmacyCalls(journal)))
live(options, { name: 'pharmacies', port: 0, controlPort: control.port }, async () => {
  ended = true
  generator.stop()
  await control.close()
  await nodes.agent.destroy()
})

function pharmacyCalls(kept: Journal): Record<string, ControlCall> {
  return {
    'GET /control': () => ({
      name: 'pharmacies',
      pid: process.pid,
      pharmacies: pharmacies.length,
      hubs: nodes.list,
      load: generator.load(),
      counts: books.account(),
    }),
    'GET /control/account': () => books.account(),
    'PUT /control/load': (body) => {
      const reading = readLoad(body, generator.load())
      if (reading.state === 'wrong') throw new WrongUse(reading.why)
      generator.setLoad(reading.load)
      return { load: reading.load }
    },
    'PUT /control/hub': setHub((hubs) => (nodes.list = hubs)),
    'GET /control/receipts': async (_body, query, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      await pipeline(Readable.from(receiptLines(kept, query.get('traveller') === 'true')), response)
    },
  }
}

/** Every receipt the pharmacies hold, one JSON line each, for whoever checks that the hub still knows them. */
async function* receiptLines(kept: Journal, travellersOnly: boolean): AsyncGenerator<string> {
  for await (const ending of kept.endings()) {
    if (ending.state === 'turned-away' || (travellersOnly && !ending.traveller)) continue
    yield `${JSON.stringify(ending)}\n`
  }
}
