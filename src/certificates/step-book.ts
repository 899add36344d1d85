import type { ErrorCode } from '../kernel/errors.ts'
import type { Params } from '../kernel/language.ts'
import { stepNames, type Reason, type StepName, type Verification } from './verification.ts'

/** What a verification found so far: each step's outcome and the reasons. */
export class StepBook {
  readonly #steps = new Map<StepName, boolean>()
  readonly #reasons: Reason[] = []
  readonly #remarks: Reason[] = []

  pass(step: StepName): void {
    this.#steps.set(step, true)
  }

  fail(step: StepName, code: ErrorCode, params: Params = {}): void {
    this.#steps.set(step, false)
    this.#reasons.push({ step, code, params })
  }

  /** A reason that is none of the eight steps. */
  refuse(step: Exclude<Reason['step'], StepName>, code: ErrorCode, params: Params = {}): void {
    this.#reasons.push({ step, code, params })
  }

  remark(step: Reason['step'], code: ErrorCode, params: Params): void {
    this.#remarks.push({ step, code, params })
  }

  /** The answer; what is not given was not read. */
  close(found: Partial<Verification>): Verification {
    const outcome = (step: StepName): boolean | null => this.#steps.get(step) ?? null
    return {
      payload: null,
      issuer: null,
      issuedAt: null,
      expiresAt: null,
      kid: null,
      revoked: null,
      rules: [],
      ...found,
      valid: this.#reasons.length === 0 && stepNames.every((step) => outcome(step) === true),
      steps: {
        prefix: outcome('prefix'),
        base45: outcome('base45'),
        zlib: outcome('zlib'),
        cose: outcome('cose'),
        signature: outcome('signature'),
        keyUsage: outcome('keyUsage'),
        schema: outcome('schema'),
        expiry: outcome('expiry'),
      },
      reasons: this.#reasons,
      remarks: this.#remarks,
    }
  }
}
