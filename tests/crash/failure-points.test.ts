import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SampleKind } from '../../src/formats/eform/sample.ts'
import { signWebhook } from '../../src/access/webhook-signature.ts'
import { seal, deriveKeys } from '../../src/kernel/keys.ts'
import { failurePoints, type FailurePoint } from '../../src/kernel/failure-points.ts'
import { brusselsDay } from '../../src/kernel/clock.ts'
import { account } from '../../src/ledger/account.ts'
import { openVault } from '../../src/ledger/vault.ts'
import { setRetention } from '../../src/store/retention.ts'
import { findSender } from '../../src/store/senders.ts'
import { setWebhook } from '../../src/store/webhooks.ts'
import { webhookBound } from '../../src/status/webhooks.ts'
import { makeOlder, settleAll } from '../support/aged.ts'
import { lineKey, openLine } from '../support/line.ts'
import { createTestDatabase } from '../support/database.ts'
import { startHubProcess, type HubProcess } from '../support/hub.ts'
import { makeSender, registerClient, writeLetter, writeLetters, type Sender } from '../support/sender.ts'
import { careKilledAt } from './care-points.ts'
import { holdLaws, lookAt, underWay, until, untilSettled, untilStored } from './laws.ts'
import { replayVaccinations } from './replaying.ts'
import { lineTo, startTown, type Town } from './town.ts'

const timeout = 300_000
const onTheWay = [
  'accept-before-commit',
  'accept-after-commit',
  'step-before-commit',
  'step-after-commit',
  'claim-after-commit',
  'send-before-request',
  'send-after-answer',
  'settle-after-commit',
  'seal-before-commit',
] as const satisfies readonly FailurePoint[]
const spooling = [
  'spool-before-sync',
  'spool-before-journal',
  'spool-after-sync',
] as const satisfies readonly FailurePoint[]

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  await town.end()
})

/** One hub with its own database behind a line that can be cut, and one sender. */
interface Stage extends AsyncDisposable {
  readonly hub: HubProcess
  readonly sender: Sender
  readonly db: ReturnType<typeof lookAt>
  readonly line: Awaited<ReturnType<typeof lineTo>>['line']
}

async function setStage(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const database = await createTestDatabase()
  const { line, url } = await lineTo(database.url)
  const client = await registerClient(database.url)
  const hub = await startHubProcess({ databaseUrl: url, env: { ...town.env, ...env } })
  const sender = makeSender(client, [hub.url])
  const db = lookAt(database.url)
  return {
    hub,
    sender,
    db,
    line,
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      await Promise.all([sender.close(), db.close(), line.close()])
      await database.drop()
    },
  }
}

/** Starts the node so that it dies at a point, and sends from four lanes until it is dead. */
async function dieAt({ hub, sender }: Stage, failAt: `${FailurePoint}:${number}`): Promise<void> {
  await hub.start({ SLUIS_FAIL_AT: failAt }).catch(() => undefined)
  const kinds = ['rapid-test', 'vaccination', 'booster', 'rapid-test'] as const
  const lane = async (kind: SampleKind): Promise<void> => {
    while (hub.alive()) await sender.post(writeLetter(kind)).catch(() => sleep(20))
  }
  await Promise.all(kinds.map(lane))
  expect({ failAt, ended: await hub.ended }).toEqual({ failAt, ended: 'SIGKILL' })
}

async function comeBackAndHoldLaws({ hub, sender, db }: Stage): Promise<void> {
  await hub.start()
  await sender.resend()
  await untilStored(db, [sender])
  await untilSettled(db)
  await holdLaws(db, [sender], town.neighbours)
}

/** What a sender's webhook was told, by the number of the call; the same number must bring the same events. */
async function startReceiver() {
  const calls = new Map<string, string>()
  const numbers: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const id = String(request.headers['webhook-id'])
      numbers.push(id)
      const earlier = calls.get(id)
      calls.set(id, earlier === undefined || earlier === body ? body : 'two different calls under one number')
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`,
    /** Of every call, in the order they came. */
    numbers: () => numbers,
    events: () =>
      [...calls.values()].flatMap((body) => (JSON.parse(body) as { events: { receipt?: string }[] }).events),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
}

test.concurrent(
  'killed between taking, working, sending and writing down, a node loses and doubles nothing',
  { timeout },
  async () => {
    await using stage = await setStage()
    await stage.hub.kill('SIGTERM')
    for (const point of onTheWay) await dieAt(stage, `${point}:3`)
    await comeBackAndHoldLaws(stage)
  },
)

test.concurrent('killed while it spools or drains, a node loses and doubles nothing', { timeout }, async () => {
  await using stage = await setStage()
  const { hub, sender, line, db } = stage
  await hub.ready
  await sender.signIn()
  // In order this once, so that the node keeps who its senders are.
  await hub.kill('SIGTERM')
  await line.mode('refuse')
  for (const point of spooling) await dieAt(stage, `${point}:3`)
  await hub.start({ SLUIS_FAIL_AT: 'drain-after-commit' })
  await sender.resend()
  expect(await underWay(db)).toMatchObject({ steps: 0, open: 0 })
  expect([...sender.receipts.values()].filter(({ level }) => level !== 'spooled')).toEqual([])
  await line.mode('pass')
  expect(await hub.ended).toBe('SIGKILL')
  await hub.start({ SLUIS_FAIL_AT: 'spool-after-cursor' }).catch(() => undefined)
  expect(await hub.ended).toBe('SIGKILL')
  await comeBackAndHoldLaws(stage)
})

test.concurrent(
  'killed after a webhook took its events, a node tells them again under the same number',
  { timeout },
  async () => {
    await using receiver = await startReceiver()
    await using stage = await setStage({ SLUIS_FAIL_AT: 'webhook-after-answer' })
    const { hub, sender, db } = stage
    const known = await findSender(db, sender.clientId)
    const { wrap } = deriveKeys(Buffer.from(town.env['SLUIS_MASTER_KEY']!, 'base64'))
    const secret = seal(
      wrap,
      Buffer.from(`whsec_${Buffer.alloc(32, 7).toString('base64')}`),
      webhookBound(known!.sender.id),
    )
    await setWebhook(db, known!.sender.id, receiver.url, secret)
    const spoiled = await sender.send(
      writeLetter('rapid-test', (form) => ({ ...form, patient: { ...form.patient, insz: '00000000000' } })),
    )
    expect(await hub.ended).toBe('SIGKILL')
    await hub.start({ SLUIS_FAIL_AT: '' })
    await until(
      async () => receiver.numbers().length,
      (posts) => posts >= 2,
    )
    const [first, second] = receiver.numbers()
    expect(second).toBe(first)
    expect(receiver.events().map((event) => event.receipt)).toContain(spoiled!.body.receipt)
    await untilSettled(db)
    await holdLaws(db, [sender], town.neighbours)
  },
)

test.concurrent('killed while it keeps aside what the database refuses, a node keeps it', { timeout }, async () => {
  await using stage = await setStage()
  const { hub, sender, line, db } = stage
  await hub.ready
  await sender.signIn()
  await line.mode('refuse')
  for (const letter of writeLetters(3)) await sender.send(letter)
  const [poison] = [...sender.receipts.values()].map(({ receipt }) => receipt)
  await db.pool.query(`alter table message add constraint poison check (receipt <> '${poison}') not valid`)
  await hub.kill('SIGTERM')
  await line.mode('pass')
  await hub.start({ SLUIS_FAIL_AT: 'spool-after-aside' }).catch(() => undefined)
  expect(await hub.ended).toBe('SIGKILL')
  // Somebody found out what the database had against it.
  await db.pool.query('alter table message drop constraint poison')
  await comeBackAndHoldLaws(stage)
})

test.concurrent(
  'killed when a destination has acknowledged by itself, a node knows it when it is told again',
  { timeout },
  async () => {
    await using stage = await setStage()
    const { hub, sender, db } = stage
    await sender.send(writeLetter('rapid-test'))
    // It may have been spooled first: nothing is under way before it is stored.
    const acknowledged = () =>
      db.pool.query(`select from delivery where destination = 'sciensano' and state = 'acknowledged'`)
    await until(acknowledged, ({ rowCount }) => rowCount === 1)
    await untilSettled(db)
    await hub.kill('SIGTERM')
    // As if its answer had been lost.
    const { rows } = await db.pool.query<{ uid: string; sha256: string }>(
      `update delivery set state = 'unknown', due_at = now() + interval '1 hour', settled_at = null
        where destination = 'sciensano' returning uid, encode(body_sha256, 'hex') as sha256`,
    )
    const { uid, sha256 } = rows[0]!
    const body = JSON.stringify({ destination: 'sciensano', deliveryId: uid, state: 'acknowledged', sha256 })
    const tell = () => {
      const signed = signWebhook(town.env['SLUIS_DEST_SCIENSANO_SECRET']!, uid, new Date(), body)
      const headers = { 'content-type': 'application/json', ...signed }
      return fetch(`${hub.url}/acknowledgements`, { method: 'POST', headers, body }).then(({ status }) => status)
    }
    await hub.start({ SLUIS_FAIL_AT: 'callback-after-commit' })
    // It takes messages before it knows its database, and a word is refused until then.
    while (hub.alive() && (await tell().catch(() => 0)) === 503) await sleep(50)
    expect(await hub.ended).toBe('SIGKILL')
    await hub.start({ SLUIS_FAIL_AT: '' })
    await expect.poll(tell, { timeout: 30_000 }).toBe(204)
    await untilSettled(db)
    await holdLaws(db, [sender], town.neighbours)
  },
)

test.concurrent('killed in the middle of a replay, a node goes on with it', { timeout }, async () => {
  // A second's worth is released at once at most: of more than that, the third time is neither the first nor the last.
  await using stage = await setStage({ SLUIS_FAIL_AT: 'replay-after-release:3' })
  const { hub, sender, db } = stage
  for (const letter of writeLetters(24)) await sender.send(letter)
  await untilSettled(db)
  await replayVaccinations(db, 5)
  expect(await hub.ended).toBe('SIGKILL')
  const [half] = (await db.pool.query<{ released: number; total: number }>('select released, total from replay')).rows
  expect(half!.released).toBeGreaterThan(0)
  expect(half!.released).toBeLessThan(half!.total)
  await hub.start({ SLUIS_FAIL_AT: '' })
  const state = async () => (await db.pool.query<{ state: string }>('select state from replay')).rows[0]!.state
  await until(state, (one) => one === 'done')
  await untilSettled(db)
  await holdLaws(db, [sender], town.neighbours)
})

test.concurrent(
  'killed between closing a period and dropping it, a node drops it and the books stay',
  { timeout },
  async () => {
    const old = await openLine()
    await old.acceptSample('rapid-test', 1)
    await old.work()
    await settleAll(old.db)
    const period = await makeOlder(old.db, 40)
    // Made older, the first key opens no more by its name: a node wants to see one that does.
    await openVault(old.db, lineKey).forPeriod('lab', new Date())
    const day = `${period.slice(0, 4)}-${period.slice(4, 6)}-${period.slice(6)}`
    const books = () => account(old.db, { from: day, to: brusselsDay(new Date(Date.parse(day) + 86_400_000)) })
    const before = await books()
    await setRetention(old.db, { service: 'eforms', days: 30, actor: 'test', why: 'a test' })
    const env = { ...town.env, SLUIS_MASTER_KEY: lineKey.toString('base64') }
    const failing = { ...env, SLUIS_FAIL_AT: 'retention-after-detach' }
    await using hub = await startHubProcess({ databaseUrl: old.url, env: failing })
    expect(await hub.ended).toBe('SIGKILL')
    const table = async () =>
      (
        await old.db.query({
          text: `select relispartition as inside from pg_class where relname = 'message_eforms_${period}'`,
        })
      ).rows
    expect(await table()).toEqual([{ inside: false }])
    expect(await books()).toEqual(before)
    await hub.start({ SLUIS_FAIL_AT: '' })
    await until(table, (rows) => rows.length === 0)
    expect(await books()).toEqual(before)
    await hub.kill('SIGTERM')
    await old.close()
  },
)

test('every named point has its death', () => {
  const died: FailurePoint[] = [
    ...onTheWay,
    ...spooling,
    'drain-after-commit',
    'spool-after-cursor',
    'spool-after-aside',
    'callback-after-commit',
    'webhook-after-answer',
    'replay-after-release',
    'retention-after-detach',
    // In care.test.ts.
    ...careKilledAt,
  ]
  expect(died.sort()).toEqual(Object.keys(failurePoints).sort())
})
