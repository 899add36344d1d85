import type { ServerResponse } from 'node:http'
import { SluisError } from '../../kernel/errors.ts'
import { isDatabaseAway } from '../../store/connect.ts'
import { liveGone } from '../../web/parts/live.tsx'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'
import type { LivePart } from './live.ts'

/** Somebody who looks at a live part. */
interface Reader {
  readonly raw: ServerResponse
  readonly view: () => View
  /** Whether the session still counts. */
  readonly stillHere: () => Promise<boolean>
}

interface Channel {
  readonly part: LivePart<unknown>
  readonly readers: Set<Reader>
  /** What was read last, as text without its time: the same means nothing changed. */
  said: string
  saidAt: number
}

export interface Ticker {
  join(key: string, part: LivePart<unknown>, reader: Reader): void
  readers(): number
  stop(): void
}

const everyMs = 1_000
/** A stream says something at least so often, also when nothing changed: silence means that it is broken. */
const reassureMs = 5_000
const checkReadersMs = 30_000
/** A reader that takes nothing in is not sent more. */
const mostUnsent = 512 * 1024
/** Looking takes at most this share of the time, however much there is to look at. */
const share = 10
/** What a database that is away costs says nothing of that: the pages are to see soon that it is back. */
const awayMs = 5_000

/**
 * One clock for all live parts of a node: each part is read at most once a second for all of its readers together, less
 * often when reading costs much, and not at all when nobody looks.
 */
export function makeTicker(deps: Pick<ConsoleDeps, 'health' | 'log'>): Ticker {
  const channels = new Map<string, Channel>()
  let timer: NodeJS.Timeout | undefined
  let event = 0
  let checkedAt = performance.now()

  // By what it is about, not by its channel: one that left long ago must not end the channel of those who came since.
  const leave = (key: string, reader: Reader): void => {
    const channel = channels.get(key)
    if (channel?.readers.delete(reader) && channel.readers.size === 0) channels.delete(key)
  }
  // Leaves at once: the stream of a reader that takes nothing in does not close.
  const dismiss = (key: string, reader: Reader): void => {
    leave(key, reader)
    reader.raw.end()
  }
  const end = (): void => {
    for (const [key, channel] of channels) for (const reader of channel.readers) dismiss(key, reader)
  }
  /** What the trouble of one part means for its own readers; true when the others would meet it, too. */
  const isEverybodys = (key: string, channel: Channel, error: unknown): boolean => {
    if (isDatabaseAway(error)) {
      // The streams fall silent, and the page says so. It may be this one's question alone that takes too long: the others
      // come before it next time.
      if (channels.get(key) === channel) {
        channels.delete(key)
        channels.set(key, channel)
      }
      return true
    }
    // What it is about is not there (any more), and will not be.
    if (error instanceof SluisError && !error.temporary)
      for (const reader of channel.readers) {
        if (takesIn(reader.raw)) reader.raw.write(`event: ${liveGone}\ndata: \n\n`)
        dismiss(key, reader)
      }
    else deps.log.error('live-failed', {}, error)
    return false
  }
  /** False when the database is away. */
  const tellAll = async (): Promise<boolean> => {
    for (const [key, channel] of channels)
      try {
        await tell(channel, (event += 1))
      } catch (error) {
        if (isEverybodys(key, channel, error)) return false
      }
    return true
  }
  // All at once: while the database is away each of them waits for it.
  const checkReaders = async (): Promise<void> => {
    if (performance.now() - checkedAt < checkReadersMs) return
    checkedAt = performance.now()
    const asked = [...channels].flatMap(([key, { readers }]) => [...readers].map((reader) => ({ key, reader })))
    await Promise.all(asked.map(async ({ key, reader }) => (await reader.stillHere()) || dismiss(key, reader)))
  }
  const turn = async (): Promise<void> => {
    const began = performance.now()
    if (deps.health().draining) end()
    const there = await tellAll()
    await checkReaders().catch((error: unknown) => deps.log.error('live-failed', {}, error))
    const wait = Math.max(everyMs, (performance.now() - began) * share)
    schedule(there ? wait : Math.min(wait, awayMs))
  }
  const schedule = (wait: number): void => {
    timer = channels.size === 0 ? undefined : setTimeout(() => void turn(), wait)
  }

  return {
    join(key, part, reader) {
      // Gone before it was let in: what tells of its leaving has passed.
      if (reader.raw.destroyed) return
      const channel = channels.get(key) ?? { part, readers: new Set<Reader>(), said: '', saidAt: 0 }
      channels.set(key, channel)
      channel.readers.add(reader)
      // The newcomer gets the whole at once.
      channel.said = ''
      // Without a listener an error of the line would end the process.
      for (const gone of ['close', 'error']) reader.raw.on(gone, () => leave(key, reader))
      if (timer === undefined) schedule(0)
    },
    readers: () => [...channels.values()].reduce((sum, channel) => sum + channel.readers.size, 0),
    stop() {
      clearTimeout(timer)
      end()
    },
  }
}

async function tell(channel: Channel, id: number): Promise<void> {
  const facts = await channel.part.read()
  const said = JSON.stringify(facts, (key, value: unknown) => (key === 'at' || key === 'silentFor' ? undefined : value))
  const now = performance.now()
  if (said === channel.said && now - channel.saidAt < reassureMs) return
  channel.said = said
  channel.saidAt = now
  const shown = new Map<string, string | null>()
  for (const reader of channel.readers) {
    const view = reader.view()
    const key = `${view.language} ${view.person?.role ?? ''}`
    if (!shown.has(key)) shown.set(key, channel.part.show(view, facts))
    const part = shown.get(key) ?? null
    if (part !== null && takesIn(reader.raw)) reader.raw.write(eventOf(part, id))
  }
}

const takesIn = (raw: ServerResponse): boolean =>
  !raw.writableEnded && !raw.destroyed && raw.writableLength < mostUnsent

/** An event of the stream (HTML Living Standard, server-sent events); a fragment may have more lines. */
function eventOf(part: string, id: number): string {
  return `id: ${id}\n${part.replaceAll(/^/gm, 'data: ')}\n\n`
}
