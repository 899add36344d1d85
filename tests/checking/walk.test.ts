import { expect, test } from 'vitest'
import { beginReport, runReport, type DryRunDeps } from '../../src/checking/dry-run.ts'
import { formatNamed } from '../../src/formats/registry.ts'
import { receiptNumber, sha256 } from '../../src/kernel/ids.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { makeBell } from '../../src/ledger/bell.ts'
import { workOnce } from '../../src/ledger/stage.ts'
import { storeBatch } from '../../src/ledger/store-batch.ts'
import { readingStage } from '../../src/reading/read.ts'
import { earlierAmong } from '../../src/rules/earlier.ts'
import { loadPacks } from '../../src/rules/load.ts'
import { reports } from '../../src/store/impact.ts'
import { nextOfPatients, walkStart } from '../../src/store/patient-walk.ts'
import { earlierResults } from '../../src/store/surroundings.ts'
import { makePackWorld, type PackWorld } from './world.ts'

const quality = loadPacks().find(({ name }) => name === 'lab-quality')!
const everything = { message: true, arrival: true, previous: true, known: true }

test('what came before a result is the same when its patient is at hand as when the database is asked', async () => {
  const world = await makePackWorld()
  await sendHistory(world)
  const { rows } = await nextOfPatients(world.db, await anyReport(world), walkStart, 1_000)
  const asked = await earlierResults(world.db, rows)
  expect(new Set(asked.map(({ role }) => role))).toEqual(new Set(['version', 'beside', 'before', 'known', 'other']))
  for (const lines of Map.groupBy(rows, ({ patient }) => patient.toString('hex')).values()) {
    for (const [at, found] of earlierAmong(lines, everything).entries()) {
      const { record } = lines[at]!
      const own = asked.filter(({ role, of }) => role !== 'other' && of.includes(record))
      const stored = own.map((row) => `${row.role} ${row.record}`)
      expect(found.map(({ role, line }) => `${role} ${line.record}`).toSorted()).toEqual(stored.toSorted())
    }
  }
})

test('a version says the same however many results are at hand, also of a patient with more, or without a line', async () => {
  const world = await makePackWorld()
  await sendHistory(world)
  const whole = await tried(world, {})
  expect(whole.said.length).toBeGreaterThan(5)
  expect(whole.seen).toBe(whole.total)
  const small = await tried(world, { sizes: { patients: 7, receipts: 3 } })
  expect(small).toEqual(whole)
  await world.db.query({ text: `delete from result where record = (select max(record) from result)` })
  expect(await tried(world, { sizes: { patients: 7, receipts: 3 } })).toEqual(whole)
})

test('trying a version holds a batch and the next, however much is stored', async () => {
  const world = await makePackWorld()
  await sendHistory(world)
  const held: number[] = []
  let read = 0
  const db = {
    ...world.db,
    query: (config: Parameters<PackWorld['db']['query']>[0]) => {
      if (config.name === 'next-of-patients') read += 1
      return world.db.query(config)
    },
  } as PackWorld['db']
  let judged = 0
  await tried(world, {
    db,
    sizes: { patients: 20, receipts: 20 },
    judge: (pack, subjects, sealed) => {
      held.push(sealed?.starts.length ?? subjects.length)
      return world.judge(pack, subjects, sealed)
    },
    progress: () => {
      judged += 1
      expect(read - judged).toBeLessThanOrEqual(1)
    },
  })
  expect(Math.max(...held)).toBeLessThanOrEqual(20)
  expect(judged).toBeGreaterThan(3)
})

async function tried(world: PackWorld, { progress, ...deps }: Partial<DryRunDeps> & { progress?: () => void }) {
  await world.db.query({ text: 'delete from verdict' })
  const setting = await world.install(quality)
  const id = await beginReport(world.db, { purpose: 'try', setting, pack: quality, actor: 'test' })
  const watching = progress === undefined ? {} : { progress }
  expect(await runReport({ ...world, worker: 'test', ...deps }, id, watching)).toBe('done')
  const { rows } = await world.db.query<{ said: string }>({
    text: `select record || ' ' || rule || ' ' || outcome as said from verdict order by record, rule`,
  })
  const [report] = await reports(world.db, { id })
  return { said: rows.map(({ said }) => said), seen: report!.seen, total: report!.total }
}

async function anyReport(world: PackWorld) {
  const setting = await world.install(quality)
  const id = await beginReport(world.db, { purpose: 'try', setting, pack: quality, actor: 'test' })
  return (await reports(world.db, { id }))[0]!
}

/** Four people, one with most of the results: resent, corrected, in two units, under a number of somebody else, and under one order number. */
async function sendHistory({ db, vault }: PackWorld): Promise<void> {
  const day = 86_400_000
  const now = Date.now()
  const messages = Array.from({ length: 60 }, (_, at) => {
    const person = at % 3 === 0 ? 1 + ((at / 3) % 3) : 0
    const name = at % 11 === 0 ? 'Janssens^Piet' : `Peeters ${person}^An`
    const taken = stamp(now - (1 + ((at * 7) % 9)) * day)
    const head = [`MSH|^~\\&|LIS|LABO-NOORD|SLUIS||${stamp(now)}||ORU^R01|C|P|2.5.1||||||UNICODE UTF-8`]
    head.push(`PID|1||47${person}^^^LABO^PI||${name}||19${at % 11 === 0 ? 50 : 60}0101|U`)
    head.push(`OBR|1||${at % 4 === 0 ? 'X' : `O${at % 13}`}|PANEL^Panel^L|||${taken}`)
    const told = stamp(now - (60 - at) * 60_000)
    const result = (code: string, value: number, unit: string): string =>
      `OBX|1|NM|${code}^Test^LN||${value}|${unit}|||||${at % 17 === 0 ? 'C' : 'F'}|||${taken}|||||${told}`
    head.push(result('14682-9', 80 + (at % 5) * 9, 'umol/L'))
    if (at % 20 === 3) {
      const shared = stamp(now - 20 * day)
      head.push(`OBR|1||S|PANEL^Panel^L|||${shared}`, result('2823-3', 4 + at / 20, 'mmol/L').replace(taken, shared))
    }
    if (at % 5 === 0) head.push(result('59261-8', 53, 'mmol/mol'), result('4548-4', 7, '%'))
    return Buffer.from(head.join('\r'))
  })
  const stage = readingStage({ vault, node: 'test', formatNamed }, 'lab')
  for (const [at, body] of messages.entries()) {
    const [messageId, hash] = [`M${at}`, sha256(body)]
    const number = receiptNumber(vault.keys.receipt, 1, messageId, hash)
    const arrival = { ...number, senderId: 1, messageId, service: 'lab', format: 'hl7v2' } as const
    const message = { ...arrival, receivedAt: new Date(), sha256: hash, body, traceparent: null }
    await storeBatch(db, vault, 'test', [message], 'stored')
    while (await workOnce({ db, bell: makeBell(), log: silentLog }, stage));
  }
}

const stamp = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replaceAll(/\D/g, '')}+0000`
