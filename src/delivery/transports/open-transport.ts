import type { DestinationConfig } from '../config.ts'
import { transportKinds } from './kinds.ts'
import { posting } from './posting.ts'
import type { Transport } from './transport.ts'
import { openWire } from './wire.ts'

/** Opens the line to a destination in its own way, with connections of its own. */
export function openTransport(destination: DestinationConfig): Transport {
  const wire = openWire({
    baseUrl: destination.baseUrl,
    secret: destination.secret,
    connections: destination.concurrency,
    timeoutMs: destination.timeoutMs,
  })
  return posting(wire, transportKinds[destination.transport], destination.dedupes)
}
