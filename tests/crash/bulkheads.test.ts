import { afterAll, beforeAll, expect, test } from 'vitest'
import { askToken } from '../../src/access/ask-token.ts'
import { makeClient, registerSender } from '../../src/access/clients.ts'
import { resume } from '../../src/delivery/pauses.ts'
import { inventPerson, type Person } from '../../src/formats/eform/people.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { sampleOru } from '../../src/formats/hl7v2/sample.ts'
import { stopIntake } from '../../src/intake/stops.ts'
import { deriveKeys } from '../../src/kernel/keys.ts'
import { identifierIndex } from '../../src/ledger/patient.ts'
import { insertPermission } from '../../src/store/consent.ts'
import { fieldOf, frame, talk } from '../hl7v2/line.ts'
import { createTestDatabase } from '../support/database.ts'
import { startHubProcess, type HubProcess } from '../support/hub.ts'
import { makeSender, registerClient, writeLetter, type Sender } from '../support/sender.ts'
import { holdLaws, lookAt, until, untilSettled } from './laws.ts'
import { startTown, type Town } from './town.ts'

const timeout = 300_000

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  await town.end()
})

interface Scene extends AsyncDisposable {
  readonly hub: HubProcess
  readonly sender: Sender
  readonly db: ReturnType<typeof lookAt>
  /** Deliveries by destination and state. */
  count(where: string): Promise<number>
}

async function setScene(roles?: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const database = await createTestDatabase()
  const client = await registerClient(database.url)
  const hub = await startHubProcess({
    databaseUrl: database.url,
    env: { ...town.env, ...env, ...(roles === undefined ? {} : { SLUIS_ROLES: roles.join(',') }) },
  })
  await hub.ready
  const sender = makeSender(client, [hub.url])
  await sender.signIn()
  const db = lookAt(database.url)
  return {
    hub,
    sender,
    db,
    count: async (where) => (await db.pool.query(`select 1 from delivery where ${where}`)).rowCount ?? 0,
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      await Promise.all([sender.close(), db.close()])
      await database.drop()
    },
  }
}

const several = 12
const acknowledged = `state = 'acknowledged'`

test(
  'a destination that is down, silent or slow holds up its own deliveries and nothing else',
  { timeout },
  async () => {
    await using scene = await setScene()
    const { sender, db, count } = scene
    let tests = 0
    for (const fault of [{ line: 'down' }, { line: 'half-open' }, { delayMs: 15_000 }] as const) {
      await town.fault('vaccinnet', fault)
      const before = await count(`destination = 'vaccinnet' and ${acknowledged}`)
      for (let i = 0; i < several; i += 1) {
        const [dose, swab] = await Promise.all([sender.send(writeLetter('booster')), sender.send(writeLetter())])
        expect([dose?.status, swab?.status]).toEqual([202, 202])
      }
      tests += several
      const tested = () => count(`destination = 'sciensano' and ${acknowledged}`)
      await until(tested, (done) => done === tests)
      // What was slow may have come through meanwhile; what was down or silent cannot have.
      if ('line' in fault) expect(await count(`destination = 'vaccinnet' and ${acknowledged}`)).toBe(before)
      const certified = () =>
        count(`destination = 'digitaal-vlaanderen' and form_kind = 'rapid-test' and state = 'waiting'`)
      await until(certified, (waiting) => waiting === 0)
      expect(await count(`destination <> 'vaccinnet' and state = 'unknown'`)).toBe(0)
      await town.fault('vaccinnet', {})
      await untilSettled(db, 120_000)
    }
    await holdLaws(db, [sender], town.neighbours)
  },
)

test('messages that cannot be worked on wait alone; those beside them go on', { timeout }, async () => {
  await using scene = await setScene(['intake'])
  const { hub, sender, db, count } = scene
  for (let i = 0; i < several; i += 1) {
    await sender.send(writeLetter('booster'))
    await sender.send(writeLetter())
  }
  // A node that has just started spools: only what is in the database can be damaged there.
  const stored = async () => (await db.pool.query('select 1 from message')).rowCount
  expect(await until(stored, (found) => found === 2 * several)).toBe(2 * several)
  // Every other message of this sender gets a body that no key opens, as after damage or by a fault in one format.
  const poisoned = `id in (select id from (select id, row_number() over (order by id) as place from message) m where place % 2 = 1)`
  await db.pool.query(`update message set body = body || '\\x00' where ${poisoned}`)
  await hub.kill('SIGTERM')
  await hub.start({ SLUIS_ROLES: 'intake,work,delivery,watch' })
  const tested = () => count(`destination = 'sciensano' and ${acknowledged}`)
  await until(tested, (done) => done === several)
  expect(await count(`form_kind like 'booster%'`)).toBe(0)
  const waiting = async () => (await db.pool.query(`select 1 from step where stage = 'read' and attempts > 0`)).rowCount
  expect(await until(waiting, (found) => found === several)).toBe(several)
  expect((await sender.send(writeLetter()))?.status).toBe(202)
  await until(tested, (done) => done === several + 1)

  await db.pool.query(
    `update message set body = substring(body for length(body) - 1) where id in (select message from step where attempts > 0)`,
  )
  await db.pool.query(`update step set due_at = now()`)
  await untilSettled(db)
  await holdLaws(db, [sender], town.neighbours)
})

/** Where the last process of a node listens for laboratories. */
const mllpPortOf = (hub: HubProcess): number =>
  Number([...hub.output().matchAll(/over MLLP at port (\d+)/g)].at(-1)?.[1])

/** A practice that may read a patient; gives the values it is shown, by code. */
async function practiceOf({ hub, db }: Scene, { insz }: Person): Promise<() => Promise<Record<string, number>>> {
  const { publicJwk, ...client } = await makeClient('practice')
  const registration = { clientId: client.clientId, name: 'Praktijk', kind: 'practice', publicJwks: [publicJwk] }
  const { id } = await registerSender(db, registration)
  const keys = deriveKeys(Buffer.from(town.env['SLUIS_MASTER_KEY']!, 'base64'))
  const patient = identifierIndex(keys, { scheme: 'insz', value: insz, assigner: '' }, '')
  const permission = { patient, from: new Date(Date.now() - 1_000), to: null, actor: 'test' }
  await insertPermission(db, { ...permission, kind: 'exchange', senderId: null })
  await insertPermission(db, { ...permission, kind: 'relation', senderId: id })
  const token = await askToken(hub.url, client)
  if (token.state !== 'given') throw new Error(token.why)
  const headers = { authorization: `Bearer ${token.access_token}`, 'x-sluis-purpose': 'care' }
  return async () => {
    const answer = await fetch(`${hub.url}/fhir/Observation?patient.identifier=${insz}`, { headers })
    const { entry = [] } = (await answer.json()) as { entry?: { resource: Shown; search?: { mode: string } }[] }
    const shown = entry.filter(({ search }) => search?.mode === 'match').map(({ resource }) => resource)
    return Object.fromEntries(shown.map(({ code, valueQuantity }) => [code.coding[0]!.code, valueQuantity.value]))
  }
}

interface Shown {
  readonly code: { readonly coding: readonly { readonly code: string }[] }
  readonly valueQuantity: { readonly value: number }
}

test('a service that cannot be worked on and whose door is closed holds up no other service', { timeout }, async () => {
  await using scene = await setScene(['intake'], { SLUIS_MLLP_LOOPBACK: '1', SLUIS_MLLP_PORT: '0' })
  const { hub, sender, db, count } = scene
  for (let i = 0; i < several; i += 1) await sender.send(writeLetter())
  const rowsOf = async (text: string) => (await db.pool.query(text)).rowCount
  await until(
    () => rowsOf('select 1 from message'),
    (found) => found === several,
  )
  await db.pool.query(`update message set body = body || '\\x00' where service = 'eforms'`)
  const { id: stop } = await stopIntake(db, { service: 'eforms', formKind: null }, 'every form is damaged', 'an')
  await hub.kill('SIGTERM')
  await hub.start({ SLUIS_ROLES: 'intake,work,delivery,watch,web' })
  await hub.ready
  const stuck = `select 1 from step where service = 'eforms' and stage = 'read' and attempts > 0`
  await until(
    () => rowsOf(stuck),
    (found) => found === several,
  )
  const letter = writeLetter()
  const refused = await until(
    () => sender.post(letter),
    ({ status }) => status === 503,
  )
  expect(refused.body.code).toBe('service-stopped')

  const random = seededRandom(11)
  const person = inventPerson(random, '1990-01-01')
  const oru = sampleOru({ random, at: new Date(), facility: 'NOORD', person })
  const sent = [...oru.matchAll(/OBX\|\d+\|NM\|([^^]+)[^|]+\|\|([\d.]+)/g)].map(([, code, value]) => [
    code,
    Number(value),
  ])
  expect(sent.length).toBeGreaterThan(0)
  const laboratory = talk(mllpPortOf(hub))
  laboratory.socket.write(frame(oru))
  const [answer] = await laboratory.hear(1)
  laboratory.socket.end()
  expect(fieldOf(answer, 'MSA-1')).toBe('AA')
  const read = await practiceOf(scene, person)
  const shown = await until(read, (values) => Object.keys(values).length === sent.length)
  expect(shown).toEqual(Object.fromEntries(sent))
  // All the while nothing of the other service moved.
  expect([await rowsOf(stuck), await count('true')]).toEqual([several, 0])
  expect((await sender.post(letter)).body.code).toBe('service-stopped')

  await resume(db, stop, 'the forms are whole again', 'an')
  await db.pool.query(`update message set body = substring(body for length(body) - 1) where service = 'eforms'`)
  await db.pool.query('update step set due_at = now()')
  await sender.resend()
  await untilSettled(db)
  expect(await count(`destination = 'sciensano' and ${acknowledged}`)).toBe(several + 1)
  await holdLaws(db, [sender], town.neighbours)
})
