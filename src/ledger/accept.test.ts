import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../../tests/support/database.ts'
import { sha256 } from '../kernel/ids.ts'
import { silentLog } from '../kernel/log.ts'
import { connect, type Database } from '../store/connect.ts'
import { startAccepting } from './accept.ts'
import type { Arrival } from './arrival.ts'
import { makeBell } from './bell.ts'
import { openSpool, type Spool } from './spool/spool.ts'
import { openVault } from './vault.ts'

function arrival(messageId: string): Arrival {
  const body = Buffer.from(`{"number":"${messageId}"}`)
  const head = { senderId: 1, messageId, service: 'eforms', format: 'eform-json', receivedAt: new Date() } as const
  return { ...head, sha256: sha256(body), body, traceparent: null }
}

test('a database that answers and takes nothing is away: messages are spooled, and stored when it takes them', async () => {
  const database = await createTestDatabase()
  const real = connect({ url: database.url, connections: 4 })
  let writes = true
  // As one that was demoted to a standby (SQLSTATE 25006): it answers a sign of life.
  const readOnly: Database = {
    ...real,
    query: async (statement) => {
      if (!writes && statement.text !== 'select 1')
        throw Object.assign(new Error('cannot execute INSERT in a read-only transaction'), { code: '25006' })
      return real.query(statement)
    },
  }
  const folder = await mkdtemp(join(tmpdir(), 'accept-'))
  const vault = openVault(real, Buffer.alloc(32, 9))
  const limits = { limitBytes: 1 << 20, limitAgeMs: 3_600_000 }
  const spool = await openSpool({ folder, journalFolder: null, key: vault.keys.spool, ...limits, log: silentLog })
  const fixed = { bell: makeBell(), node: 'test', log: silentLog, now: () => new Date() }
  const accepting = startAccepting({ db: readOnly, vault, spool, ...fixed })
  while (accepting.custodian().state !== 'storing') await sleep(20)

  writes = false
  for (const name of ['first', 'second', 'third']) {
    expect(await accepting.accept(arrival(name))).toMatchObject({ state: 'accepted', level: 'spooled' })
    // Longer than between two looks.
    await sleep(400)
    expect(accepting.custodian().state).toBe('spooling')
  }
  writes = true
  while (accepting.custodian().state !== 'storing') await sleep(20)
  expect(await accepting.accept(arrival('fourth'))).toMatchObject({ state: 'accepted', level: 'stored' })
  const { rows } = await real.query<{ n: number }>({ text: 'select count(*)::int as n from message' })
  expect(rows).toEqual([{ n: 4 }])
  await accepting.stop()
  await real.close()
  await database.drop()
  await rm(folder, { recursive: true })
})

test('a drain that its own disk holds up holds up no arrival: it is spooled, and all is stored once the disk works', async () => {
  const database = await createTestDatabase()
  const real = connect({ url: database.url, connections: 4 })
  let writes = true
  const readOnly: Database = {
    ...real,
    query: async (statement) => {
      if (!writes && statement.text !== 'select 1') throw Object.assign(new Error('read-only'), { code: '25006' })
      return real.query(statement)
    },
  }
  const folder = await mkdtemp(join(tmpdir(), 'accept-'))
  const vault = openVault(real, Buffer.alloc(32, 9))
  const limits = { limitBytes: 1 << 20, limitAgeMs: 3_600_000 }
  const opened = await openSpool({ folder, journalFolder: null, key: vault.keys.spool, ...limits, log: silentLog })
  let refused = 0
  let full = false
  const spool: Spool = {
    ...opened,
    done: async (token) => {
      if (!full) return opened.done(token)
      refused += 1
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    },
  }
  const fixed = { bell: makeBell(), node: 'test', log: silentLog, now: () => new Date() }
  const accepting = startAccepting({ db: readOnly, vault, spool, ...fixed })
  while (accepting.custodian().state !== 'storing') await sleep(20)

  writes = false
  for (const name of ['first', 'second']) await accepting.accept(arrival(name))
  full = true
  writes = true
  // Both are stored by now, and the place of the drain cannot be moved behind them.
  while (refused === 0) await sleep(5)
  const custody = await Promise.race([accepting.accept(arrival('third')), sleep(5_000, 'waits in memory')])
  expect(custody).toMatchObject({ state: 'accepted', level: 'spooled' })
  full = false
  while (accepting.custodian().state !== 'storing') await sleep(20)
  expect(await accepting.accept(arrival('fourth'))).toMatchObject({ state: 'accepted', level: 'stored' })
  const { rows } = await real.query<{ n: number }>({ text: 'select count(*)::int as n from message' })
  expect(rows).toEqual([{ n: 4 }])
  await accepting.stop()
  await real.close()
  await database.drop()
  await rm(folder, { recursive: true })
})

test('a queue with no room refuses with a time to come back, and stores all it took', async () => {
  const database = await createTestDatabase()
  const real = connect({ url: database.url, connections: 4 })
  const gate = Promise.withResolvers<void>()
  // Answers when it is asked whether it is there, and takes its time over everything else.
  const slow: Database = {
    ...real,
    query: async (statement) => {
      if (statement.text !== 'select 1') await gate.promise
      return real.query(statement)
    },
  }
  const folder = await mkdtemp(join(tmpdir(), 'accept-'))
  const vault = openVault(real, Buffer.alloc(32, 9))
  const limits = { limitBytes: 1 << 20, limitAgeMs: 3_600_000 }
  const spool = await openSpool({ folder, journalFolder: null, key: vault.keys.spool, ...limits, log: silentLog })
  const fixed = { bell: makeBell(), node: 'test', log: silentLog, now: () => new Date() }
  const accepting = startAccepting({ db: slow, vault, spool, ...fixed })
  while (accepting.custodian().state !== 'storing') await sleep(20)

  const taken: Promise<unknown>[] = []
  let refused: unknown = null
  for (let n = 0; refused === null && n < 20_000; n += 1) {
    const full = accepting.waiting()
    const one = accepting.accept(arrival(`m${n}`))
    // Without room it is refused at once; what is taken adds to the queue or goes into a lane.
    const grew = accepting.waiting() > full || n < 2
    if (grew) taken.push(one)
    else refused = await one.catch((error: unknown) => error)
  }
  expect(refused).toMatchObject({ code: 'intake-full', params: { seconds: 2 } })
  expect(taken.length).toBeGreaterThan(1_000)
  // What floods one service leaves room for another.
  const full = accepting.waiting()
  taken.push(accepting.accept({ ...arrival('of another service'), service: 'lab' }))
  expect(accepting.waiting()).toBe(full + 1)
  gate.resolve()
  const custody = { state: 'accepted', level: 'stored', repeated: false }
  for (const one of await Promise.all(taken)) expect(one).toMatchObject(custody)
  expect(await accepting.accept(arrival('afterwards'))).toMatchObject(custody)
  const { rows } = await real.query<{ n: number }>({ text: 'select count(*)::int as n from message' })
  expect(rows).toEqual([{ n: taken.length + 1 }])
  await accepting.stop()
  await real.close()
  await database.drop()
  await rm(folder, { recursive: true })
})

test('only what the database refuses for its data is set aside, and it is stored once the database takes it', async () => {
  const database = await createTestDatabase()
  const real = connect({ url: database.url, connections: 4 })
  /** What the database says to a write; `poison` only to that of a message of this name. */
  let says: string | null = null
  let poison = ''
  const moody: Database = {
    ...real,
    query: async (statement) => {
      const writes = statement.text !== 'select 1'
      const poisoned = poison !== '' && statement.values?.some((each) => Buffer.isBuffer(each) && each.includes(poison))
      const code = writes && poisoned === true ? '22P05' : writes ? says : null
      if (code !== null) throw Object.assign(new Error('refused'), { code })
      return real.query(statement)
    },
  }
  const folder = await mkdtemp(join(tmpdir(), 'accept-'))
  const vault = openVault(real, Buffer.alloc(32, 9))
  const limits = { limitBytes: 1 << 20, limitAgeMs: 3_600_000 }
  const spool = await openSpool({ folder, journalFolder: null, key: vault.keys.spool, ...limits, log: silentLog })
  const fixed = { bell: makeBell(), node: 'test', log: silentLog, now: () => new Date() }
  const accepting = startAccepting({ db: moody, vault, spool, ...fixed, asideMilliseconds: 200 })
  const storing = async (): Promise<void> => {
    while (accepting.custodian().state !== 'storing') await sleep(20)
  }
  const stored = async (): Promise<string[]> => {
    const text = 'select message_id as name from message order by id'
    return (await real.query<{ name: string }>({ text })).rows.map(({ name }) => name)
  }
  await storing()

  says = '25006'
  for (const name of ['first', 'second']) await accepting.accept(arrival(name))
  for (const passing of ['57014', '42501', '55P03', '42703']) {
    says = passing
    await sleep(300)
    expect([passing, spool.state().frames, spool.state().setAside]).toEqual([passing, 2, 0])
    expect(accepting.custodian().state).toBe('spooling')
  }
  says = null
  await storing()
  expect(await stored()).toEqual(['first', 'second'])

  says = '25006'
  for (const name of ['third', 'poison', 'fourth']) await accepting.accept(arrival(name))
  poison = 'poison'
  says = null
  await storing()
  expect(await stored()).toEqual(['first', 'second', 'third', 'fourth'])
  await sleep(500)
  expect(spool.state()).toMatchObject({ frames: 0, setAside: 1 })
  poison = ''
  while (spool.state().setAside > 0) await sleep(20)
  expect(await stored()).toEqual(['first', 'second', 'third', 'fourth', 'poison'])
  await accepting.stop()
  await real.close()
  await database.drop()
  await rm(folder, { recursive: true })
})
