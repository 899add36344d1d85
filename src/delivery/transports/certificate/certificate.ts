import { toCertificateRequest } from '../../../formats/certificate-request.ts'
import { letter, namesOf } from '../posting.ts'
import type { DeliveryItem, Envelope, Letter, Outcome, TransportKind } from '../transport.ts'
import { proveBelonging } from './belongs.ts'

/** Certificates asked for and revoked: Digitaal Vlaanderen. */
export const certificates: TransportKind = {
  write,
  weigh(answered, envelope, answerTo) {
    const outcome = withCertificate(envelope, answered)
    const missing = outcome.state === 'unknown' && outcome.code === 'certificate-missing'
    // Known there, but without the certificate in the answer: asking for it again gives the same one.
    return missing && answerTo === 'question' ? { state: 'absent' } : outcome
  },
}

function write(item: DeliveryItem): Letter {
  if (item.purpose !== 'revocation')
    return letter('/certificates', 'application/json', toCertificateRequest(item.record, namesOf(item)))
  return letter('/revocations', 'application/json', {
    deliveryId: item.uid,
    recordId: item.replaces ?? item.recordName,
    uvci: item.uvci,
    reason: item.record.action.state === 'withdraw' ? 'withdrawn' : 'corrected',
  })
}

/** An acknowledgement of a certificate is one only with the certificate of this very person and fact. */
function withCertificate(envelope: Envelope, outcome: Outcome): Outcome {
  if (outcome.state !== 'acknowledged' || envelope.purpose === 'revocation') return outcome
  if (outcome.certificate === null) return { state: 'unknown', code: 'certificate-missing', retryAfterMs: null }
  const signatureHash = proveBelonging(outcome.certificate, envelope.open())
  if (signatureHash === null) return { state: 'unknown', code: 'certificate-of-another', retryAfterMs: null }
  return { ...outcome, certificate: { ...outcome.certificate, signatureHash } }
}
