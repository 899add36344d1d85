import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SluisError } from '../../kernel/errors.ts'
import { makeLog } from '../../kernel/log.ts'
import type { View } from '../../web/view.ts'
import type { NodeHealth } from '../health.ts'
import type { LivePart } from './live.ts'
import { makeTicker, type Ticker } from './ticker.ts'

const health = () => ({ draining: false }) as NodeHealth
const view = () => ({ language: 'en', person: null }) as unknown as View

/** A part that is another each time it is read. */
function counting(): LivePart<unknown> {
  let read = 0
  return { read: async () => (read += 1), show: (_view, facts) => `<p>${String(facts)}</p>` }
}

const failing = (error: () => Error): LivePart<unknown> => ({ read: () => Promise.reject(error()), show: () => null })

/** A reader that takes nothing in: the response has no line, and keeps all that is written. */
function reader(stillHere = async () => true) {
  const raw = new ServerResponse(new IncomingMessage(new Socket()))
  const write = vi.spyOn(raw, 'write')
  return { raw, view, stillHere, told: () => write.mock.calls.length, said: () => String(write.mock.lastCall?.[0]) }
}

let ticker: Ticker
let logged: string[]
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  logged = []
  ticker = makeTicker({ health, log: makeLog('error', {}, (line) => logged.push(line)) })
})
afterEach(() => {
  ticker.stop()
  vi.useRealTimers()
})

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000)

test('a reader whose session ended is told nothing more, also when its stream does not close', async () => {
  const [part, session] = [counting(), { counts: true }]
  const [ended, other] = [reader(async () => session.counts), reader()]
  const errors: unknown[] = []
  ended.raw.on('error', (error) => errors.push(error))
  ticker.join('overview ', part, ended)
  ticker.join('overview ', part, other)
  await seconds(5)
  session.counts = false
  await seconds(30)
  expect([ended.raw.writableEnded, ticker.readers()]).toEqual([true, 1])
  const told = [ended.told(), other.told()] as const
  await seconds(5)
  expect([ended.told(), other.told()]).toEqual([told[0], told[1] + 5])
  expect(errors).toEqual([])
})

test('a reader that closes after it was ended takes nothing from those who came since', async () => {
  const ended = reader(async () => false)
  ticker.join('overview ', counting(), ended)
  await seconds(31)
  const since = reader()
  ticker.join('overview ', counting(), since)
  ended.raw.emit('close')
  await seconds(2)
  expect(ticker.readers()).toBe(1)
  expect(since.told()).toBeGreaterThan(0)
})

test('a reader that is gone when it is let in takes no place', async () => {
  const gone = reader()
  gone.raw.destroy()
  // What tells of it has passed.
  await new Promise(setImmediate)
  ticker.join('overview ', counting(), gone)
  await seconds(2)
  expect([ticker.readers(), gone.told()]).toEqual([0, 0])
})

test('a line that breaks ends its reader and nothing else', async () => {
  const [broken, other] = [reader(), reader()]
  ticker.join('overview ', counting(), broken)
  ticker.join('nodes ', counting(), other)
  expect(() => broken.raw.emit('error', new Error('write after end'))).not.toThrow()
  await seconds(2)
  expect([ticker.readers(), broken.told()]).toEqual([1, 0])
  expect(other.told()).toBeGreaterThan(0)
})

test('a part about what is not there ends its own streams; those opened later are told', async () => {
  const [lost, other] = [reader(), reader()]
  ticker.join(
    'pack-report x.999999',
    failing(() => new SluisError('not-found', { path: '/packs/x/reports/999999' })),
    lost,
  )
  ticker.join('overview ', counting(), other)
  await seconds(5)
  expect([lost.raw.writableEnded, other.raw.writableEnded, ticker.readers()]).toEqual([true, false, 1])
  expect(other.told()).toBeGreaterThan(3)
  expect(logged).toEqual([])
  // Without that a page asks again for ever.
  expect(lost.said()).toBe('event: gone\ndata: \n\n')
})

test('a part that fails is tried again, and holds up neither the others nor the look at who is still signed in', async () => {
  const failures = [() => new TypeError('not foreseen'), () => new SluisError('live-full', { seconds: 30 })]
  for (const [i, error] of failures.entries()) ticker.join(`destination ${i}`, failing(error), reader())
  const [other, signedOut] = [reader(), reader(async () => false)]
  ticker.join('overview ', counting(), other)
  ticker.join('nodes ', counting(), signedOut)
  await seconds(40)
  expect(other.told()).toBeGreaterThan(30)
  expect([signedOut.raw.writableEnded, ticker.readers()]).toEqual([true, 3])
  expect(logged.length).toBeGreaterThan(60)
  expect(logged[0]).toContain('live-failed')
})

test('a question that takes the database too long comes after those of others', async () => {
  const other = reader()
  ticker.join(
    'trace ',
    failing(() => new Error('Query read timeout')),
    reader(),
  )
  ticker.join('overview ', counting(), other)
  await seconds(5)
  expect(other.told()).toBeGreaterThan(3)
  expect([ticker.readers(), logged]).toEqual([2, []])
})

test('a database that was away for long seconds is seen to be back soon', async () => {
  let away = true
  const slow: LivePart<unknown> = {
    read: async () => {
      if (!away) return 'back'
      await new Promise((resolve) => setTimeout(resolve, 10_000))
      throw new Error('Query read timeout')
    },
    show: (_view, facts) => String(facts),
  }
  const one = reader()
  ticker.join('overview ', slow, one)
  await seconds(11)
  away = false
  await seconds(6)
  expect(one.told()).toBeGreaterThan(0)
})
