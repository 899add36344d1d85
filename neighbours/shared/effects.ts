import { newTally, sumTallies, toggle, type Account, type Tally } from './account.ts'
import { openLog } from './effects-log.ts'
import { idBytes, readRecord, recordSize, writeRecord, type EffectRecord } from './effect-record.ts'

/** What a neighbour did and must not forget. */
export interface Effects {
  /** Remembers what a post did, and calls `then` when a kill of this process can no longer make it forget. */
  add(record: EffectRecord, then?: () => void): void
  find(deliveryId: string): EffectRecord | undefined
  /** The deliveries whose outcome became known since the last time this was asked. */
  settle(now: number): EffectRecord[]
  /** Of all days, or of one (`yyyymmdd`). */
  account(day?: number): Account
  /** Delivery ids it acted on, with how often; the latest first. */
  list(limit: number, atLeast: number): { deliveryId: string; times: number }[]
  forget(): void
  close(): void
}

const slotsPerChunk = 8_192
const settleStep = 20

/**
 * Opens the effects of a neighbour, with what an earlier process left in the folder. About 230 bytes of memory a delivery.
 *
 * @param folder where the log is kept; null = only in memory
 */
export function openEffects(folder: string | null, now = Date.now()): Effects {
  const log = folder === null ? null : openLog(folder)
  let memory = newMemory()
  const bytes = Buffer.alloc(recordSize)
  for (const record of log?.read() ?? []) {
    writeRecord(bytes, 0, record)
    remember(memory, record, bytes, now)
  }
  return {
    add(record, then = nothing) {
      writeRecord(bytes, 0, record)
      remember(memory, record, bytes, record.at)
      if (log) log.append(bytes, then)
      else then()
    },
    find(deliveryId) {
      const slot = memory.slots.get(idBytes(deliveryId))
      return slot === undefined ? undefined : readSlot(memory, slot)
    },
    settle: (moment) => settleDue(memory, moment),
    account: (day) =>
      sumTallies(day === undefined ? memory.days.values() : [memory.days.get(day)].filter((x) => x !== undefined)),
    list: (limit, atLeast) => listEffects(memory, limit, atLeast),
    forget() {
      log?.clear()
      memory = newMemory()
    },
    close: () => log?.close(),
  }
}

const nothing = (): void => undefined

interface Memory {
  /** 16 bytes of the delivery id -> slot. */
  readonly slots: Map<string, number>
  readonly chunks: Buffer[]
  readonly times: number[]
  readonly days: Map<number, Tally>
  /** Time step -> slots whose outcome becomes known in it. */
  readonly due: Map<number, number[]>
}

function newMemory(): Memory {
  return { slots: new Map(), chunks: [], times: [], days: new Map(), due: new Map() }
}

function remember(memory: Memory, record: EffectRecord, bytes: Buffer, now: number): void {
  const tally = tallyOf(memory, record.day)
  tally.posts++
  if (record.outcome === 'none') return
  if (record.newEffect) tally.effects++
  const key = bytes.toString('latin1', 0, 16)
  const known = memory.slots.get(key)
  if (known !== undefined) {
    if (record.newEffect) memory.times[known] = (memory.times[known] ?? 0) + 1
    return
  }
  const slot = memory.slots.size
  memory.slots.set(key, slot)
  memory.times.push(record.newEffect ? 1 : 0)
  if (slot % slotsPerChunk === 0) memory.chunks.push(Buffer.alloc(slotsPerChunk * recordSize))
  bytes.copy(chunkOf(memory, slot), (slot % slotsPerChunk) * recordSize)
  if (record.dueAt <= now) {
    settleIn(tally, record)
    return
  }
  tally.pending++
  const step = Math.ceil(record.dueAt / settleStep)
  const waiting = memory.due.get(step)
  if (waiting) waiting.push(slot)
  else memory.due.set(step, [slot])
}

function settleDue(memory: Memory, now: number): EffectRecord[] {
  const settled: EffectRecord[] = []
  for (const [step, slots] of memory.due) {
    if (step * settleStep > now) continue
    memory.due.delete(step)
    for (const slot of slots) {
      const record = readSlot(memory, slot)
      const tally = tallyOf(memory, record.day)
      tally.pending--
      settleIn(tally, record)
      settled.push(record)
    }
  }
  return settled
}

function settleIn(tally: Tally, record: EffectRecord): void {
  if (record.outcome === 'refused') {
    tally.refused++
    return
  }
  tally.acknowledged++
  toggle(tally.set, record.deliveryId)
}

function tallyOf(memory: Memory, day: number): Tally {
  let tally = memory.days.get(day)
  if (!tally) memory.days.set(day, (tally = newTally()))
  return tally
}

function chunkOf(memory: Memory, slot: number): Buffer {
  return memory.chunks[Math.floor(slot / slotsPerChunk)] ?? Buffer.alloc(slotsPerChunk * recordSize)
}

function readSlot(memory: Memory, slot: number): EffectRecord {
  return readRecord(chunkOf(memory, slot), (slot % slotsPerChunk) * recordSize)
}

function listEffects(memory: Memory, limit: number, atLeast: number): { deliveryId: string; times: number }[] {
  const found: { deliveryId: string; times: number }[] = []
  for (let slot = memory.times.length - 1; slot >= 0 && found.length < limit; slot--) {
    const times = memory.times[slot] ?? 0
    if (times >= atLeast) found.push({ deliveryId: readSlot(memory, slot).deliveryId, times })
  }
  return found
}
