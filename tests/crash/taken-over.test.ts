import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClientFile } from '../../src/access/development-client.ts'
import { pauseDelivery, resume } from '../../src/delivery/pauses.ts'
import type { SampleKind } from '../../src/formats/eform/sample.ts'
import type { FailurePoint } from '../../src/kernel/failure-points.ts'
import { createTestDatabase } from '../support/database.ts'
import { startHubProcess, type HubProcess } from '../support/hub.ts'
import { makeSender, registerClient, writeLetter, writeLetters, type Sender } from '../support/sender.ts'
import { destinations, holdLaws, lookAt, until, untilSettled, type Destination } from './laws.ts'
import { lineTo, startTown, type Town } from './town.ts'

const timeout = 600_000

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  await town.end()
})

/**
 * Where a node dies, of what form and, where it dies with deliveries in its hands, for whom: Sciensano knows a number again,
 * Vaccinnet does not and would act twice.
 */
const deaths = [
  { point: 'step-after-commit', kind: 'rapid-test', destination: null },
  { point: 'claim-after-commit', kind: 'vaccination', destination: 'vaccinnet' },
  { point: 'send-before-request', kind: 'rapid-test', destination: 'sciensano' },
  { point: 'send-after-answer', kind: 'vaccination', destination: 'vaccinnet' },
  { point: 'send-after-answer', kind: 'rapid-test', destination: 'sciensano' },
  { point: 'settle-after-commit', kind: 'booster', destination: null },
  { point: 'seal-before-commit', kind: 'rapid-test', destination: null },
] as const satisfies readonly Death[]

interface Death {
  readonly point: FailurePoint
  readonly kind: SampleKind
  readonly destination: Destination | null
}

/** A delivery that a node leased and of which it wrote no end down. */
interface Held {
  readonly id: number
  readonly destination: string
}

interface Stage extends AsyncDisposable {
  /** The node that lives. */
  readonly heir: HubProcess
  readonly client: ClientFile
  readonly sender: Sender
  readonly db: ReturnType<typeof lookAt>
  readonly databaseUrl: string
  rowsOf<T>(text: string, values?: unknown[]): Promise<T[]>
}

async function setStage(): Promise<Stage> {
  const database = await createTestDatabase()
  const client = await registerClient(database.url)
  const heir = await startHubProcess({ node: 'heir', databaseUrl: database.url, env: town.env })
  await heir.ready
  const sender = makeSender(client, [heir.url])
  await sender.signIn()
  const db = lookAt(database.url)
  return {
    heir,
    client,
    sender,
    db,
    databaseUrl: database.url,
    rowsOf: async <T>(text: string, values: unknown[] = []) => (await db.pool.query(text, values)).rows as T[],
    async [Symbol.asyncDispose]() {
      await heir[Symbol.asyncDispose]()
      await Promise.all([sender.close(), db.close()])
      await database.drop()
    },
  }
}

/** Lets a node work beside the other until it dies; gives what it held. Forms come in at the other's door. */
async function dieBeside({ databaseUrl, sender, db, rowsOf }: Stage, node: string, death: Death): Promise<Held[]> {
  const { point, kind, destination } = death
  // It has nothing else in its hands than what it is to die with.
  const others = destination === null ? [] : destinations.filter((name) => name !== destination)
  const pauses = await Promise.all(others.map((name) => pauseDelivery(db, { destination: name }, 'a death', 'test')))
  await using victim = await startHubProcess({
    node,
    databaseUrl,
    roles: ['work', 'delivery', 'watch'],
    env: { ...town.env, SLUIS_FAIL_AT: point },
  })
  const sending = (async () => {
    while (victim.alive()) await sender.send(writeLetter(kind))
  })()
  expect({ point, ended: await victim.ended }).toEqual({ point, ended: 'SIGKILL' })
  // At once: after a silence of some seconds the other takes it.
  const held = await rowsOf<Held>(
    `select id, destination from delivery where leased_by = $1 and leased_until > now() and settled_at is null`,
    [node],
  )
  await Promise.all([sending, ...pauses.map(({ id }) => resume(db, id, 'it is dead', 'test'))])
  return held
}

test.concurrent('what killed nodes had in their hands another one does, and does once', { timeout }, async () => {
  await using stage = await setStage()
  const { heir, sender, db, rowsOf } = stage
  const left = new Set<number>()
  for (const [place, death] of deaths.entries()) {
    const held = await dieBeside(stage, `victim-${place}`, death)
    if (death.destination !== null)
      expect(new Set(held.map((one) => one.destination))).toEqual(new Set([death.destination]))
    for (const { id } of held) left.add(id)
  }
  // As if the rest of their time had passed: at Vaccinnet leases run out by themselves, after 35 seconds.
  await db.pool.query(
    `update delivery set leased_until = now() where destination = 'vaccinnet' and leased_until > now() and leased_by <> $1`,
    [heir.node],
  )
  // No dead node comes back.
  await sender.resend()
  await untilSettled(db)
  const ends = await rowsOf<{ state: string; count: number }>(
    `select state, count(*)::int as count from delivery where id = any($1) group by 1`,
    [[...left]],
  )
  expect(ends).toEqual([{ state: 'acknowledged', count: left.size }])
  expect(heir.output()).toContain('deliveries-taken-over')
  await holdLaws(db, [sender], town.neighbours)
})

test.concurrent(
  'what a node stored from its disk before it was killed another one works on, and its return adds nothing',
  { timeout },
  async () => {
    await using stage = await setStage()
    const { db, databaseUrl, client } = stage
    const { line, url } = await lineTo(databaseUrl)
    await using victim = await startHubProcess({
      node: 'victim',
      databaseUrl: url,
      env: { ...town.env, SLUIS_FAIL_AT: 'drain-after-commit' },
    })
    await victim.ready
    const sender = makeSender(client, [victim.url])
    await sender.signIn()
    await line.mode('refuse')
    for (const letter of writeLetters(8)) await sender.send(letter)
    expect([...sender.receipts.values()].map(({ level }) => level)).toEqual(Array.from({ length: 8 }, () => 'spooled'))
    await line.mode('pass')
    expect(await victim.ended).toBe('SIGKILL')
    const stored = async () => (await db.pool.query('select from message')).rowCount ?? 0
    expect(await stored()).toBeGreaterThan(0)
    await untilSettled(db)
    // It drains the same once more, and dies when that is done.
    await victim.start({ SLUIS_FAIL_AT: 'spool-after-cursor' }).catch(() => undefined)
    expect(await victim.ended).toBe('SIGKILL')
    await victim.start({ SLUIS_FAIL_AT: '' })
    await until(stored, (count) => count === 8)
    await untilSettled(db)
    await holdLaws(db, [sender], town.neighbours)
    await Promise.all([sender.close(), line.close()])
  },
)
