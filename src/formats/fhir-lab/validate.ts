import type { Fault } from '../../kernel/fault.ts'
import { isFhirDate, isFhirMoment } from './moment.ts'
import { isJson } from './resources.ts'
import { codes, linesOf, resourceTypes } from './types.ts'

/** At most this many warnings and this many errors of one resource are told: a wall of faults helps nobody, nor may one hide an error. */
const most = 20
/** Concepts in references in identifiers may go round; no message of ours is deeper. */
const deepest = 30

/**
 * Checks a resource against our own description of its type and tells every fault at once. A fault of an Observation is an
 * error: an element that is misspelt there may be the comparator. In a Patient an element nobody knows is a warning, in all
 * other resources every fault is one: they are envelopes, and what is used of them is read with care. A type without a
 * description has no faults.
 *
 * The description is walked, not compiled: ajv needed 50 to 700 ms a type for the same.
 *
 * @param path where the resource stands in the message, a JSON Pointer
 */
export function checkShape(resource: Readonly<Record<string, unknown>>, path: string): readonly Fault[] {
  const type = resource['resourceType']
  if (typeof type !== 'string' || !resourceTypes.has(type)) return []
  const check: Check = { type, faults: [], told: { error: 0, warning: 0 } }
  checkObject(check, resource, shapeOf(type), path, 0)
  return check.faults
}

interface Check {
  readonly type: string
  readonly faults: Fault[]
  readonly told: { error: number; warning: number }
}

interface Element {
  readonly type: string
  readonly list: boolean
}

interface Shape {
  readonly elements: ReadonlyMap<string, Element>
  readonly required: readonly string[]
}

const prepared = new Map<string, Shape>()

function shapeOf(name: string): Shape {
  const known = prepared.get(name)
  if (known !== undefined) return known
  const elements = new Map<string, Element>()
  const required: string[] = []
  for (const line of linesOf(name) ?? []) {
    const [element = '', types = ''] = line.split(':')
    const list = types.includes('*')
    for (const type of types.replace(/[*!]/g, '').split('|')) {
      elements.set(element.replace('[x]', type.charAt(0).toUpperCase() + type.slice(1)), { type, list })
    }
    if (types.includes('!')) required.push(element)
  }
  const shape = { elements, required }
  prepared.set(name, shape)
  return shape
}

function checkObject(
  check: Check,
  value: Readonly<Record<string, unknown>>,
  shape: Shape,
  path: string,
  depth: number,
): void {
  for (const element of shape.required) {
    // An element may say by an extension alone why it is not there.
    if (value[element] !== undefined || value[`_${element}`] !== undefined) continue
    tell(check, 'fhir-element-missing', path, { element })
  }
  for (const key in value) {
    const element = shape.elements.get(key)
    const at = `${path}/${escaped(key)}`
    if (element !== undefined) checkElement(check, value[key], element, at, depth)
    else if (!isCompanion(key, shape)) tell(check, 'fhir-element-unknown', at, { element: key.slice(0, 60) })
  }
}

/** `_status` carries the extensions of `status`. */
function isCompanion(key: string, shape: Shape): boolean {
  return key.startsWith('_') && shape.elements.has(key.slice(1))
}

function checkElement(check: Check, value: unknown, { type, list }: Element, path: string, depth: number): void {
  if (!list) {
    checkValue(check, value, type, path, depth)
    return
  }
  if (!Array.isArray(value)) tell(check, 'fhir-element-type', path, { expected: 'array' })
  else if (value.length === 0) tell(check, 'fhir-element-empty', path, {})
  else {
    for (let index = 0; index < value.length && check.told.error < most; index++) {
      const one: unknown = value[index]
      // In a list of primitives null stands where only an extension is.
      if (one === null && linesOf(type) === null) continue
      checkValue(check, one, type, `${path}/${index}`, depth)
    }
  }
}

function checkValue(check: Check, value: unknown, type: string, path: string, depth: number): void {
  const primitive = primitives[type]
  if (primitive === undefined) {
    if (!isJson(value)) tell(check, 'fhir-element-type', path, { expected: 'object' })
    else if (!open.has(type) && depth < deepest) checkObject(check, value, shapeOf(type), path, depth + 1)
    return
  }
  if (typeof value !== primitive.json) {
    tell(check, 'fhir-element-type', path, { expected: primitive.json })
  } else if (!primitive.fits(value)) {
    const allowed = codes[type as keyof typeof codes] as readonly string[] | undefined
    if (allowed === undefined) tell(check, 'fhir-element-shape', path, {})
    else tell(check, 'fhir-code-not-allowed', path, { allowed: allowed.join(', ') })
  }
}

/** Objects that are not looked into. */
const open: ReadonlySet<string> = new Set(['Any', 'Timing', 'Extension'])

interface Primitive {
  readonly json: 'string' | 'number' | 'boolean'
  readonly fits: (value: unknown) => boolean
}

const text = (fits: (text: string) => boolean): Primitive => ({
  json: 'string',
  fits: (value) => fits(value as string),
})
const shaped = (pattern: RegExp): Primitive => text((value) => pattern.test(value))

const primitives: Readonly<Record<string, Primitive>> = {
  string: shaped(/\S/),
  uri: shaped(/^\S+$/),
  code: shaped(/^\S+(?: \S+)*$/),
  id: shaped(/^[A-Za-z0-9.-]{1,64}$/),
  base64: text(() => true),
  boolean: { json: 'boolean', fits: () => true },
  integer: { json: 'number', fits: Number.isInteger },
  decimal: { json: 'number', fits: Number.isFinite },
  time: shaped(/^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?$/),
  date: text(isFhirDate),
  dateTime: text(isFhirMoment),
  instant: text((value) => isFhirMoment(value) && !isFhirDate(value)),
  ...Object.fromEntries(
    Object.entries(codes).map(([name, allowed]) => {
      const known: ReadonlySet<string> = new Set(allowed)
      return [name, text((value) => known.has(value))]
    }),
  ),
}

function tell(check: Check, code: Fault['code'], path: string, params: Fault['params']): void {
  const isError = check.type === 'Observation' || (check.type === 'Patient' && code !== 'fhir-element-unknown')
  const severity = isError ? 'error' : 'warning'
  if (check.told[severity] >= most) return
  check.told[severity] += 1
  check.faults.push({ code, severity, path, params })
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
