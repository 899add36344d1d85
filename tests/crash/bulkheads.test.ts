import { afterAll, beforeAll, expect, test } from 'vitest'
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
  await town[Symbol.asyncDispose]()
})

interface Scene extends AsyncDisposable {
  readonly hub: HubProcess
  readonly sender: Sender
  readonly db: ReturnType<typeof lookAt>
  /** Deliveries by destination and state. */
  count(where: string): Promise<number>
}

async function setScene(roles?: readonly string[]): Promise<Scene> {
  const database = await createTestDatabase()
  const client = await registerClient(database.url)
  const hub = await startHubProcess({
    databaseUrl: database.url,
    env: { ...town.env, ...(roles === undefined ? {} : { SLUIS_ROLES: roles.join(',') }) },
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
