import { parentPort } from 'node:worker_threads'
import { open } from '../kernel/keys.ts'
import { recordName } from '../kernel/ids.ts'
import type { CanonicalRecord } from '../formats/record.ts'
import { hashLength, type LetterLines, type LetterOrder } from './letter-desk.ts'
import { transportKinds } from './transports/kinds.ts'
import type { Letter } from './transports/transport.ts'

/** Opens records and writes their letters in a thread of its own, so that the node's own thread can post them meanwhile. */

parentPort?.on('message', (order: LetterOrder) => {
  const lines = linesOf(order)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
  parentPort?.postMessage(lines, [lines.bytes])
})

function linesOf({ kind, keys, items }: LetterOrder): LetterLines {
  // A buffer comes out of a message as plain bytes; the same one each time, because a key is prepared once for each.
  const prepared = new Map([...keys].map(([id, key]) => [id, Buffer.from(key)]))
  const letters = items.map((item): Letter | null => {
    const name = recordName(item.receipt, item.ordinal)
    try {
      const plain = open(prepared.get(item.dataKey)!, Buffer.from(item.content, 'base64'), name)
      const record = JSON.parse(plain.toString()) as CanonicalRecord
      const { uid, purpose, uvci, receivedAt } = item
      const names = { uid, purpose, recordName: name, receivedAt, traceparent: null }
      return transportKinds[kind].write({ ...names, record, replaces: null, earlier: null, uvci })
    } catch {
      // The node's own thread tries again, and says why it cannot.
      return null
    }
  })
  return packed(letters)
}

/** Bodies and their hashes behind each other in one piece of memory that is handed over, not copied. */
function packed(letters: readonly (Letter | null)[]): LetterLines {
  const size = letters.reduce((sum, letter) => sum + (letter === null ? 0 : letter.body.length + hashLength), 0)
  const bytes = new ArrayBuffer(size)
  const out = Buffer.from(bytes)
  let at = 0
  const lines = letters.map((letter) => {
    if (letter === null) return null
    letter.sha256.copy(out, at)
    letter.body.copy(out, at + hashLength)
    at += hashLength + letter.body.length
    return { path: letter.path, contentType: letter.contentType, length: letter.body.length }
  })
  return { bytes, lines }
}
