import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { readRecord, recordSize, type EffectRecord } from './effect-record.ts'

/** Records one behind the other in a file. */
export interface EffectsLog {
  /** What is there; a torn last record, left by a kill in the middle of a write, is cut off. */
  read(): Iterable<EffectRecord>
  /** Writes a copy of the bytes, and calls `then` when a kill of this process cannot undo it. */
  append(record: Buffer, then: () => void): void
  clear(): void
  close(): void
}

export function openLog(folder: string): EffectsLog {
  mkdirSync(folder, { recursive: true })
  const file = openSync(join(folder, 'effects.log'), 'a+')
  let [pending, waiting]: [Buffer[], (() => void)[]] = [[], []]
  // One write for all posts of a turn of the event loop: a write for each costs as much as the rest of the post.
  const flush = (): void => {
    if (pending.length === 0) return
    const [bytes, told] = [Buffer.concat(pending), waiting]
    ;[pending, waiting] = [[], []]
    writeSync(file, bytes)
    for (const then of told) then()
  }
  return {
    *read(): Generator<EffectRecord> {
      const block = Buffer.alloc(1_024 * recordSize)
      for (let position = 0; ;) {
        const length = readSync(file, block, 0, block.length, position)
        const whole = length - (length % recordSize)
        for (let offset = 0; offset < whole; offset += recordSize) yield readRecord(block, offset)
        position += whole
        if (length === block.length) continue
        if (whole !== length) ftruncateSync(file, position)
        return
      }
    },
    append(record: Buffer, then: () => void): void {
      if (pending.length === 0) setImmediate(flush)
      pending.push(Buffer.from(record))
      waiting.push(then)
    },
    clear(): void {
      flush()
      ftruncateSync(file, 0)
    },
    close(): void {
      flush()
      closeSync(file)
    },
  }
}
