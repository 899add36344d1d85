import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { silentLog } from '../kernel/log.ts'
import { follow } from './follow.ts'

test('a look that takes long is not followed by all that were missed, and a stop waits for it alone', async () => {
  vi.useFakeTimers()
  try {
    let looks = 0
    let end = (): void => undefined
    const following = follow(silentLog, 'not-read', () => {
      looks += 1
      return new Promise((resolve) => (end = resolve))
    })
    await vi.advanceTimersByTimeAsync(600_000)
    expect(looks).toBe(1)
    end()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(looks).toBe(2)
    let stopped = false
    const stopping = following.stop().then(() => (stopped = true))
    await vi.advanceTimersByTimeAsync(10_000)
    expect([looks, stopped]).toEqual([2, false])
    end()
    await stopping
  } finally {
    vi.useRealTimers()
  }
})

test('a look that fails is followed by the next', async () => {
  let looks = 0
  const following = follow(silentLog, 'not-read', () => {
    looks += 1
    return Promise.reject(new Error('no'))
  })
  while (looks < 2) await sleep(20)
  await following.stop()
})
