import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createTestDatabase } from '../../tests/support/database.ts'
import { sha256 } from '../kernel/ids.ts'
import { silentLog } from '../kernel/log.ts'
import { connect, type Database, type Statement } from '../store/connect.ts'
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

/** A write that a test lets through by returning null, or refuses with an error of the database. */
type Refuses = (statement: Statement) => Error | null | Promise<Error | null>

/** An intake on a database of its own, storing, all cleared away with the test. Signs of life are answered in any case. */
async function openIntake(
  refuses: Refuses,
  change: { spool?: (real: Spool) => Spool; asideMilliseconds?: number } = {},
) {
  const database = await createTestDatabase()
  const real = connect({ url: database.url, connections: 4 })
  const db: Database = {
    ...real,
    query: async (statement) => {
      const error = statement.text === 'select 1' ? null : await refuses(statement)
      if (error !== null) throw error
      return real.query(statement)
    },
  }
  const folder = await mkdtemp(join(tmpdir(), 'accept-'))
  const vault = openVault(real, Buffer.alloc(32, 9))
  const limits = { limitBytes: 1 << 25, limitAgeMs: 3_600_000 }
  const opened = await openSpool({ folder, journalFolder: null, key: vault.keys.spool, ...limits, log: silentLog })
  const spool = change.spool?.(opened) ?? opened
  const fixed = { bell: makeBell(), node: 'test', log: silentLog, now: () => new Date() }
  const { asideMilliseconds } = change
  const aside = asideMilliseconds === undefined ? {} : { asideMilliseconds }
  const accepting = startAccepting({ db, vault, spool, ...fixed, ...aside })
  onTestFinished(async () => {
    await accepting.stop()
    await real.close()
    await database.drop()
    await rm(folder, { recursive: true })
  })
  const storing = async (): Promise<void> => {
    while (accepting.custodian().state !== 'storing') await sleep(20)
  }
  await storing()
  const stored = async (): Promise<string[]> => {
    const text = 'select message_id as name from message order by id'
    return (await real.query<{ name: string }>({ text })).rows.map(({ name }) => name)
  }
  return { accepting, spool, storing, stored }
}

const saying = (code: string): Error => Object.assign(new Error('refused'), { code })

test('a database that answers and takes nothing is away: messages are spooled, and stored when it takes them', async () => {
  let writes = true
  // As one that was demoted to a standby (SQLSTATE 25006): it answers a sign of life.
  const { accepting, storing, stored } = await openIntake(() => (writes ? null : saying('25006')))

  writes = false
  for (const name of ['first', 'second', 'third']) {
    expect(await accepting.accept(arrival(name))).toMatchObject({ state: 'accepted', level: 'spooled' })
    // Longer than between two looks.
    await sleep(400)
    expect(accepting.custodian().state).toBe('spooling')
  }
  writes = true
  await storing()
  expect(await accepting.accept(arrival('fourth'))).toMatchObject({ state: 'accepted', level: 'stored' })
  expect(await stored()).toHaveLength(4)
})

test('what was accepted first is stored first, also when the database goes away under it and over it', async () => {
  const gates: PromiseWithResolvers<Error | null>[] = []
  let gated = false
  let writes = true
  const { accepting, storing, stored } = await openIntake(() => {
    if (!gated) return writes ? null : saying('25006')
    const gate = Promise.withResolvers<Error | null>()
    gates.push(gate)
    return gate.promise
  })
  await accepting.accept(arrival('before'))
  /** Two in a lane each, one in the queue; then both lanes hear that nothing is written, the first one last. */
  const round = async (names: readonly string[], firstLane: Error | null) => {
    gated = true
    const taken = names.slice(0, 3).map((name) => accepting.accept(arrival(name)))
    while (gates.length < 2) await sleep(5)
    gated = writes = false
    gates[1]!.resolve(saying('25006'))
    while (accepting.custodian().state !== 'spooling') await sleep(5)
    // Behind the queue, although the spool is open.
    taken.push(...names.slice(3).map((name) => accepting.accept(arrival(name))))
    // Looks at the database find nothing in the spool meanwhile, and must not take that for the end of it.
    await sleep(600)
    expect(accepting.custodian().state).toBe('spooling')
    gates[0]!.resolve(firstLane)
    gates.length = 0
    const levels = (await Promise.all(taken)).map((custody) => custody.state === 'accepted' && custody.level)
    writes = true
    await storing()
    return levels
  }
  expect(await round(['a1', 'a2', 'a3', 'a4'], saying('25006'))).toEqual(Array(4).fill('spooled'))
  expect(await stored()).toEqual(['before', 'a1', 'a2', 'a3', 'a4'])
  expect(await round(['b1', 'b2', 'b3', 'b4'], null)).toEqual(['stored', 'spooled', 'spooled', 'spooled'])
  expect(await stored()).toEqual(['before', 'a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'b4'])
})

test('a batch that the database leaves without a word holds up nobody behind it', async () => {
  const gate = Promise.withResolvers<Error | null>()
  let asked = 0
  // The first hears nothing, all others that nothing is written.
  const { accepting, storing, stored } = await openIntake(() => {
    if (asked === 0) return null
    asked += 1
    return asked === 2 ? gate.promise : saying('25006')
  })
  await accepting.accept(arrival('before'))
  asked = 1
  let answered = false
  const silent = accepting.accept(arrival('silent')).finally(() => (answered = true))
  const behind = ['second', 'third'].map((name) => accepting.accept(arrival(name)))
  for (const custody of await Promise.all(behind)) expect(custody).toMatchObject({ level: 'spooled' })
  expect(answered).toBe(false)
  gate.resolve(saying('25006'))
  expect(await silent).toMatchObject({ level: 'spooled' })
  asked = 0
  await storing()
  expect((await stored()).sort()).toEqual(['before', 'second', 'silent', 'third'])
})

test('one that comes when the drain has become long goes behind those that wait for its end', async () => {
  let writes = true
  let frames: number | null = null
  const gate = Promise.withResolvers<void>()
  let drains = 0
  const longAtTimes = (real: Spool): Spool => ({
    ...real,
    state: () => ({ ...real.state(), ...(frames === null ? {} : { frames }) }),
    done: async (token) => {
      drains += 1
      await gate.promise
      return real.done(token)
    },
  })
  const { accepting, storing, stored } = await openIntake(() => (writes ? null : saying('25006')), {
    spool: longAtTimes,
  })
  writes = false
  await accepting.accept(arrival('first'))
  writes = true
  while (drains === 0) await sleep(5)
  expect(accepting.custodian().state).toBe('draining')
  const second = accepting.accept(arrival('second'))
  expect(accepting.waiting()).toBe(1)
  frames = 2_001
  const third = accepting.accept(arrival('third'))
  frames = null
  gate.resolve()
  const levels = (await Promise.all([second, third])).map((custody) => custody.state === 'accepted' && custody.level)
  await storing()
  expect(await stored()).toEqual(['first', 'second', 'third'])
  expect(levels).toEqual(['spooled', 'spooled'])
})

test('a drain that its own disk holds up holds up no arrival: it is spooled, and all is stored once the disk works', async () => {
  let writes = true
  let refused = 0
  let full = false
  const fullAtTimes = (real: Spool): Spool => ({
    ...real,
    done: async (token) => {
      if (!full) return real.done(token)
      refused += 1
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    },
  })
  const { accepting, storing, stored } = await openIntake(() => (writes ? null : saying('25006')), {
    spool: fullAtTimes,
  })

  writes = false
  for (const name of ['first', 'second']) await accepting.accept(arrival(name))
  full = true
  writes = true
  // Both are stored by now, and the place of the drain cannot be moved behind them.
  while (refused === 0) await sleep(5)
  const custody = await Promise.race([accepting.accept(arrival('third')), sleep(5_000, 'waits in memory')])
  expect(custody).toMatchObject({ state: 'accepted', level: 'spooled' })
  full = false
  await storing()
  expect(await accepting.accept(arrival('fourth'))).toMatchObject({ state: 'accepted', level: 'stored' })
  expect(await stored()).toHaveLength(4)
})

test('a queue with no room refuses with a time to come back, and stores all it took', async () => {
  const gate = Promise.withResolvers<void>()
  // Takes its time over everything but signs of life.
  const { accepting, stored } = await openIntake(() => gate.promise.then(() => null))

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
  expect(await stored()).toHaveLength(taken.length + 1)
})

test('a queue that is full while the database goes away is spooled at once, and what comes after it', async () => {
  const gates: PromiseWithResolvers<Error | null>[] = []
  let writes = true
  const { accepting, storing, stored } = await openIntake(() => {
    if (writes) return null
    if (gates.length === 2) return saying('25006')
    return gates[gates.push(Promise.withResolvers()) - 1]!.promise
  })
  await accepting.accept(arrival('before'))
  await sleep(5)
  writes = false
  const names = Array.from({ length: 6_149 }, (_, n) => `m${n}`)
  // One in each lane, the share of a service in the queue; the second lane hears that nothing is written, the first nothing.
  const taken = names.slice(0, 6_146).map((name) => accepting.accept(arrival(name)))
  while (gates.length < 2) await sleep(5)
  gates[1]!.resolve(saying('25006'))
  while (accepting.custodian().state !== 'spooling') await sleep(5)
  const full = accepting.waiting()
  taken.push(...names.slice(6_146).map((name) => accepting.accept(arrival(name))))
  expect([full, accepting.waiting()]).toEqual([6_144, 0])
  for (const custody of await Promise.all(taken.slice(1))) expect(custody).toMatchObject({ level: 'spooled' })
  gates[0]!.resolve(null)
  expect(await taken[0]).toMatchObject({ level: 'stored' })
  writes = true
  await storing()
  expect(await stored()).toEqual(['before', ...names])
})

test('only what the database refuses for its data is set aside, and it is stored once the database takes it', async () => {
  /** What the database says to a write; `poison` only to that of a message of this name. */
  let says: string | null = null
  let poison = ''
  const refuses: Refuses = ({ values }) => {
    const poisoned = poison !== '' && values?.some((each) => Buffer.isBuffer(each) && each.includes(poison)) === true
    const code = poisoned ? '22P05' : says
    return code === null ? null : saying(code)
  }
  const { accepting, spool, storing, stored } = await openIntake(refuses, { asideMilliseconds: 200 })

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
})
