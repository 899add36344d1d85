import { toCertificateRequest } from '../../../formats/certificate-request.ts'
import { letter, namesOf, posting } from '../posting.ts'
import type { DeliveryItem, Letter, Outcome, Transport } from '../transport.ts'
import type { Wire } from '../wire.ts'
import { proveBelonging } from './belongs.ts'

/** Certificates asked for and revoked: Digitaal Vlaanderen. */
export function certificates(wire: Wire): Transport {
  const base = posting(wire, write)
  return {
    ...base,
    send: async (item, sent) => withCertificate(item, await base.send(item, sent)),
    ask: async (item, expected) => {
      const outcome = withCertificate(item, await base.ask(item, expected))
      // Known there, but without the certificate in the answer: asking for it again gives the same one.
      return outcome.state === 'unknown' && outcome.code === 'certificate-missing' ? { state: 'absent' } : outcome
    },
  }
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
function withCertificate(item: DeliveryItem, outcome: Outcome): Outcome {
  if (outcome.state !== 'acknowledged' || item.purpose === 'revocation') return outcome
  if (outcome.certificate === null) return { state: 'unknown', code: 'certificate-missing', retryAfterMs: null }
  const signatureHash = proveBelonging(outcome.certificate, item.record)
  if (signatureHash === null) return { state: 'unknown', code: 'certificate-of-another', retryAfterMs: null }
  return { ...outcome, certificate: { ...outcome.certificate, signatureHash } }
}
