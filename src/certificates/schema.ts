import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Fault } from '../kernel/fault.ts'
import { calendarDate, dateTime } from './dates.ts'
import { dccSchema, schemaVersions, type SchemaVersion } from './dcc-schema.ts'

export type SchemaVerdict =
  | { readonly state: 'fits' }
  | { readonly state: 'unknown-version'; readonly version: string }
  /** `faults`: where and what, at most ten. */
  | {
      readonly state: 'faulty'
      readonly version: SchemaVersion
      readonly faults: readonly { readonly path: string; readonly what: string }[]
    }

/**
 * Judges a certificate by the schema of the version it names in `ver`; a version between or after the published ones
 * counts as the newest one before it.
 *
 * @example checkSchema({ ver: '1.3.0', nam: { fnt: 'JANSSENS' }, dob: '1964', v: [] }).state // 'faulty'
 */
export function checkSchema(payload: unknown): SchemaVerdict {
  const named =
    typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>)['ver'] : undefined
  const version = typeof named === 'string' ? versionFor(named) : null
  if (version === null) return { state: 'unknown-version', version: String(named).slice(0, 20) }
  const validate = validatorFor(version)
  if (validate(payload)) return { state: 'fits' }
  return { state: 'faulty', version, faults: (validate.errors ?? []).slice(0, 10).map(toFault) }
}

/** What the schema has against a certificate, in the words of the error table; `path` says where. None: it fits. */
export function schemaFaults(payload: unknown): Pick<Fault, 'code' | 'path' | 'params'>[] {
  const verdict = checkSchema(payload)
  if (verdict.state === 'fits') return []
  const { version } = verdict
  if (verdict.state === 'unknown-version')
    return [{ code: 'certificate-schema-version-unknown', path: '/ver', params: { version } }]
  return verdict.faults.map(({ path, what }) => ({
    code: 'certificate-schema-faulty',
    path,
    params: { version, path: path.slice(0, 80) || '/', what },
  }))
}

function versionFor(named: string): SchemaVersion | null {
  if (!/^1\.\d{1,3}\.\d{1,3}$/.test(named)) return null
  return schemaVersions.findLast((version) => order(version) <= order(named)) ?? null
}

function order(version: string): number {
  const [, minor = 0, patch = 0] = version.split('.').map(Number)
  return minor * 1000 + patch
}

const validators = new Map<SchemaVersion, ValidateFunction>()

function validatorFor(version: SchemaVersion): ValidateFunction {
  const known = validators.get(version)
  if (known !== undefined) return known
  const ajv = new Ajv2020({ strict: false, allErrors: false })
  // Format is an annotation in JSON Schema 2020-12, and states have issued full date-times where the text says a date:
  // both are read, as long as the day exists.
  ajv.addFormat('date', (text) => calendarDate(text) || dateTime(text))
  ajv.addFormat('date-time', (text) => dateTime(text))
  const made = ajv.compile(dccSchema(version))
  validators.set(version, made)
  return made
}

// The value itself is not repeated: a certificate is about a person.
function toFault(error: ErrorObject): { path: string; what: string } {
  const missing: unknown = error.params['missingProperty']
  return { path: error.instancePath, what: typeof missing === 'string' ? `${error.keyword} ${missing}` : error.keyword }
}
