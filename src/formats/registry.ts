import { shippedForms } from './eform/catalogue.ts'
import { readEForm } from './eform/read.ts'
import { readFhir } from './fhir/read.ts'
import type { Format } from './format.ts'
import { readHl7v2 } from './hl7v2/read.ts'
import { shippedSources } from './hl7v2/sources.ts'

/** Every format the hub reads; one line each. Made at first use, because the forms are read from files. */
function makeFormats(): readonly Format[] {
  const forms = shippedForms()
  return [readEForm(forms), readFhir(forms), readHl7v2(shippedSources())]
}

let formats: readonly Format[] | undefined

/** All formats. */
export function allFormats(): readonly Format[] {
  return (formats ??= makeFormats())
}

/** Every content type the hub reads. */
export function readTypes(): readonly string[] {
  return allFormats().flatMap((format) => format.contentTypes)
}

/**
 * The format a content type asks for, parameters such as `charset` aside; undefined when the hub reads no such type.
 *
 * @example formatFor('application/json; charset=utf-8')?.name // 'eform-json'
 */
export function formatFor(contentType: string): Format | undefined {
  const end = contentType.indexOf(';')
  const type = (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
  return allFormats().find((format) => format.contentTypes.includes(type))
}

/** The format a stored message was read in, by its name; undefined when this node does not know it. */
export function formatNamed(name: string): Format | undefined {
  return allFormats().find((format) => format.name === name)
}
