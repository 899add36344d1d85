import { claimsOf, openCertificate, type Opened } from './open.ts'
import { signatureFits } from './cose.ts'
import { entryOf, groupOf } from './dcc.ts'
import { evaluateRules, type BusinessRule } from './rules.ts'
import { isRevoked, type RevocationList } from './revocation.ts'
import { schemaFaults } from './schema.ts'
import { StepBook } from './step-book.ts'
import type { TrustedKey } from './trust.ts'
import { unknownCodes } from './value-sets.ts'
import type { Verification } from './verification.ts'

export interface VerifyOptions {
  readonly revocation?: RevocationList
  readonly rules?: readonly BusinessRule[]
}

/**
 * Verifies the text of a certificate's QR code at a moment, against the signers given (hcert 1.0.8 section 4).
 * Bounded in time and memory for any text, and never throws. A step that can be judged is judged also after another failed,
 * so that one answer says all that is wrong; `valid` needs every step.
 *
 * @example verifyCertificate('HC1:6BF...', [trusted], new Date()).valid
 */
export function verifyCertificate(
  hc1: string,
  trust: readonly TrustedKey[],
  at: Date,
  options: VerifyOptions = {},
): Verification {
  const book = new StepBook()
  const opened = openCertificate(hc1, book)
  if (opened === null) return book.close({})
  const signer = findSigner(opened, trust, book)
  const claims = claimsOf(opened)
  checkKeyUsage(claims.payload, signer, book)
  checkContent(claims.payload, book)
  checkExpiry(claims, signer, at, book)
  const revoked = options.revocation ? isRevoked(opened.message, claims, options.revocation) : null
  if (revoked === true) book.refuse('revocation', 'certificate-revoked')
  const rules = options.rules ? evaluateRules(claims.payload, at, options.rules) : []
  for (const { rule } of rules.filter((outcome) => !outcome.met))
    book.remark('rules', 'certificate-rule-not-met', { rule })
  const kid = opened.message.kid
  return book.close({ ...claims, kid: kid === null ? null : Buffer.from(kid).toString('hex'), revoked, rules })
}

/** Several signers can share a kid: all of them are tried. More than this many with one kid is no trust list. */
const triesPerKid = 16

function findSigner({ message }: Opened, trust: readonly TrustedKey[], book: StepBook): TrustedKey | null {
  if (message.algorithm === null) {
    book.fail('signature', 'certificate-algorithm-other')
    return null
  }
  if (message.kid === null || message.kid.length === 0) {
    book.fail('signature', 'certificate-key-id-missing')
    return null
  }
  const kid = Buffer.from(message.kid).toString('hex')
  const candidates = trust.filter((trusted) => trusted.kid === kid).slice(0, triesPerKid)
  const allowed = candidates.filter((trusted) => trusted.allowed)
  const signer = allowed.find((trusted) => signatureFits(message, trusted.key)) ?? null
  if (signer !== null) book.pass('signature')
  else if (candidates.length > 0 && allowed.length === 0) book.fail('signature', 'certificate-key-not-allowed')
  else if (candidates.length > 0) book.fail('signature', 'certificate-signature-other')
  else book.fail('signature', 'certificate-signer-unknown', { kid: kid.slice(0, 32) })
  return signer
}

function checkKeyUsage(payload: unknown, signer: TrustedKey | null, book: StepBook): void {
  if (signer === null) return
  const group = groupOf(payload)
  if (signer.groups === null || (group !== null && signer.groups.includes(group))) book.pass('keyUsage')
  else book.fail('keyUsage', 'certificate-key-usage-other')
}

function checkContent(payload: unknown, book: StepBook): void {
  const faults = schemaFaults(payload)
  for (const { code, params } of faults) book.fail('schema', code, params)
  if (faults.length > 0) return
  book.pass('schema')
  const group = groupOf(payload)
  const entry = entryOf(payload)
  if (group === null || entry === null) return
  for (const field of unknownCodes(group, entry)) book.remark('codes', 'certificate-code-unknown', { field })
}

interface Times {
  readonly issuedAt: Date | null
  readonly expiresAt: Date | null
}

function checkExpiry({ issuedAt, expiresAt }: Times, signer: TrustedKey | null, at: Date, book: StepBook): void {
  if (issuedAt === null || expiresAt === null) book.fail('expiry', 'certificate-times-missing')
  else if (at < issuedAt) book.fail('expiry', 'certificate-not-yet-valid', { from: issuedAt.toISOString() })
  else if (at > expiresAt) book.fail('expiry', 'certificate-expired', { until: expiresAt.toISOString() })
  else if (signer !== null && (at < signer.validFrom || at > signer.validUntil))
    book.fail('expiry', 'certificate-signer-outside-validity', {
      from: signer.validFrom.toISOString(),
      until: signer.validUntil.toISOString(),
    })
  else book.pass('expiry')
}
