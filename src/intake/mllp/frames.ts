/** What came over the line, piece by piece. */
export type LineEvent =
  | { readonly state: 'frame'; readonly bytes: Buffer }
  /** A frame grew past the limit: `start` is its beginning, the rest was not kept. The line cannot be trusted any more. */
  | { readonly state: 'too-large'; readonly start: Buffer }
  /** A frame was never ended before the next one began; nobody was told it had arrived. */
  | { readonly state: 'unfinished'; readonly length: number }
  /** More bytes outside frames than a line may carry. */
  | { readonly state: 'noise' }

export interface FrameLimits {
  readonly frameBytes: number
  readonly noiseBytes: number
}

const vt = 0x0b
const fs = 0x1c
const cr = 0x0d

/**
 * Cuts a stream of bytes into MLLP frames (HL7 Transport Specification: MLLP, release 1): VT, the message, FS CR. Bytes may
 * come split and joined anywhere, also between FS and CR. Holds at most one frame and never more than its limit.
 *
 * @example makeFrameReader(limits).push(Buffer.from('\x0bMSH|...\x1c\r')) // [{ state: 'frame', bytes }]
 */
export function makeFrameReader(limits: FrameLimits) {
  let held: Buffer[] = []
  let size = 0
  let inside = false
  let ending = false
  let noise = 0

  const keep = (part: Buffer): void => {
    if (part.length === 0) return
    held.push(part)
    size += part.length
  }
  const begin = (): void => {
    held = []
    size = 0
    inside = true
    ending = false
    noise = 0
  }
  const finish = (events: LineEvent[]): void => {
    const whole = Buffer.concat(held, size)
    const again = lastBeginning(whole)
    if (again > 0) events.push({ state: 'unfinished', length: again })
    events.push({ state: 'frame', bytes: again > 0 ? whole.subarray(again + 1) : whole })
    held = []
    size = 0
    inside = ending = false
  }

  /** Takes from one place on and answers where to go on. */
  const outside = (chunk: Buffer, from: number, events: LineEvent[]): number => {
    const start = chunk.indexOf(vt, from)
    noise += (start < 0 ? chunk.length : start) - from
    if (noise > limits.noiseBytes) events.push({ state: 'noise' })
    if (start < 0) return chunk.length
    begin()
    return start + 1
  }
  const within = (chunk: Buffer, from: number, events: LineEvent[]): number => {
    if (ending) {
      ending = false
      if (chunk[from] === cr) {
        finish(events)
        return from + 1
      }
      keep(Buffer.of(fs))
    }
    const end = chunk.indexOf(fs, from)
    keep(chunk.subarray(from, end < 0 ? chunk.length : end))
    if (size > limits.frameBytes) events.push({ state: 'too-large', start: Buffer.concat(held).subarray(0, 4_096) })
    ending = end >= 0
    return end < 0 ? chunk.length : end + 1
  }

  return {
    /** What a chunk completes. After `too-large` or `noise` there is nothing more to come. */
    push(chunk: Buffer): LineEvent[] {
      const events: LineEvent[] = []
      for (let at = 0; at < chunk.length;) {
        at = inside ? within(chunk, at, events) : outside(chunk, at, events)
        const last = events.at(-1)?.state
        if (last === 'too-large' || last === 'noise') {
          held = []
          size = 0
          return events
        }
      }
      return events
    },
    /** Whether a frame has begun and not ended. */
    isInside: (): boolean => inside,
  }
}

/** Where a frame begins anew inside a frame; -1 when it does not. A VT in the middle of a text is no beginning. */
function lastBeginning(bytes: Buffer): number {
  for (let at = bytes.lastIndexOf(vt); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(vt, at - 1)) {
    const name = bytes.toString('latin1', at + 1, at + 4)
    if (name === 'MSH' || name === 'FHS' || name === 'BHS') return at
  }
  return -1
}
