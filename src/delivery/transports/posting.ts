import { sha256 } from '../../kernel/ids.ts'
import type { OwedNames } from '../../formats/owed.ts'
import { judgeAsk, judgePost } from './judge.ts'
import type { DeliveryItem, Envelope, Letter, Transport, TransportKind } from './transport.ts'
import type { Wire } from './wire.ts'

/**
 * What all transports share: a post that carries our delivery id, and the question about it. A kind of transport says only
 * how it writes a delivery, and what it makes of an outcome. `dedupes`: the other side remembers our delivery ids.
 */
export function posting(wire: Wire, kind: TransportKind, dedupes: boolean): Transport {
  return {
    write: (item) => kind.write(item),
    async send(envelope, letter) {
      const reply = await wire.request('POST', letter.path, headersOf(envelope, letter), letter.body)
      return kind.weigh(judgePost(reply, { uid: envelope.uid, hashes: [letter.sha256] }, dedupes), envelope, 'post')
    },
    async ask(envelope, hashes) {
      const reply = await wire.request('GET', `/deliveries/${envelope.uid}`, [], null)
      return kind.weigh(judgeAsk(reply, { uid: envelope.uid, hashes }), envelope, 'question')
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

function headersOf(item: Envelope, { contentType }: Letter): string[] {
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
