import { expect, test } from 'vitest'
import { silentLog } from '../../src/kernel/log.ts'
import { connect } from '../../src/store/connect.ts'
import type { Look } from '../../src/watch/look.ts'
import { startWatch } from '../../src/watch/watch.ts'
import { databaseOfFile } from '../support/database.ts'

const { db, url } = await databaseOfFile(14)

test('a prompt look waits for no other look, however long these take', async () => {
  const release = Promise.withResolvers<void>()
  let [begun, looked] = [0, 0]
  const slow = (n: number): Look => ({
    name: `slow-${n}`,
    kinds: [],
    everyMs: 60_000,
    async look() {
      begun++
      await release.promise
      return []
    },
  })
  const prompt: Look = {
    name: 'prompt',
    kinds: [],
    everyMs: 10,
    promptly: true,
    async look() {
      looked++
      return []
    },
  }
  const watch = startWatch({ db, log: silentLog, looks: [slow(1), slow(2), slow(3), slow(4), slow(5), prompt] })
  // Every turn is taken, the fifth waits for one; the prompt look is taken again and again.
  await expect.poll(() => [begun, looked >= 3], { timeout: 60_000 }).toEqual([4, true])
  release.resolve()
  await watch.stop()
})

test('a look that takes minutes does not keep a node from stopping, and the next watcher can take it', async () => {
  const own = connect({ url, connections: 4 })
  const began = Promise.withResolvers<void>()
  const books: Look = {
    name: 'books-of-a-full-day',
    kinds: ['books-differ'],
    everyMs: 60_000,
    async look(at) {
      began.resolve()
      await at.query({ text: 'select pg_sleep(600)' })
      return []
    },
  }
  const failed: string[] = []
  const log = { ...silentLog, error: (event: string) => void failed.push(event) }
  const watch = startWatch({ db: own, log, looks: [books] })
  await began.promise
  const stopping = performance.now()
  await watch.stop()
  await own.close()
  expect(performance.now() - stopping).toBeLessThan(20_000)
  expect(failed).toEqual([])
  let taken = false
  // Looks often: the server may notice a moment later that the first one is gone.
  const next = startWatch({
    db,
    log: silentLog,
    looks: [{ ...books, everyMs: 100, look: async () => ((taken = true), []) }],
  })
  await expect.poll(() => taken, { timeout: 20_000 }).toBe(true)
  await next.stop()
})
