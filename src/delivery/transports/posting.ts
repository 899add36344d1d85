import { sha256 } from '../../kernel/ids.ts'
import type { OwedNames } from '../../formats/owed.ts'
import { judgeAsk, judgePost } from './judge.ts'
import type { DeliveryItem, Letter, Transport } from './transport.ts'
import type { Wire } from './wire.ts'

/**
 * What all transports share: a post that carries our delivery id, and the question about it. A kind of transport says only
 * how it writes a delivery, and what it makes of an outcome.
 */
export function posting(wire: Wire, write: (item: DeliveryItem) => Letter): Transport {
  return {
    write,
    async send(item, letter) {
      const reply = await wire.request('POST', letter.path, headersOf(item, letter), letter.body)
      return judgePost(reply, { uid: item.uid, hashes: [letter.sha256] })
    },
    async ask(item, hashes) {
      const reply = await wire.request('GET', `/deliveries/${item.uid}`, [], null)
      return judgeAsk(reply, { uid: item.uid, hashes })
    },
    close: () => wire.close(),
  }
}

/** Writes a letter of a JSON value. */
export function letter(path: string, contentType: string, value: unknown): Letter {
  const body = Buffer.from(JSON.stringify(value))
  return { path, contentType, body, sha256: sha256(body) }
}

/** The names a delivery goes by in its body. */
export function namesOf(item: DeliveryItem): OwedNames {
  return {
    deliveryId: item.uid,
    recordId: item.recordName,
    receivedAt: item.receivedAt.toISOString(),
    earlier: item.earlier,
  }
}

function headersOf(item: DeliveryItem, { contentType }: Letter): string[] {
  const headers = [
    'content-type',
    contentType,
    'sluis-delivery-id',
    item.uid,
    'idempotency-key',
    item.uid,
    'sluis-original-time',
    item.receivedAt.toISOString(),
  ]
  if (item.traceparent !== null) headers.push('traceparent', item.traceparent)
  return headers
}
