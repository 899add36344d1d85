import { errorRow, errorTexts } from '../../kernel/errors.ts'
import { cutFaults, type Fault } from '../../kernel/fault.ts'
import { languages } from '../../kernel/language.ts'

/** How many faults one outcome names one by one. */
const toldAtMost = 1_000

/**
 * The OperationOutcome (FHIR R4 section 2.28) that names the faults: code of the hub, the sentence in four languages by the
 * translation extension, and the place as FHIRPath.
 *
 * @param root type of the resource that was sent, with which every path begins
 * @example toOperationOutcome(faults, 'Bundle').issue[0].expression // ['Bundle.entry[3].resource.status']
 */
export function toOperationOutcome(faults: readonly Fault[], root: string): object {
  const issue = cutFaults(faults, toldAtMost).map((fault) => {
    const texts = errorTexts(fault.code, fault.params)
    return {
      severity: fault.severity === 'warning' ? 'warning' : 'error',
      code: issueTypeOf(fault),
      details: {
        coding: [{ system: 'https://sluis.example/errors', code: fault.code }],
        text: texts.en,
        _text: {
          extension: languages
            .filter((language) => language !== 'en')
            .map((language) => ({
              url: 'http://hl7.org/fhir/StructureDefinition/translation',
              extension: [
                { url: 'lang', valueCode: language },
                { url: 'content', valueString: texts[language] },
              ],
            })),
        },
      },
      expression: [fhirPathOf(fault.path, root)],
    }
  })
  const fine = { severity: 'information', code: 'informational', details: { text: 'Everything was read.' } }
  return { resourceType: 'OperationOutcome', issue: issue.length === 0 ? [fine] : issue }
}

/** A JSON Pointer as FHIRPath: `/entry/3/resource/status` under a Bundle is `Bundle.entry[3].resource.status`. */
function fhirPathOf(pointer: string, root: string): string {
  const parts = pointer.split('/').slice(1)
  return parts.reduce((path, part) => {
    if (/^\d+$/.test(part)) return `${path}[${part}]`
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    return /^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}.\`${name.replace(/[`\\]/g, '')}\``
  }, root)
}

/** FHIR value set issue-type. */
function issueTypeOf({ code }: Fault): string {
  if (errorRow(code).temporary) return 'transient'
  if (code === 'fhir-element-missing' || code === 'fhir-subject-missing') return 'required'
  if (code === 'fhir-code-not-allowed') return 'code-invalid'
  if (code.startsWith('fhir-element') || code.startsWith('json')) return 'structure'
  if (code === 'fhir-rule-broken' || code === 'fhir-value-several' || code === 'fhir-date-order') return 'invariant'
  if (code === 'fhir-modifier-unknown') return 'extension'
  if (code === 'fhir-subject-not-found' || code === 'fhir-reference-not-found') return 'not-found'
  if (code === 'fhir-subject-ambiguous') return 'multiple-matches'
  if (code === 'fhir-too-many-results' || code === 'fhir-notes-too-long') return 'too-long'
  return errorRow(code).status === 422 ? 'value' : 'processing'
}
