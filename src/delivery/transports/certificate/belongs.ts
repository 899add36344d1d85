import { claimsOf, openCertificate } from '../../../certificates/open.ts'
import { carriesFamilyName, fitsGivenName } from '../../../certificates/names.ts'
import { StepBook } from '../../../certificates/step-book.ts'
import type { CanonicalRecord } from '../../../formats/record.ts'
import { sha256 } from '../../../kernel/ids.ts'
import type { ArrivedCertificate } from '../transport.ts'

/**
 * Whether a certificate is that of this record: same identifier as the answer says, same person, same test or dose.
 * Trust in the signer is not asked here: the issuer is a neighbour we called over an authenticated line.
 *
 * Returns the hash a revocation list knows its signature by (first 16 bytes of SHA-256; of r alone for ECDSA, because
 * (r, n-s) is valid as well), or null when it belongs to something else or cannot be read.
 */
export function proveBelonging(arrived: ArrivedCertificate, record: CanonicalRecord): Buffer | null {
  const opened = openCertificate(arrived.hc1, new StepBook())
  if (opened === null) return null
  const payload = claimsOf(opened).payload as Record<string, unknown> | null
  if (payload === null || !samePerson(payload, record) || !sameFact(payload, arrived.uvci, record)) return null
  const { algorithm, signature } = opened.message
  const canonical = algorithm === 'ES256' ? signature.subarray(0, signature.length / 2) : signature
  return sha256(canonical).subarray(0, 16)
}

function samePerson(payload: Record<string, unknown>, { subject }: CanonicalRecord): boolean {
  if (subject === null || payload['dob'] !== subject.birthDate) return false
  const { familyName, givenName } = subject
  // Twins have the family name and birth date in common, and are tested together.
  return (
    carriesFamilyName(payload['nam'], familyName, givenName) && fitsGivenName(payload['nam'], familyName, givenName)
  )
}

function sameFact(payload: Record<string, unknown>, uvci: string, { content }: CanonicalRecord): boolean {
  const test = first(payload['t'])
  const dose = first(payload['v'])
  if (content?.kind === 'rapid-test') return test?.['ci'] === uvci && instant(test['sc']) === instant(content.sampledAt)
  return content?.kind === 'vaccination' && dose?.['ci'] === uvci && dose['dt'] === content.vaccinatedOn
}

// Whole seconds: a certificate leaves fractions out.
const instant = (value: unknown): number => (typeof value === 'string' ? Math.floor(Date.parse(value) / 1000) : NaN)

function first(value: unknown): Record<string, unknown> | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : undefined
  return typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : undefined
}
