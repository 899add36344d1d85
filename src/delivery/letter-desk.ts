import { Worker } from 'node:worker_threads'
import type { CanonicalRecord } from '../formats/record.ts'
import { recordName } from '../kernel/ids.ts'
import type { DataKey, Vault } from '../ledger/vault.ts'
import type { ClaimedDelivery } from '../store/delivery-claimed.ts'
import type { Purpose } from '../store/deliveries.ts'
import type { DestinationConfig } from './config.ts'
import type { Letter } from './transports/transport.ts'

/** A delivery written out, and its record for whoever must look at it again. */
export interface Written {
  readonly letter: Letter
  open(): CanonicalRecord
}

/** What the thread is told: what is to be written, sealed, and the keys that open it. */
export interface LetterOrder {
  readonly kind: DestinationConfig['transport']
  readonly keys: ReadonlyMap<number, Buffer>
  readonly items: readonly {
    readonly uid: string
    readonly purpose: Purpose
    readonly receipt: string
    readonly ordinal: number
    readonly receivedAt: Date
    readonly uvci: string | null
    readonly content: string
    readonly dataKey: number
  }[]
}

/** What it gives back, in the same order: the hash of each body and the body; null for what it could not write. */
export interface LetterLines {
  readonly bytes: ArrayBuffer
  readonly lines: readonly ({ readonly path: string; readonly contentType: string; readonly length: number } | null)[]
}

/** Writes the letters of a backlog in a thread, ahead of their posting. */
export interface LetterDesk {
  /** In the same order; null for each that is left to whoever posts it: one that builds on another, a broken one. */
  write(kind: DestinationConfig['transport'], claimed: readonly ClaimedDelivery[]): Promise<(Written | null)[]>
  close(): Promise<void>
}

/** Of the SHA-256 that stands before each body. */
export const hashLength = 32

/**
 * Opens the desk of a node; its thread starts with the first order. All destinations share it, in the order they ask.
 *
 * @example const [written] = await openLetterDesk(vault).write('fhir-http', claimed)
 */
export function openLetterDesk(vault: Vault): LetterDesk {
  const waiting: ((lines: LetterLines | null) => void)[] = []
  let worker: Worker | null = null
  let closed = false

  // A thread that ended answers nothing any more: what it had is written by whoever posts it, the next order starts another.
  function ended(): void {
    worker = null
    for (const answer of waiting.splice(0)) answer(null)
  }

  function started(): Worker {
    if (worker !== null) return worker
    const file = import.meta.url.endsWith('.ts') ? './letter-thread.ts' : './letter-thread.js'
    const made = new Worker(new URL(file, import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 128 } })
    made.unref()
    made.on('message', (lines: LetterLines) => waiting.shift()?.(lines))
    made.on('error', () => undefined)
    made.on('exit', ended)
    worker = made
    return made
  }

  function ask(order: LetterOrder): Promise<LetterLines | null> {
    return new Promise((resolve) => {
      if (closed) return resolve(null)
      waiting.push(resolve)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
      started().postMessage(order)
    })
  }

  return {
    async write(kind, claimed) {
      const keys = await keysOf(vault, claimed)
      const items = claimed.flatMap((one) => {
        const { uid, purpose, receipt, ordinal, receivedAt, uvci, content, dataKey, replaces } = one
        if (content === null || dataKey === null || replaces !== null || !keys.has(dataKey)) return []
        return [{ uid, purpose, receipt, ordinal, receivedAt, uvci, content, dataKey }]
      })
      const written = writtenOf(await ask({ kind, keys: bytesOf(keys), items }), items, keys, vault)
      return claimed.map(({ uid }) => written.get(uid) ?? null)
    },
    async close() {
      closed = true
      await worker?.terminate()
    },
  }
}

/** The keys at hand. One that is destroyed or cannot be read now is asked for again by whoever posts the letter. */
async function keysOf(vault: Vault, claimed: readonly ClaimedDelivery[]): Promise<Map<number, DataKey>> {
  const ids = new Set(claimed.flatMap(({ dataKey }) => (dataKey === null ? [] : [dataKey])))
  const keys = await Promise.all([...ids].map((id) => vault.byId(id).catch(() => null)))
  return new Map(keys.flatMap((key) => (key === null ? [] : [[key.id, key]])))
}

const bytesOf = (keys: ReadonlyMap<number, DataKey>): Map<number, Buffer> =>
  new Map([...keys].map(([id, { key }]) => [id, key]))

function writtenOf(
  answer: LetterLines | null,
  items: LetterOrder['items'],
  keys: ReadonlyMap<number, DataKey>,
  vault: Vault,
): Map<string, Written> {
  const written = new Map<string, Written>()
  if (answer === null) return written
  const bytes = Buffer.from(answer.bytes)
  let at = 0
  answer.lines.forEach((line, place) => {
    if (line === null) return
    const { path, contentType, length } = line
    const body = bytes.subarray(at + hashLength, at + hashLength + length)
    const letter = { path, contentType, body, sha256: bytes.subarray(at, at + hashLength) }
    at += hashLength + length
    const { uid, receipt, ordinal, content, dataKey } = items[place]!
    const open = (): CanonicalRecord =>
      openContent(vault, keys.get(dataKey)!, Buffer.from(content, 'base64'), recordName(receipt, ordinal))
    written.set(uid, { letter, open })
  })
  return written
}

/** The content of a record, by its name. */
export function openContent(vault: Vault, key: DataKey, content: Uint8Array, name: string): CanonicalRecord {
  return JSON.parse(vault.unseal(key, content, name).toString()) as CanonicalRecord
}
