import { expect, test } from 'vitest'
import { makeTurns } from './turns.ts'

test('two run, three wait in order, the sixth is sent away, and afterwards there is room again', async () => {
  const inTurn = makeTurns({ atOnce: 2, mostWaiting: 3, full: () => new Error('full') })
  const started: number[] = []
  const finish: (() => void)[] = []
  const work = (n: number) =>
    inTurn(() => new Promise<number>((resolve) => (started.push(n), finish.push(() => resolve(n)))))
  const five = [1, 2, 3, 4, 5].map(work)
  await expect(work(6)).rejects.toThrow('full')
  expect(started).toEqual([1, 2])
  for (let n = 0; n < 5; n++) {
    finish[n]!()
    await five[n]
    await Promise.resolve()
  }
  expect(started).toEqual([1, 2, 3, 4, 5])
  await expect(inTurn(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await inTurn(() => Promise.resolve('room'))).toBe('room')
})
