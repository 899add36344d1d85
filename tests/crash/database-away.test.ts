import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { makeClient } from '../../src/access/clients.ts'
import { askToken } from '../../src/access/ask-token.ts'
import { brusselsDay } from '../../src/kernel/clock.ts'
import { account } from '../../src/ledger/account.ts'
import { createTestDatabase } from '../support/database.ts'
import { startHubProcess, type HubProcess } from '../support/hub.ts'
import type { LineMode } from '../support/proxy.ts'
import {
  makeSender,
  pharmacyNames,
  registerClients,
  writeLetter,
  writeLetters,
  type Sender,
} from '../support/sender.ts'
import { watchLock } from '../../src/store/alerts.ts'
import { holdLaws, lookAt, until, untilSettled } from './laws.ts'
import { startSteadyLoad } from './load.ts'
import { lineTo, startTown, type Town } from './town.ts'

// The bar is ten minutes at 500 a second; a run of every day is shorter. SLUIS_LONG=1 runs the bar.
const long = process.env['SLUIS_LONG'] === '1'
const away = {
  seconds: Number(process.env['SLUIS_AWAY_SECONDS'] ?? (long ? 600 : 8)),
  perSecond: Number(process.env['SLUIS_AWAY_RATE'] ?? (long ? 500 : 100)),
}
const timeout = 240_000 + away.seconds * 6_000

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  await town.end()
})

interface Scene extends AsyncDisposable {
  readonly hubs: readonly HubProcess[]
  readonly senders: readonly Sender[]
  readonly db: ReturnType<typeof lookAt>
  cut(mode: LineMode): Promise<void>
}

/** Nodes that know their senders, on one database behind a line of its own each. */
async function setScene(
  counts: { readonly nodes?: number; readonly senders?: number },
  env: Readonly<Record<string, string>> = {},
): Promise<Scene> {
  const database = await createTestDatabase()
  const clients = await registerClients(database.url, pharmacyNames(counts.senders ?? 1))
  const { line, url } = await lineTo(database.url)
  const names = ['one', 'two'].slice(0, counts.nodes ?? 1)
  const hubs = await Promise.all(
    names.map((node) => startHubProcess({ node, databaseUrl: url, env: { ...town.env, ...env } })),
  )
  await Promise.all(hubs.map((hub) => hub.ready))
  const senders = clients.map((client) =>
    makeSender(
      client,
      hubs.map((hub) => hub.url),
    ),
  )
  for (const sender of senders) await sender.signIn()
  await until(
    () => health(hubs[0]!),
    ({ custodian }) => custodian === 'storing',
  )
  const db = lookAt(database.url)
  return {
    hubs,
    senders,
    db,
    cut: (mode) => line.mode(mode),
    async [Symbol.asyncDispose]() {
      await Promise.all(hubs.map((hub) => hub[Symbol.asyncDispose]()))
      await Promise.all([...senders.map((sender) => sender.close()), db.close(), line.close()])
      await database.drop()
    },
  }
}

interface Health {
  readonly status: number
  readonly ready: boolean
  readonly custodian: string
  readonly database: string
  readonly spool: { readonly frames: number; readonly full: boolean }
}

async function health(hub: HubProcess): Promise<Health> {
  const answer = await fetch(`${hub.url}/readyz`)
  return { ...((await answer.json()) as Omit<Health, 'status'>), status: answer.status }
}

async function metric(hub: HubProcess, name: string): Promise<number> {
  const text = await (await fetch(`${hub.url}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`${name}{`) || one.startsWith(`${name} `))
  return Number(line?.split(' ').at(-1))
}

const storing = ({ custodian, spool }: Health): boolean => custodian === 'storing' && spool.frames === 0

/** Messages of one sender that lie in another order than it sent them. */
async function outOfOrder(db: Scene['db'], sent: ReadonlyMap<string, number>): Promise<string[]> {
  const { rows } = await db.pool.query<{ sender_id: number; message_id: string }>(
    'select sender_id, message_id from message order by id',
  )
  const last = new Map<number, number>()
  return rows.flatMap((row) => {
    const number = sent.get(row.message_id) ?? -1
    const wrong = number < (last.get(row.sender_id) ?? -1)
    last.set(row.sender_id, number)
    return wrong ? [row.message_id] : []
  })
}

test(
  'with the database away intake goes on at its rate, says so, and drains by itself in order',
  { timeout },
  async () => {
    await using scene = await setScene({ senders: Math.max(10, away.perSecond / 5) })
    const { db, senders, cut } = scene
    const hub = scene.hubs[0]!
    onTestFailed(() => console.log(hub.output().slice(-4_000)))
    const load = startSteadyLoad(senders, away.perSecond)
    await sleep(1_000)
    await cut('refuse')
    const early = await until(
      () => health(hub),
      ({ custodian, spool }) => custodian === 'spooling' && spool.frames > 0,
    )
    expect(early).toMatchObject({ status: 200, ready: true, database: 'away' })
    expect(await metric(hub, 'sluis_spool_frames')).toBeGreaterThan(0)
    const stranger = await makeClient('stranger')
    expect(await askToken(hub.url, stranger)).toMatchObject({ state: 'refused', code: 'client-unknown-now' })
    await sleep(away.seconds * 1_000)
    const { frames } = (await health(hub)).spool
    await cut('pass')
    await until(() => health(hub), storing, 60_000 + away.seconds * 1_000)
    await sleep(1_000)
    const { sent, slowest } = await load.stop()

    const spooled = senders.flatMap((sender) => [...sender.receipts.values()]).filter((one) => one.level === 'spooled')
    console.log(
      JSON.stringify({ ...away, sent: sent.size, spooled: spooled.length, frames, slowestMs: Math.round(slowest) }),
    )
    // At which rate is the machine's affair (it is printed); that taking went on while the database was away is ours.
    expect(frames).toBeGreaterThan(early.spool.frames)
    expect(spooled.length).toBeGreaterThan(0)
    expect(senders.flatMap((sender) => Object.keys(sender.troubles))).toEqual([])
    await untilSettled(db, 120_000 + away.seconds * 4_000)
    expect(await outOfOrder(db, sent)).toEqual([])
    await holdLaws(db, senders, town.neighbours)
  },
)

test('a database that falls silent is away as well', { timeout }, async () => {
  await using scene = await setScene({ senders: 3 })
  const hub = scene.hubs[0]!
  await scene.cut('half-open')
  for (const sender of scene.senders) {
    expect(await sender.send(writeLetter(), 40_000)).toMatchObject({ status: 202, body: { level: 'spooled' } })
  }
  expect(await health(hub)).toMatchObject({ status: 200, custodian: 'spooling' })
  await scene.cut('pass')
  await until(() => health(hub), storing)
  await untilSettled(scene.db)
  await holdLaws(scene.db, scene.senders, town.neighbours)
})

test('work goes on after a line died without a word, and what it held is free again', { timeout }, async () => {
  await using scene = await setScene({ senders: 3 })
  const { db, senders, cut } = scene
  onTestFailed(() => console.log(scene.hubs[0]!.output().slice(-4_000)))
  const load = startSteadyLoad(senders, 20)
  await sleep(1_500)
  // In the middle of statements and transactions: the server keeps the sessions and their locks, and hears nothing more.
  await cut('half-open')
  await sleep(3_000)
  await cut('forgetful')
  const began = performance.now()
  const sealed = async (): Promise<number> => {
    const { rows } = await db.pool.query<{ at: Date | null }>('select max(sealed_at) as at from block')
    return rows[0]?.at?.getTime() ?? 0
  }
  const before = await sealed()
  await until(sealed, (at) => at > before, 60_000)
  await load.stop()
  await untilSettled(db, 60_000)
  console.log(JSON.stringify({ resumedAfterSeconds: Math.round((performance.now() - began) / 100) / 10 }))
  // A look of the watch may hold its own lock for as long as that look may take.
  const { rows } = await db.pool.query(
    `select count(*)::int as stale from pg_stat_activity a where datname = current_database()
      and state like 'idle in transaction%' and state_change < now() - interval '20 seconds'
      and not exists (select from pg_locks l where l.pid = a.pid and l.locktype = 'advisory' and l.classid = $1)`,
    [watchLock],
  )
  expect(rows).toEqual([{ stale: 0 }])
  await holdLaws(db, senders, town.neighbours)
})

test('a message spooled on two nodes is one message', { timeout }, async () => {
  await using scene = await setScene({ nodes: 2 })
  const [one, two] = scene.hubs as [HubProcess, HubProcess]
  const sender = scene.senders[0]!
  await until(() => health(two), storing)
  await scene.cut('refuse')
  for (const letter of writeLetters(8)) {
    const first = await sender.post(letter, one.url)
    const second = await sender.post(letter, two.url)
    expect(first).toMatchObject({ status: 202, body: { level: 'spooled' } })
    expect(second.body.receipt).toBe(first.body.receipt)
  }
  await scene.cut('pass')
  for (const hub of [one, two]) await until(() => health(hub), storing)
  await untilSettled(scene.db)
  const { rows } = await scene.db.pool.query('select count(*)::int as count from message')
  expect(rows).toEqual([{ count: 8 }])
  await holdLaws(scene.db, [sender], town.neighbours)
})

test(
  'a full spool refuses with 503 and a time to come back, and takes again once it is drained',
  { timeout },
  async () => {
    await using scene = await setScene({}, { SLUIS_SPOOL_BYTES: '40000' })
    const hub = scene.hubs[0]!
    const sender = scene.senders[0]!
    await scene.cut('refuse')
    let last = await sender.post(writeLetter())
    for (let sent = 0; last.status === 202 && sent < 200; sent += 1) last = await sender.post(writeLetter())
    expect(last).toMatchObject({ status: 503, body: { code: 'spool-full', temporary: true } })
    expect(Number(last.retryAfter)).toBeGreaterThan(0)
    expect(await health(hub)).toMatchObject({ status: 503, ready: false, spool: { full: true } })
    await scene.cut('pass')
    await until(() => health(hub), storing)
    await sender.resend()
    await untilSettled(scene.db)
    expect(await health(hub)).toMatchObject({ status: 200, ready: true })
    await holdLaws(scene.db, [sender], town.neighbours)
  },
)

test(
  'receipts whose messages went with a disk are named in the books until their senders send again',
  { timeout },
  async () => {
    await using scene = await setScene({})
    const { db, hubs, senders } = scene
    const hub = hubs[0]!
    const sender = senders[0]!
    const today = { from: brusselsDay(new Date(Date.now() - 3_600_000)), to: brusselsDay(new Date()) }
    const missing = async () => (await account(db, today)).missing.map((one) => one.receipt).sort()
    await scene.cut('refuse')
    const letters = writeLetters(6)
    for (const letter of letters) expect((await sender.send(letter))?.body.level).toBe('spooled')
    await hub.kill('SIGKILL')
    await rm(join(hub.dataFolder, 'spool'), { recursive: true })
    await hub.start()
    await scene.cut('pass')
    const receipts = letters.map((letter) => sender.receipts.get(letter.messageId)!.receipt)
    expect(await until(missing, (found) => found.length > 0)).toEqual([...receipts].sort())
    expect((await account(db, today)).balanced).toBe(false)

    expect(await sender.send(letters[0]!)).toMatchObject({ status: 202, body: { receipt: receipts[0] } })
    expect(await missing()).toEqual(receipts.slice(1).sort())
    await hub.kill('SIGTERM')
    await hub.start()
    await hub.ready
    for (const letter of letters.slice(1)) await sender.send(letter)
    expect(await missing()).toEqual([])
    await untilSettled(db)
    await holdLaws(db, [sender], town.neighbours)
  },
)
