import type { Writable } from 'node:stream'

export interface Screen {
  /** Writes a line that stays. */
  say(line: string): void
  /** Shows how things stand now: in place on a terminal, else every five seconds as a line. */
  show(line: string): void
}

const everyMilliseconds = 5_000

/** A screen for a drill on a stream that may be a terminal. */
export function screenOf(out: Writable & { readonly isTTY?: boolean }): Screen {
  if (out.isTTY === true) {
    const wipe = '\r\u001b[2K'
    let shown = ''
    return {
      say: (line) => void out.write(`${wipe}${line}\n${shown}`),
      show(line) {
        shown = line
        out.write(wipe + line)
      },
    }
  }
  let last = -Infinity
  return {
    say: (line) => void out.write(`${line}\n`),
    show(line) {
      if (performance.now() - last < everyMilliseconds) return
      last = performance.now()
      out.write(`${line}\n`)
    },
  }
}
