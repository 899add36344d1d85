import type { ErrorCode } from '../kernel/errors.ts'
import type { Params } from '../kernel/language.ts'

export const stepNames = ['prefix', 'base45', 'zlib', 'cose', 'signature', 'keyUsage', 'schema', 'expiry'] as const

export type StepName = (typeof stepNames)[number]

/** `true` passed, `false` did not, `null` was not reached because something before it is missing. */
export type Steps = Readonly<Record<StepName, boolean | null>>

/**
 * Why a certificate does not hold, or (as a remark) what is odd about one that does. Step `request`: what was asked could not
 * be read.
 */
export interface Reason {
  readonly step: StepName | 'request' | 'revocation' | 'codes' | 'rules'
  readonly code: ErrorCode
  readonly params: Params
}

export interface RuleOutcome {
  readonly rule: string
  readonly met: boolean
}

export interface Verification {
  /** All eight steps passed and the certificate is on no revocation list given. Nothing of an untrue one may be used. */
  readonly valid: boolean
  readonly steps: Steps
  /** The certificate's content as JSON; also of one that is not valid, to say what is wrong with it. */
  readonly payload: unknown
  readonly reasons: readonly Reason[]
  /** What does not make it less valid: a code outside the value sets, a rule of the given set that is not met. */
  readonly remarks: readonly Reason[]
  /** Country that issued, as the claims say it. */
  readonly issuer: string | null
  readonly issuedAt: Date | null
  readonly expiresAt: Date | null
  /** Key id, lower-case hex. */
  readonly kid: string | null
  /** Null when no list was given. */
  readonly revoked: boolean | null
  /** Empty when no rules were given. */
  readonly rules: readonly RuleOutcome[]
}
