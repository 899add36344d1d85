import { challengeOf, oauthErrorOf } from '../access/oauth-answer.ts'
import { SluisError, toProblem } from '../kernel/errors.ts'
import type { Language } from '../kernel/language.ts'
import { fhirJson } from './fhir/names.ts'
import { issueOfError, outcomeOf } from './fhir/outcome.ts'

/** What of a request shapes the answer to its error. */
export interface Asked {
  readonly url: string
  readonly route: string | undefined
  readonly language: Language
}

/** A refusal, ready to be written. */
export interface ProblemAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The problem of an error in the reader's language; under `/fhir` it is an OperationOutcome. */
export function problemAnswer(error: SluisError, { url, route, language }: Asked): ProblemAnswer {
  const problem = toProblem(error, language)
  const isFhir = /^\/fhir(?:[/?]|$)/.test(url)
  const challenge = challengeOf(error)
  // A token client reads the words of RFC 6749 section 5.2 beside ours.
  const oauth = route === '/oauth/token' ? oauthErrorOf(error) : {}
  return {
    status: problem.status,
    headers: {
      'content-type': isFhir ? fhirJson : 'application/problem+json; charset=utf-8',
      'content-language': language,
      ...(problem.status === 503 || problem.status === 429
        ? { 'retry-after': String(error.params['seconds'] ?? 5) }
        : {}),
      ...(challenge === null ? {} : { 'www-authenticate': challenge }),
      // What is left of an oversized body is not read: the connection ends with the answer.
      ...(problem.status === 413 ? { connection: 'close' } : {}),
    },
    body: JSON.stringify(
      isFhir
        ? outcomeOf([issueOfError(error.code, error.params)], language)
        : { ...problem, ...oauth, instance: url.split('?')[0]! },
    ),
  }
}
