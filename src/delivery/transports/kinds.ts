import type { DestinationConfig } from '../config.ts'
import { asyncResult } from './async-result/async-result.ts'
import { certificates } from './certificate/certificate.ts'
import { fhirHttp } from './fhir-http/fhir-http.ts'
import type { TransportKind } from './transport.ts'

/** The kinds of transport, by the name destinations call them. */
export const transportKinds: Readonly<Record<DestinationConfig['transport'], TransportKind>> = {
  'fhir-http': fhirHttp,
  'async-result': asyncResult,
  certificate: certificates,
}
