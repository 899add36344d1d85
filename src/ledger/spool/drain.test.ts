import { expect, test } from 'vitest'
import { copyAfterCrash, drainAll, makeMessage, openAt, tempFolder } from '../../../tests/spool/support.ts'
import { join } from 'node:path'
import { silentLog } from '../../kernel/log.ts'
import { startDrain, type DrainOptions } from './drain.ts'
import type { SpooledMessage } from './message.ts'

class Away extends Error {}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** A store that keeps what it takes, and refuses what `refuse` says. */
function makeStore(refuse: (messages: readonly SpooledMessage[]) => Error | null = () => null) {
  const stored: string[] = []
  const store = (messages: readonly SpooledMessage[]): Promise<void> => {
    const error = refuse(messages)
    if (error !== null) return Promise.reject(error)
    stored.push(...messages.map((message) => message.messageId))
    return Promise.resolve()
  }
  return { stored, store }
}

const common: Pick<DrainOptions, 'isRefusal' | 'log' | 'firstPause' | 'onDrained'> = {
  isRefusal: (error) => error instanceof RangeError,
  log: silentLog,
  firstPause: 1,
  onDrained: () => undefined,
}

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `form-${n}`)

test('drains in order and says once that the spool is empty', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path)
  await Promise.all(Array.from({ length: 600 }, (_, n) => spool.append(makeMessage(n))))
  const { stored, store } = makeStore()
  let drained = 0
  const drain = startDrain({ ...common, spool, store, onDrained: () => (drained += 1) })
  drain.kick()
  await until(() => drained > 0)
  expect(stored).toEqual(names(600))
  expect(spool.state().frames).toBe(0)
  await drain.stop()
  expect(drained).toBe(1)
  await spool.close()
})

test('waits while the database is away and loses nothing', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path)
  for (let n = 0; n < 5; n += 1) await spool.append(makeMessage(n))
  let refusals = 3
  const { stored, store } = makeStore(() => (refusals-- > 0 ? new Away() : null))
  const drain = startDrain({ ...common, spool, store })
  drain.kick()
  await until(() => spool.state().frames === 0)
  expect(stored).toEqual(names(5))
  expect(spool.state().setAside).toBe(0)
  await drain.stop()
  await spool.close()
})

test('sets a poisoned message aside, durably, and drains the others', async () => {
  await using folder = await tempFolder()
  const disk = join(folder.path, 'disk')
  const spool = await openAt(disk)
  await Promise.all(Array.from({ length: 40 }, (_, n) => spool.append(makeMessage(n))))
  const { stored, store } = makeStore((messages) =>
    messages.some((message) => message.messageId === 'form-17') ? new RangeError('does not fit') : null,
  )
  const told: string[] = []
  const drain = startDrain({ ...common, spool, store, onSetAside: (message) => void told.push(message.messageId) })
  drain.kick()
  await until(() => spool.state().frames === 0)
  expect(stored).toEqual(names(40).filter((name) => name !== 'form-17'))
  expect(told).toEqual(['form-17'])
  await drain.stop()
  await copyAfterCrash(disk, join(folder.path, 'copy'))
  await spool.close()

  const again = await openAt(join(folder.path, 'copy'))
  expect(await again.returnAside(makeMessage(17).receipt, again.append)).toBe(true)
  expect(await drainAll(again)).toEqual([makeMessage(17)])
  await again.close()
})

test('a store that refuses everything empties the spool slowly, and one that recovers gets the rest', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path)
  await Promise.all(Array.from({ length: 64 }, (_, n) => spool.append(makeMessage(n))))
  let healthy = false
  const { stored, store } = makeStore(() => (healthy ? null : new RangeError('column missing')))
  let doubts = 0
  const drain = startDrain({ ...common, spool, store, firstPause: 20, onDoubt: () => (doubts += 1) })
  drain.kick()
  await until(() => spool.state().setAside >= 9)
  expect([drain.inDoubt(), doubts > 0]).toEqual([true, true])
  healthy = true
  await until(() => spool.state().frames === 0)
  expect(drain.inDoubt()).toBe(false)
  expect(stored.length + spool.state().setAside).toBe(64)
  expect(spool.state().setAside).toBeLessThan(16)
  await drain.stop()
  await spool.close()
})

test('stops in the middle of doubt and leaves the messages in the spool', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path)
  await Promise.all(Array.from({ length: 64 }, (_, n) => spool.append(makeMessage(n))))
  const { store } = makeStore(() => new RangeError('column missing'))
  const drain = startDrain({ ...common, spool, store, firstPause: 60_000 })
  drain.kick()
  await until(() => spool.state().setAside === 8)
  await drain.stop()
  expect(spool.state()).toMatchObject({ frames: 64, setAside: 8 })
  await spool.close()
})
