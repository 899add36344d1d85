/** Wakes a loop that waits. There are two depths: a wait ends when there is room, a sleep only when there may be work. */
export interface Signal {
  /** Ends waits. */
  wake(): void
  /** Ends waits and sleeps; remembered when nobody waits. */
  wakeAll(): void
  wait(milliseconds: number): Promise<void>
  sleep(milliseconds: number): Promise<void>
}

export function makeSignal(): Signal {
  let resume: (() => void) | undefined
  let sleeping = false
  let rung = false
  const pause = (milliseconds: number, deep: boolean): Promise<void> =>
    new Promise((resolve) => {
      sleeping = deep
      const timer = setTimeout(() => resume?.(), milliseconds)
      resume = () => {
        clearTimeout(timer)
        resume = undefined
        resolve()
      }
    })
  return {
    wake() {
      if (!sleeping) resume?.()
    },
    wakeAll() {
      if (resume === undefined) rung = true
      else resume()
    },
    wait: (milliseconds) => pause(milliseconds, false),
    async sleep(milliseconds) {
      if (!rung) await pause(milliseconds, true)
      rung = false
    },
  }
}
