import type { DestinationConfig } from '../config.ts'
import { asyncResult } from './async-result/async-result.ts'
import { certificates } from './certificate/certificate.ts'
import { fhirHttp } from './fhir-http/fhir-http.ts'
import type { Transport } from './transport.ts'
import { openWire, type Wire } from './wire.ts'

const kinds: Record<DestinationConfig['transport'], (wire: Wire) => Transport> = {
  'fhir-http': fhirHttp,
  'async-result': asyncResult,
  certificate: certificates,
}

/** Opens the line to a destination in its own way, with connections of its own. */
export function openTransport(destination: DestinationConfig): Transport {
  return kinds[destination.transport](
    openWire({
      baseUrl: destination.baseUrl,
      secret: destination.secret,
      connections: destination.concurrency,
      timeoutMs: destination.timeoutMs,
    }),
  )
}
