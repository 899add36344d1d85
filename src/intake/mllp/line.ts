import { once } from 'node:events'
import type { Socket } from 'node:net'
import { makeFrameReader, type LineEvent } from './frames.ts'
import type { Room } from './room.ts'

export interface LineLimits {
  /** Largest frame, in bytes. */
  readonly frameBytes: number
  /** Bytes outside frames that are passed over before the line is closed. */
  readonly noiseBytes: number
  /** Frames of one line that may be in hand at the same time. */
  readonly inFlight: number
  /** How long a line may say nothing between frames, and how long one frame may take, in milliseconds. */
  readonly idleMs: number
  readonly frameMs: number
}

/** Why a line ended. */
export type LineEnd = 'by-sender' | 'broken' | 'idle' | 'slow-frame' | 'too-large' | 'noise' | 'stopping' | 'not-now'

/** What a frame is answered with, ready to be sent; `not-now` when it is to be sent again and no word of ours says so. */
export type Answered = readonly Buffer[] | 'not-now'

export interface LineDeps {
  readonly limits: LineLimits
  readonly room: Room
  /** Takes one frame and tells its answers. Is called in the order of arrival and never throws. */
  readonly take: (bytes: Buffer) => Promise<Answered>
  /** What else happened on the line; the answer to a frame that is too large. */
  readonly refuse: (event: Exclude<LineEvent, { state: 'frame' }>) => Answered
}

export interface Line {
  readonly ended: Promise<LineEnd>
  /** Takes no more frames; what is in hand is answered first. */
  stop(): void
}

/**
 * Serves one connection: frames are taken as they come, at most so many at once, and answered in their order. While there
 * is no room, or the other side does not read its answers, nothing is read from it. From a frame that is `not-now` on,
 * nothing is answered and the line is closed: the sender sends all of it again.
 */
export function serveLine(socket: Socket, deps: LineDeps): Line {
  const { limits } = deps
  let end: LineEnd | undefined
  const cut = (why: LineEnd): void => {
    end ??= why
    socket.destroy()
  }
  const reader = makeFrameReader(limits)
  let frameTimer: NodeJS.Timeout | undefined
  const forgetFrame = (): void => {
    clearTimeout(frameTimer)
    frameTimer = undefined
  }
  const watchFrame = (): void => {
    if (!reader.isInside()) forgetFrame()
    else frameTimer ??= setTimeout(() => cut('slow-frame'), limits.frameMs)
  }
  // Errors end the reading below; without a listener they would end the process.
  socket.on('error', () => (end ??= 'broken'))
  socket.setTimeout(limits.idleMs, () => cut('idle'))
  socket.setNoDelay(true)
  const queue = makeAnswerQueue(socket, limits.inFlight, () => finish('not-now'))

  const takeFrame = async (bytes: Buffer): Promise<void> => {
    await deps.room.enter(bytes.length)
    const answers = deps.take(bytes)
    void answers.finally(() => deps.room.leave(bytes.length))
    await queue.add(answers)
  }
  const takeChunk = async (chunk: Buffer): Promise<void> => {
    const events = reader.push(chunk)
    // The chunk may end in the next frame, which has its own time: that of this one is over.
    if (events.some((event) => event.state === 'frame')) forgetFrame()
    for (const event of events) {
      if (event.state === 'frame') await takeFrame(event.bytes)
      else await queue.add(Promise.resolve(deps.refuse(event)))
      if (event.state === 'too-large' || event.state === 'noise') return finish(event.state)
      if (end !== undefined) return
    }
    watchFrame()
    socket.resume()
  }
  const { promise: finished, resolve } = Promise.withResolvers<void>()
  const finish = (why: LineEnd): void => {
    end ??= why
    resolve()
  }
  let working: Promise<void> = Promise.resolve()
  socket.on('data', (chunk: Buffer) => {
    if (end !== undefined) return
    // Nothing more is read until all of this is taken: the other side feels it, memory does not.
    socket.pause()
    working = takeChunk(chunk).catch(() => finish('broken'))
  })
  // The end can be told while a paused chunk is still in hand.
  socket.on('end', () => void working.then(() => finish('by-sender')))
  socket.on('close', () => finish('broken'))
  const ended = finished.then(async () => {
    forgetFrame()
    await working
    await queue.flushed()
    // A sender that comes back at once would come back all the time.
    if (end === 'not-now') await once(socket, 'close', { signal: AbortSignal.timeout(notNowMs) }).catch(() => undefined)
    socket.end()
    // What the sender still pours in is let go.
    socket.resume()
    setTimeout(() => socket.destroy(), lingerMs).unref()
    return end ?? 'by-sender'
  })
  return { ended, stop: () => finish('stopping') }
}

/** How long a closing line is left to the sender to read its last answers. */
const lingerMs = 1_000
/** How long a line stays before it is closed on a sender that is to come again. */
const notNowMs = 1_000

/** Sends answers in the order of their questions; `add` waits while too many are under way. */
function makeAnswerQueue(socket: Socket, inFlight: number, onNotNow: () => void) {
  let tail: Promise<void> = Promise.resolve()
  let under = 0
  let freed: (() => void) | undefined
  let silent = false
  const send = async (answering: Promise<Answered>): Promise<void> => {
    const answers = await answering
    if (answers === 'not-now') {
      silent = true
      return onNotNow()
    }
    for (const answer of answers) {
      // Answers are told apart by their order: after one that was left out, the next would be taken for it.
      if (silent || socket.destroyed || socket.writableEnded) continue
      if (!socket.write(Buffer.concat([frameStart, answer, frameEnd]))) await drained(socket)
    }
  }
  return {
    async add(answers: Promise<Answered>): Promise<void> {
      under += 1
      tail = tail
        .then(() => send(answers))
        .finally(() => {
          under -= 1
          freed?.()
        })
      tail.catch(() => socket.destroy())
      while (under >= inFlight) await new Promise<void>((resolve) => (freed = resolve))
    },
    flushed: (): Promise<void> => tail.catch(() => undefined),
  }
}

const frameStart = Buffer.of(0x0b)
const frameEnd = Buffer.of(0x1c, 0x0d)

async function drained(socket: Socket): Promise<void> {
  const gone = new AbortController()
  const { signal } = gone
  await Promise.race([once(socket, 'drain', { signal }), once(socket, 'close', { signal })]).catch(() => undefined)
  gone.abort()
}
