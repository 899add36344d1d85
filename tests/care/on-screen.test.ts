import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCare } from '../../src/care/deps.ts'
import { enrol } from '../../src/care/enrol.ts'
import { readEnrolFile } from '../../src/care/enrol-file.ts'
import { startNeighbours, type Neighbours } from '../../src/commands/neighbours.ts'
import { readMasterKey } from '../../src/hub/master-key.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { identifierIndex } from '../../src/ledger/patient.ts'
import { openVault } from '../../src/ledger/vault.ts'
import { connect, type Database } from '../../src/store/connect.ts'
import { inventPatient, type Order, type OrderPatient } from '../../neighbours/laboratories/order.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startHubProcess, type HubProcess } from '../support/hub.ts'
import { signIn } from '../support/sign-in.ts'

/** Asserts that it comes, not how fast: a busy machine is slow, and the figure is printed for docs/performance.md. */
const patience = 30_000
const mllpPort = 20_000 + Math.floor(Math.random() * 12_000)
const random = seededRandom(8)
const isGrown = ({ birthDate }: OrderPatient): boolean => birthDate > '1950' && birthDate < '1980'
const patient = Array.from({ length: 50 }, () => inventPatient(random, new Date())).find(isGrown)!

let folder: string
let database: TestDatabase
let db: Database
let hub: HubProcess
let neighbours: Neighbours
let cookie: string
let index: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-screen-'))
  database = await createTestDatabase()
  const env = {
    SLUIS_MASTER_KEY: randomBytes(32).toString('base64'),
    SLUIS_MLLP_PORT: String(mllpPort),
    SLUIS_MLLP_LOOPBACK: '1',
  }
  hub = await startHubProcess({ databaseUrl: database.url, env })
  await hub.ready
  db = connect({ url: database.url, connections: 2 })
  const vault = openVault(db, readMasterKey(env, folder)!)
  const person = { monitor: 'diabetes-cvrm', from: '2015-01-01', diagnosedOn: '2015-01-01' }
  const patients = [{ ...person, identifier: patient.insz, name: patient.familyName, birthDate: patient.birthDate }]
  await enrol(openCare(vault), db, readEnrolFile(JSON.stringify({ practice: 'north', patients })), 'test')
  index = identifierIndex(vault.keys, { scheme: 'insz', value: patient.insz, assigner: '' }, '').toString('hex')
  cookie = await signIn(hub.url, db, 'operator', 'operator')
  neighbours = await startNeighbours({
    hubs: [],
    mllp: [`127.0.0.1:${mllpPort}`],
    data: join(folder, 'neighbours'),
    only: ['laboratories'],
    say: () => undefined,
  })
}, 180_000)
afterAll(async () => {
  await neighbours?.stop()
  await hub?.[Symbol.asyncDispose]()
  await db?.close()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
}, 60_000)

async function page(path: string): Promise<string> {
  const answer = await fetch(`${hub.url}${path}?purpose=care`, { headers: { cookie, accept: 'text/html' } })
  return answer.text()
}

/** The whole of a results page, and of a monitor page what stands under one item. */
const whole = (html: string): string => html
const ofHba1c = (html: string): string =>
  /<details class="item[^>]*><summary[^>]*><strong>HbA1c<\/strong>.*?<\/details>/s.exec(html)?.[0] ?? ''

/** Milliseconds until a part of a page of the patient shows all of these. */
async function until(
  path: string,
  part: (html: string) => string,
  began: number,
  shown: readonly string[],
): Promise<number> {
  for (;;) {
    const text = part(await page(path))
    const waited = performance.now() - began
    if (shown.every((one) => text.includes(one))) return Math.round(waited)
    if (waited > patience) expect(text).toContain(shown.find((one) => !text.includes(one)))
    await sleep(20)
  }
}

const order = (number: string, value: number, minutesAgo: number): Order => ({
  laboratory: 'vecht',
  number,
  patient,
  takenAt: new Date(Date.now() - (minutesAgo + 240) * 60_000).toISOString(),
  releasedAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
  results: [{ analyte: 'hba1c', value }],
  status: 'F',
})

/** Lets the simulated laboratory send; gives how long the value, and its colour with the explanation, take to the screen. */
async function send(one: Order, state: string): Promise<{ value: number; monitor: number }> {
  const control = neighbours.ports.laboratories!.controlUrl
  const value = String(one.results[0]!.value)
  const began = performance.now()
  const answer = await fetch(`${control}/control/orders`, { method: 'PUT', body: JSON.stringify({ orders: [one] }) })
  expect(await answer.json()).toEqual({ offered: 1 })
  const [onResults, onMonitor] = await Promise.all([
    until(`/patients/${index}`, whole, began, [`${value} mmol/mol Hb`]),
    until(`/patients/${index}/monitors`, ofHba1c, began, [state, `${value} mmol/mol`, '(vecht-diagnostiek)']),
  ])
  return { value: onResults, monitor: onMonitor }
}

/** Milliseconds from the receipt of the newest message to each of its entries, and to the stored colour. */
async function steps(): Promise<Record<string, number>> {
  const { rows } = await db.query<{ kind: string; ms: number }>({
    text: `with m as (select id, received_at from message where service = 'lab' order by id desc limit 1)
      select kind, extract(epoch from e.at - m.received_at)::float8 * 1000 as ms from entry e, m where e.message = m.id
      union all select 'checked-at', extract(epoch from c.at - m.received_at) * 1000 from record_check c, record r, m
        where r.message = m.id and c.record = r.id
      union all select 'stored-state', extract(epoch from t.at - m.received_at) * 1000 from transition t, m
        where t.item = 'hba1c' and t.at >= m.received_at`,
  })
  return Object.fromEntries(rows.map(({ kind, ms }) => [kind, Math.round(ms)]))
}

test('a value over MLLP, the colour of its monitor and the explanation come to the screen', async () => {
  expect(ofHba1c(await page(`/patients/${index}/monitors`))).toContain('Never measured')
  // The first one after a start waits for threads to start and packs to be compiled as well.
  console.log('first', await send(order('A1', 48, 300), 'Green'), await steps())
  for (const [n, value] of [71, 44, 72].entries()) {
    const shown = await send(order(`B${n}`, value, 10 - n), value > 53 ? 'Red: off target' : 'Green')
    console.log('later', shown, await steps())
  }
}, 180_000)
