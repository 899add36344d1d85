import type { Format } from '../formats/format.ts'
import { SluisError } from '../kernel/errors.ts'

/**
 * Whether a content type asks for another version of FHIR than R4 by its parameter `fhirVersion` (FHIR R4, "RESTful API", MIME
 * types); without the parameter it does not.
 *
 * @example isOtherFhir('application/fhir+json; fhirVersion=5.0') // true
 */
export function isOtherFhir(contentType: string): boolean {
  const version = /;\s*fhirVersion\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1]
  return version !== undefined && !/^4\.0(?:\.\d)?$/.test(version)
}

/** The format a message is read in. Throws `content-type-missing` or `content-type-unknown`. */
export function formatOf(
  deps: { readonly formatFor: (contentType: string) => Format | undefined; readonly acceptedTypes: readonly string[] },
  contentType: string,
): Format {
  const accepted = deps.acceptedTypes.join(', ')
  if (contentType.trim() === '') throw new SluisError('content-type-missing', { accepted })
  const format = deps.formatFor(contentType)
  if (format !== undefined && !isOtherFhir(contentType)) return format
  throw new SluisError('content-type-unknown', { type: contentType.slice(0, 60), accepted })
}
