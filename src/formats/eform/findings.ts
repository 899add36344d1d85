import type { ErrorCode } from '../../kernel/errors.ts'

/**
 * What can be wrong with the meaning of a form that is read whole all the same: every field is there, of its type and within
 * its size. The form file refuses for it, and a version of the pack that judges forms may say otherwise.
 *
 * Not here: an identifier of another shape, a date that does not exist, a choice that is none of the list, an action on
 * nothing. After these the record would hold something else than its type says.
 */
export const findingCodes = [
  'identifier-check-digits',
  'identifier-birth-date',
  'insz-of-the-future',
  'insz-other-birth-date',
  'insz-other-sex',
  'birth-after-fact',
  'date-future',
  'date-too-early',
  'code-unknown',
  'code-expired',
  'code-early',
  'code-list-expired',
  'field-format',
  'field-range',
  'dose-not-of-round',
  'lot-expired',
  'lot-of-other-product',
  'cnk-of-other-product',
  'form-version-ended',
] as const satisfies readonly ErrorCode[]

export type FindingCode = (typeof findingCodes)[number]

const codes: ReadonlySet<string> = new Set(findingCodes)

export function isFindingCode(code: string): code is FindingCode {
  return codes.has(code)
}

/** Those that are found in one field, which they name (`field`, such as `test.device`): a rule can be about some fields only. */
export const findingsOfFields: ReadonlySet<FindingCode> = new Set([
  'identifier-check-digits',
  'identifier-birth-date',
  'date-future',
  'date-too-early',
  'code-unknown',
  'code-expired',
  'code-early',
  'code-list-expired',
  'field-format',
  'field-range',
])
