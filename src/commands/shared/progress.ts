import type { CommandIo } from '../../cli.ts'

const everyMilliseconds = 2_000

/**
 * Tells on standard error how far long work is: nothing in the first two seconds, then a line every two seconds.
 *
 * @example const tell = progressOn(io); tell(() => `${sent} of ${all} sent`)
 */
export function progressOn(io: CommandIo): (words: () => string) => void {
  let last = performance.now()
  return (words) => {
    if (performance.now() - last < everyMilliseconds) return
    last = performance.now()
    io.stderr.write(`${words()}\n`)
  }
}

/** Tells once on standard error what takes longer than two seconds. */
export async function tellingWhenLong<T>(io: CommandIo, words: string, work: Promise<T>): Promise<T> {
  const timer = setInterval(() => io.stderr.write(`${words}\n`), everyMilliseconds)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}
