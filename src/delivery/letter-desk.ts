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

/** What the thread is told, a list for each field: what is to be written, sealed, and the keys that open it. */
export interface LetterOrder {
  readonly kind: DestinationConfig['transport']
  readonly keys: ReadonlyMap<number, Buffer>
  readonly uids: readonly string[]
  readonly purposes: readonly Purpose[]
  readonly receipts: readonly string[]
  readonly ordinals: readonly number[]
  /** Milliseconds since 1970. */
  readonly receivedAt: readonly number[]
  readonly uvcis: readonly (string | null)[]
  readonly contents: readonly string[]
  readonly dataKeys: readonly number[]
}

/** What it gives back, in the same order: bodies behind each other, and of each its length; -1 for what it could not write. */
export interface LetterLines {
  readonly bytes: ArrayBuffer
  readonly lengths: readonly number[]
  readonly paths: readonly string[]
  readonly contentTypes: readonly string[]
  readonly hashes: readonly string[]
}

/** Writes the letters of a backlog in a thread, ahead of their posting. */
export interface LetterDesk {
  /** In the same order; null for each that is left to whoever posts it: one that builds on another, a broken one. */
  write(kind: DestinationConfig['transport'], claimed: readonly ClaimedDelivery[]): Promise<(Written | null)[]>
  close(): Promise<void>
}

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
        const { content, dataKey, replaces } = one
        if (content === null || dataKey === null || replaces !== null || !keys.has(dataKey)) return []
        return [{ ...one, content, dataKey }]
      })
      const written = writtenOf(await ask(orderOf(kind, keys, items)), items, keys, vault)
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

type Sealed = ClaimedDelivery & { readonly content: string; readonly dataKey: number }

function orderOf(
  kind: DestinationConfig['transport'],
  keys: ReadonlyMap<number, DataKey>,
  items: readonly Sealed[],
): LetterOrder {
  return {
    kind,
    keys: bytesOf(keys),
    uids: items.map(({ uid }) => uid),
    purposes: items.map(({ purpose }) => purpose),
    receipts: items.map(({ receipt }) => receipt),
    ordinals: items.map(({ ordinal }) => ordinal),
    receivedAt: items.map(({ receivedAt }) => receivedAt.getTime()),
    uvcis: items.map(({ uvci }) => uvci),
    contents: items.map(({ content }) => content),
    dataKeys: items.map(({ dataKey }) => dataKey),
  }
}

function writtenOf(
  answer: LetterLines | null,
  items: readonly Sealed[],
  keys: ReadonlyMap<number, DataKey>,
  vault: Vault,
): Map<string, Written> {
  const written = new Map<string, Written>()
  if (answer === null) return written
  const { paths, contentTypes, hashes } = answer
  const bytes = Buffer.from(answer.bytes)
  let at = 0
  answer.lengths.forEach((length, place) => {
    if (length < 0) return
    const body = bytes.subarray(at, at + length)
    at += length
    const letter = { path: paths[place]!, contentType: contentTypes[place]!, body, sha256: hashes[place]! }
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
