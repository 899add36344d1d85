import { errorRow, errorTexts, type ErrorCode } from '../../kernel/errors.ts'
import { fill, languages, type Language, type Params, type Texts } from '../../kernel/language.ts'
import { names } from './names.ts'
import { fhirTexts, type FhirText } from './texts.ts'

type Json = Readonly<Record<string, unknown>>

/** One thing to be said in an OperationOutcome. */
export interface Issue {
  readonly severity: 'error' | 'warning' | 'information'
  /** FHIR value set issue-type. */
  readonly type: string
  readonly code: string
  readonly texts: Texts
}

/** An OperationOutcome (FHIR R4 section 2.28): the reader's language as text, the other three as translations of it. */
export function outcomeOf(issues: readonly Issue[], language: Language): Json {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.map(({ severity, type, code, texts }) => ({
      severity,
      code: type,
      details: {
        coding: [{ system: names.errors, code }],
        text: texts[language],
        _text: {
          extension: languages
            .filter((one) => one !== language)
            .map((one) => ({
              url: 'http://hl7.org/fhir/StructureDefinition/translation',
              extension: [
                { url: 'lang', valueCode: one },
                { url: 'content', valueString: texts[one] },
              ],
            })),
        },
      },
    })),
  }
}

/** An error of the table as an issue. */
export function issueOfError(code: ErrorCode, params: Params, severity: Issue['severity'] = 'error'): Issue {
  return { severity, type: issueTypeOf(code), code, texts: errorTexts(code, params) }
}

function issueTypeOf(code: ErrorCode): string {
  const { status, temporary } = errorRow(code)
  if (temporary) return 'transient'
  if (status === 401) return 'login'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not-found'
  if (status === 409) return 'conflict'
  if (status === 405 || status === 406 || status === 415) return 'not-supported'
  if (status === 413) return 'too-long'
  return status === 400 ? 'invalid' : 'processing'
}

/** Something to be told that is no error. */
export function note(
  code: FhirText,
  params: Params,
  severity: Issue['severity'] = 'information',
  type = 'informational',
): Issue {
  const sentences = fhirTexts[code]
  const texts = Object.fromEntries(languages.map((one) => [one, fill(sentences[one], params)])) as unknown as Texts
  return { severity, type, code, texts }
}
