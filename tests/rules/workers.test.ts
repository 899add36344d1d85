import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { seal } from '../../src/kernel/keys.ts'
import { dataFolder } from '../../src/kernel/package-root.ts'
import { makeRuleBars } from '../../src/rules/bars.ts'
import { loadPack, packOf as packIn } from '../../src/rules/load.ts'
import { findingsNoted } from '../../src/rules/noted.ts'
import { readPack, type Pack } from '../../src/rules/pack.ts'
import { noRule, type Judged } from '../../src/rules/worker-messages.ts'
import type { WorkerThread } from '../../src/rules/worker-thread.ts'
import { startRuleWorkers, type RuleWorkers } from '../../src/rules/workers.ts'
import { packTuples } from '../support/packed.ts'

const text = { nl: 'x', fr: 'x', de: 'x', en: 'x' }

function packOf(rules: readonly { id: string; expr: string }[]): Pack {
  const pack = {
    name: 'trial',
    version: '1.0.0',
    service: 'lab',
    owner: 'test',
    limits: { maxShareNewlyWithheld: 0.02, maxPerHourPerSource: 10, minSample: 5 },
    rules: rules.map((rule) => ({ ...rule, class: 'meaning', severity: 'withhold', text, explain: 'x' })),
  }
  const reading = readPack({ pack: JSON.stringify(pack), cases: null, notes: '' })
  if (reading.state === 'refused') throw new Error(JSON.stringify(reading.faults))
  return reading.pack
}

const about = (object: object) => ({ object, context: { now: '2026-11-22T12:00:00+01:00', source: 'lab-a' } })

let workers: RuleWorkers | undefined
afterEach(async () => {
  await workers?.close()
  workers = undefined
})

const slowPattern = packOf([
  { id: 'code-is-short', expr: 'code.length() < 5' },
  { id: 'pattern', expr: "word.matches('^(a+)+$')" },
  { id: 'all-known', expr: 'code.exists()' },
])
const bait = `${'a'.repeat(40)}!`

it('marks a catastrophic pattern as error on its record only, and judges everything else', async () => {
  workers = startRuleWorkers({ size: 1, deadlineMs: 400 })
  const subjects = Array.from({ length: 20 }, (_, at) =>
    about({ code: at === 3 ? 'toolong' : 'ok', word: at === 7 ? bait : 'aaa' }),
  )
  const verdicts = await workers.judge(slowPattern, subjects)
  const told = verdicts.flatMap((each, at) => each.map(({ ruleId, outcome }) => `${at} ${ruleId} ${outcome}`))
  expect(told).toEqual(['3 code-is-short withhold', '7 pattern error'])
})

it('stops nested loops of exponential cost, and never withholds for them', async () => {
  const inner = (depth: number): string => (depth === 0 ? '$this = $this' : `%context.list.all(${inner(depth - 1)})`)
  const pack = packOf([{ id: 'nested', expr: inner(9) }])
  workers = startRuleWorkers({ size: 1, deadlineMs: 400 })
  const list = Array.from({ length: 60 }, (_, at) => at)
  const verdicts = await workers.judge(pack, [about({ list }), about({ list: [1] })])
  expect(verdicts.map((each) => each.map(({ outcome }) => outcome))).toEqual([['error'], []])
})

/** A thread without a clock: a rule named `pattern` stands still on every record, and is killed at once. */
function threadWithoutClock(asked: string[]): Pick<WorkerThread, 'run' | 'close'> {
  return {
    run: (pack, { subjects, skips }) => {
      const rule = pack.rules.findIndex(({ id }) => id === 'pattern')
      const subject = subjects.findIndex((_, at) => !skips.includes(`${at} pattern`) && !skips.includes('* pattern'))
      if (subject === -1) return Promise.resolve({ state: 'done', verdicts: subjects.map(() => []) })
      asked.push(`${pack.name} ${subject}`)
      return Promise.resolve({ state: 'stuck', subject, rule })
    },
    close: () => Promise.resolve(),
  }
}

it('asks a rule that stood still three times no more, and says so as error', async () => {
  const asked: string[] = []
  workers = startRuleWorkers({ size: 1, deadlineMs: 0, startThread: () => threadWithoutClock(asked) })
  const six = Array.from({ length: 6 }, () => about({ code: 'ok', word: bait }))
  const everyOne = Array.from({ length: 6 }, () => ['pattern error'])
  for (const batch of [six, six]) {
    const verdicts = await workers.judge(slowPattern, batch)
    expect(verdicts.map((each) => each.map(({ ruleId, outcome }) => `${ruleId} ${outcome}`))).toEqual(everyOne)
  }
  // Three deadlines were paid for twelve records.
  expect(asked).toEqual(['trial 0', 'trial 1', 'trial 2'])
  expect([...(workers.stopped.get(slowPattern.hash) ?? [])]).toEqual(['pattern'])
})

it('asks it again after some minutes, and bars it only for standing still within as many', async () => {
  const asked: string[] = []
  const told: string[] = []
  let minutes = 0
  const bars = makeRuleBars(
    ({ pack, version, rule }) => told.push(`${pack} ${version} ${rule}`),
    () => minutes * 60_000,
  )
  workers = startRuleWorkers({ size: 1, deadlineMs: 0, bars, startThread: () => threadWithoutClock(asked) })
  const stands = async (records: number) => {
    const before = asked.length
    await workers!.judge(
      slowPattern,
      Array.from({ length: records }, () => about({ code: 'ok', word: bait })),
    )
    return asked.length - before
  }
  // Once in a while is no reason.
  expect(await stands(2)).toBe(2)
  minutes = 11
  expect(await stands(2)).toBe(2)
  expect(told).toEqual([])
  expect(await stands(2)).toBe(1)
  expect(told).toEqual(['trial 1.0.0 pattern'])
  expect(bars.list()).toEqual([{ pack: 'trial', version: '1.0.0', rule: 'pattern' }])
  minutes = 20
  expect(await stands(2)).toBe(0)
  minutes = 21
  expect(await stands(1)).toBe(1)
  expect(bars.list()).toEqual([])
})

it('blames no rule for the time between two records', () => {
  const progress = new Int32Array(3)
  const seen: number[] = []
  function* opened() {
    for (let at = 0; at < 3; at++) {
      seen.push(progress[2]!)
      yield about({ code: 'ok', word: 'aaa' })
    }
  }
  findingsNoted(slowPattern, opened(), new Set(), progress)
  expect([...seen, progress[2]]).toEqual([noRule, noRule, noRule, noRule])
  expect([progress[0], progress[1]]).toEqual([9, 2])
})

it('lets the thread that is asked next load a pack beforehand, without a record', async () => {
  const runs: [thread: number, records: number][] = []
  let threads = 0
  const startThread = () => {
    const thread = (threads += 1)
    return {
      run: async (_pack: Pack, batch: { readonly subjects: readonly unknown[] }) => {
        runs.push([thread, batch.subjects.length])
        return { state: 'done' as const, verdicts: batch.subjects.map(() => []) }
      },
      close: async () => undefined,
    }
  }
  workers = startRuleWorkers({ size: 2, deadlineMs: 0, startThread })
  await workers.prepare(slowPattern)
  await workers.judge(slowPattern, [about({ code: 'ok', word: 'a' })])
  expect(runs).toEqual([
    [2, 0],
    [2, 1],
  ])
})

it('comes back from loading a pack when it is closed meanwhile', async () => {
  const other = packOf([{ id: 'other', expr: 'code.exists()' }])
  workers = startRuleWorkers({ size: 1, deadlineMs: 1_000 })
  await workers.prepare(slowPattern)
  const loading = workers.prepare(other)
  await workers.close()
  await expect(loading).resolves.toBeUndefined()
})

it('opens sealed results in the thread, and names the one that a rule stood still on', async () => {
  const key = Buffer.alloc(32, 3)
  const receipt = '3f0c0000-0000-8000-8000-000000000000'
  const tuples = ['aaa', bait, 'aaa'].map((text, at) => {
    const content = Buffer.from(JSON.stringify({ content: { ...plainResult(), notes: [text] } }))
    return {
      record: int8(at),
      ordinal: int4(at),
      dataKey: int4(4),
      receipt: Buffer.from(receipt.replaceAll('-', ''), 'hex'),
      resultKey: Buffer.alloc(16, at),
      content: seal(key, content, `${receipt}.${at}`),
    }
  })
  const sealed = { ...packTuples(tuples), keys: new Map([[4, key]]), messages: null, others: new Map() }
  const pack = packOf([
    { id: 'pattern', expr: "notes.all(matches('^(a+)+$'))" },
    { id: 'cancelled', expr: "status != 'cancelled'" },
  ])
  workers = startRuleWorkers({ size: 1, deadlineMs: 1500 })
  const verdicts = await workers.judge(pack, [0, 1, 2], sealed)
  expect(verdicts.map((each) => each.map(({ ruleId, outcome }) => `${ruleId} ${outcome}`))).toEqual([
    ['cancelled withhold'],
    ['cancelled withhold', 'pattern error'],
    ['cancelled withhold'],
  ])
})

function int8(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}

const int4 = (value: number): Buffer => int8(value).subarray(4)

/** A result of the cases of the shipped pack. */
function plainResult(): object {
  const { cases } = packIn(loadPack(join(dataFolder, 'packs/lab-quality/1.0.0')), 'lab-quality@1.0.0')
  return { ...cases?.record, status: 'cancelled' }
}

it('leaves a thread for what arrives, however long what is stored takes', async () => {
  const held = Promise.withResolvers<void>()
  const startThread = () => ({
    run: async (_pack: Pack, { subjects }: { readonly subjects: readonly Judged[] }) => {
      if (subjects.length > 1) await held.promise
      return { state: 'done' as const, verdicts: subjects.map(() => []) }
    },
    close: async () => undefined,
  })
  workers = startRuleWorkers({ size: 2, deadlineMs: 0, startThread })
  const one = about({ code: 'ok', word: 'a' })
  const stored = Array.from({ length: 4 }, () => workers!.judgeStored(slowPattern, [one, one]))
  expect(await workers.judge(slowPattern, [one])).toEqual([[]])
  held.resolve()
  expect(await Promise.all(stored)).toEqual(Array.from({ length: 4 }, () => [[], []]))
})

it('has a queue with an end, and lets nobody wait who comes when it closes', async () => {
  workers = startRuleWorkers({ size: 1, deadlineMs: 5000, queueLimit: 1 })
  const first = workers.judge(slowPattern, [about({ code: 'ok' })])
  const second = workers.judge(slowPattern, [about({ code: 'ok' })]).catch((error: unknown) => String(error))
  await expect(workers.judge(slowPattern, [about({})])).rejects.toThrow('rule-workers-full')
  await first
  await workers.close()
  await expect(workers.judge(slowPattern, [about({})])).rejects.toThrow('rule-workers-closed')
  expect(await second).toSatisfy((told) => Array.isArray(told) || String(told).includes('rule-workers-closed'))
})
