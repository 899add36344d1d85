import { issueCertificate } from '../../src/certificates/issue.ts'
import type { Built } from '../../src/certificates/demands.ts'
import { testPayload, vaccinationPayload } from '../../src/certificates/payload.ts'
import type { Signer } from '../../src/certificates/signer.ts'
import { parseJson } from '../shared/http.ts'
import type { Act, Post } from '../shared/kind.ts'
import type { Certificates } from './certificates.ts'
import { readRequest, readRevocation } from './request.ts'

/** Why no certificate is made. New ones come at the end: the log of effects remembers the position. */
export const refusals = {
  'refused-for-drill': 'Refused because the drill asks for it.',
  'request-unreadable': 'The request does not have the agreed shape, or names another delivery than its header.',
  'result-not-negative': 'Only a negative rapid test gets a certificate.',
  'code-not-issued': 'A device, product or country is not on the list of codes that are issued.',
  'time-unreadable': 'The time of the sample or the day of the dose cannot be read.',
  'doses-impossible': 'These dose numbers cannot stand on a certificate.',
  'name-empty': 'Nothing is left of the name in the letters of a passport.',
  'birth-date-unreadable': 'The date of birth cannot be read.',
  'certificate-unknown': 'No certificate with this identifier was made for this record.',
  'time-impossible': 'The sample or the dose lies after the certificate, or before there were any.',
  'birth-after-fact': 'The date of birth lies after the test or the dose.',
} as const

const issuer = 'Digitaal Vlaanderen (simulated)'
const validFor = 365 * 86_400_000
/** A pharmacy's clock may run as far ahead of ours as the hub lets it. */
const clockSkew = 5 * 60_000

/** Makes the certificate of a record, or finds the one that was made before: a record never gets two. */
export function issue(post: Post, certificates: Certificates, signer: Signer): Act {
  const request = readRequest(parseJson(post.body), issuer)
  if (!request || request.deliveryId !== post.deliveryId) return { state: 'refused', code: 'request-unreadable' }
  const { recordId } = request.certificate
  if (certificates.ofRecord(recordId)) {
    certificates.link(post.deliveryId, recordId)
    return { state: 'done', newEffect: false }
  }
  const latest = new Date(post.now.getTime() + clockSkew)
  const built =
    request.kind === 'test' ? testPayload(request.certificate, latest) : vaccinationPayload(request.certificate, latest)
  if (built.state === 'refused') return { state: 'refused', code: refusalOf(built) }
  const times = timesOf(post.now, signer)
  const { hc1, uvci } = issueCertificate(built.payload, signer, { ...times, issuer: 'BE' })
  const [issuedAt, expiresAt] = [times.issuedAt.toISOString(), times.expiresAt.toISOString()]
  certificates.keep(post.deliveryId, { recordId, uvci, hc1, issuedAt, expiresAt })
  return { state: 'done', newEffect: true }
}

/** Puts the certificate of a record on the revocation list, once. */
export function revoke(post: Post, certificates: Certificates): Act {
  const request = readRevocation(parseJson(post.body))
  if (!request || request.deliveryId !== post.deliveryId) return { state: 'refused', code: 'request-unreadable' }
  if (certificates.ofRecord(request.recordId)?.uvci !== request.uvci) {
    return { state: 'refused', code: 'certificate-unknown' }
  }
  return { state: 'done', newEffect: certificates.revoke(request.uvci) }
}

function refusalOf(built: Extract<Built, { state: 'refused' }>): string {
  const code = (built.faults[0]?.code ?? '').replace('certificate-', '')
  return Object.hasOwn(refusals, code) ? code : 'request-unreadable'
}

/** A clock that is off by more than the signer's validity would make certificates that nobody can verify. */
function timesOf(now: Date, signer: Signer): { issuedAt: Date; expiresAt: Date } {
  const issuedAt = Math.min(Math.max(now.getTime(), signer.validFrom.getTime()), signer.validUntil.getTime())
  return {
    issuedAt: new Date(issuedAt),
    expiresAt: new Date(Math.min(issuedAt + validFor, signer.validUntil.getTime())),
  }
}
