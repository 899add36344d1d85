import { readFileSync } from 'node:fs'
import { isoMoment } from '../certificates/dates.ts'
import type { TrustedKey } from '../certificates/trust.ts'
import type { Reason, Verification } from '../certificates/verification.ts'
import type { VerifyOptions } from '../certificates/verify.ts'
import { errorText } from '../kernel/errors.ts'
import { whyClosed } from './shared/files.ts'
import { WrongUse } from './shared/outcome.ts'

/** What `sluis certificate verify` was told. */
export interface VerifyCommand {
  readonly at: Date
  readonly json: boolean
  readonly trust: readonly TrustedKey[]
  readonly verify: VerifyOptions
  readonly batch: string | undefined
}

/** A verification as others read it: reasons with their sentence. */
export function toAnswer({ valid, steps, payload, reasons, remarks, ...rest }: Verification): Record<string, unknown> {
  return { valid, steps, payload, reasons: reasons.map(tell), remarks: remarks.map(tell), ...rest }
}

function tell({ step, code, params }: Reason): Record<string, unknown> {
  return { step, code, params, text: errorText(code, params, 'en') }
}

/** The moment of `--at`, now without it. Throws `WrongUse`. */
export function momentOf(given: string | undefined): Date {
  const at = given === undefined ? new Date() : isoMoment(given)
  if (at === null) throw new WrongUse('--at takes an ISO 8601 time')
  return at
}

/** Throws `WrongUse` for a word that is no option: what it was meant for would not happen. */
export function noMore(command: string, positionals: readonly string[]): void {
  if (positionals.length > 0) throw new WrongUse(`certificate ${command} takes no ${positionals[0]}`)
}

/** The content of a file that was named. Throws `WrongUse` when it cannot be opened. */
export function openFile(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new WrongUse(`${file}: ${whyClosed(error)}`)
  }
}

/** What a JSON text says; null when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
