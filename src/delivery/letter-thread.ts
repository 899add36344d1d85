import { parentPort } from 'node:worker_threads'
import { open } from '../kernel/keys.ts'
import { recordName } from '../kernel/ids.ts'
import type { CanonicalRecord } from '../formats/record.ts'
import type { LetterLines, LetterOrder } from './letter-desk.ts'
import { transportKinds } from './transports/kinds.ts'
import type { Letter } from './transports/transport.ts'

/** Opens records and writes their letters in a thread of its own, so that the node's own thread can post them meanwhile. */

parentPort?.on('message', (order: LetterOrder) => {
  const lines = linesOf(order)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
  parentPort?.postMessage(lines, [lines.bytes])
})

function linesOf(order: LetterOrder): LetterLines {
  // A buffer comes out of a message as plain bytes; the same one each time, because a key is prepared once for each.
  const prepared = new Map([...order.keys].map(([id, key]) => [id, Buffer.from(key)]))
  return packed(order.uids.map((_, place) => letterOf(order, prepared, place)))
}

/** Null where it cannot: the node's own thread tries again, and says why. */
function letterOf(order: LetterOrder, keys: ReadonlyMap<number, Buffer>, place: number): Letter | null {
  const name = recordName(order.receipts[place]!, order.ordinals[place]!)
  try {
    const plain = open(keys.get(order.dataKeys[place]!)!, Buffer.from(order.contents[place]!, 'base64'), name)
    return transportKinds[order.kind].write({
      uid: order.uids[place]!,
      purpose: order.purposes[place]!,
      recordName: name,
      receivedAt: new Date(order.receivedAt[place]!),
      traceparent: null,
      record: JSON.parse(plain.toString()) as CanonicalRecord,
      replaces: null,
      earlier: null,
      uvci: order.uvcis[place]!,
    })
  } catch {
    return null
  }
}

/** Bodies behind each other in one piece of memory that is handed over, not copied. */
function packed(letters: readonly (Letter | null)[]): LetterLines {
  const bytes = new ArrayBuffer(letters.reduce((sum, letter) => sum + (letter?.body.length ?? 0), 0))
  const out = Buffer.from(bytes)
  let at = 0
  for (const letter of letters) at += letter?.body.copy(out, at) ?? 0
  return {
    bytes,
    lengths: letters.map((letter) => letter?.body.length ?? -1),
    paths: letters.map((letter) => letter?.path ?? ''),
    contentTypes: letters.map((letter) => letter?.contentType ?? ''),
    hashes: letters.map((letter) => letter?.sha256 ?? ''),
  }
}
