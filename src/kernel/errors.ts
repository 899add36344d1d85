import { accessErrors } from './errors/access.ts'
import { careErrors } from './errors/care.ts'
import { certificateErrors } from './errors/certificate.ts'
import { deliveryErrors } from './errors/delivery.ts'
import { fieldErrors } from './errors/field.ts'
import { fhirErrors } from './errors/fhir.ts'
import { fhirApiErrors } from './errors/fhir-api.ts'
import { formErrors } from './errors/form.ts'
import { hl7v2Errors } from './errors/hl7v2.ts'
import { intakeErrors } from './errors/intake.ts'
import { monitorErrors } from './errors/monitors.ts'
import { operationErrors } from './errors/operation.ts'
import { packErrors } from './errors/packs.ts'
import { peopleErrors } from './errors/people.ts'
import type { ErrorRow } from './errors/row.ts'
import { ruleErrors } from './errors/rules.ts'
import { fill, languages, setFrench, type Language, type Params, type Texts } from './language.ts'

/** The one table of errors; docs/errors.md is held equal to it by a test. */
export const errorTable = {
  ...intakeErrors,
  ...formErrors,
  ...fieldErrors,
  ...certificateErrors,
  ...accessErrors,
  ...peopleErrors,
  ...deliveryErrors,
  ...monitorErrors,
  ...operationErrors,
  ...hl7v2Errors,
  ...fhirErrors,
  ...fhirApiErrors,
  ...ruleErrors,
  ...careErrors,
  ...packErrors,
} as const

export type ErrorCode = keyof typeof errorTable

/** The row of a code. */
export function errorRow(code: ErrorCode): ErrorRow {
  return errorTable[code]
}

/**
 * An error with a code of the table: says whether it is temporary, who must act, and its sentence in four languages.
 *
 * @example throw new SluisError('message-too-large', { limit: 1048576 })
 */
export class SluisError extends Error {
  readonly code: ErrorCode
  readonly params: Params

  constructor(code: ErrorCode, params: Params = {}, options?: { cause?: unknown }) {
    super(`${code}: ${fill(errorRow(code).text.en, params)}`, options)
    this.name = 'SluisError'
    this.code = code
    this.params = params
  }

  get temporary(): boolean {
    return errorRow(this.code).temporary
  }
}

/** The sentence of an error in one language. */
export function errorText(code: ErrorCode, params: Params, language: Language): string {
  const sentence = fill(errorRow(code).text[language], params)
  return language === 'fr' ? setFrench(sentence) : sentence
}

/** The sentence of an error in all four languages. */
export function errorTexts(code: ErrorCode, params: Params): Texts {
  return Object.fromEntries(
    languages.map((language) => [language, errorText(code, params, language)]),
  ) as unknown as Texts
}

/** A body of `application/problem+json` (RFC 9457). */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly temporary: boolean
  readonly actor: ErrorRow['actor']
  readonly texts: Texts
}

/** Makes the problem body of an error; `title` is in the reader's language. */
export function toProblem(error: SluisError, language: Language): Problem {
  const row = errorRow(error.code)
  return {
    type: `https://sluis.example/errors#${error.code}`,
    title: errorText(error.code, error.params, language),
    status: row.status,
    code: error.code,
    temporary: row.temporary,
    actor: row.actor,
    texts: errorTexts(error.code, error.params),
  }
}
