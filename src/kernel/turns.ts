/**
 * Lets `atOnce` pieces of work run, lets `mostWaiting` wait in order, and throws what `full` makes for more.
 *
 * @example const inTurn = makeTurns({ atOnce: 2, mostWaiting: 50, full: () => new SluisError('sign-in-busy', { seconds: 10 }) })
 */
export function makeTurns(limits: {
  readonly atOnce: number
  readonly mostWaiting: number
  readonly full: () => Error
}): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0

  const take = async (): Promise<void> => {
    if (running < limits.atOnce) {
      running += 1
      return
    }
    if (waiting.length >= limits.mostWaiting) throw limits.full()
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return async (work) => {
    await take()
    try {
      return await work()
    } finally {
      // The turn passes to who waits longest; only without one the count goes down.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
