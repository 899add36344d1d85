import { cutFaults, type Fault } from '../../kernel/fault.ts'
import { isJson, objectsOf, textOf, type Json } from './resources.ts'

/**
 * What a schema cannot say of an Observation: one value[x] and one effective[x] (FHIR R4 section 2.6.1), the rules obs-3,
 * obs-6, obs-7, qty-3 and per-1 of FHIR R4, and extensions that change the meaning. All are errors.
 */
export function checkObservation(observation: Json, path: string): readonly Fault[] {
  const faults = [...checkResult(observation, path), ...severalOf(observation, 'effective', path)]
  const period = observation['effectivePeriod']
  if (isJson(period) && isEarlier(period['end'], period['start'])) {
    faults.push(error('fhir-rule-broken', `${path}/effectivePeriod`, { rule: 'per-1', element: 'start, end' }))
  }
  for (const [index, component] of objectsOf(observation['component'])) {
    for (const fault of checkResult(component, `${path}/component/${index}`)) faults.push(fault)
    if (valuesOf(observation).length > 0 && sharesCode(observation['code'], component['code'])) {
      faults.push(
        error('fhir-rule-broken', `${path}/component/${index}/code`, {
          rule: 'obs-7',
          element: 'code, component.code',
        }),
      )
    }
  }
  return faults
}

/** How many extensions or ranges of one element are named one by one. */
const namedAtMost = 10

/** An extension that changes the meaning and that nobody here knows (FHIR R4 section 2.4.0.3): not to be read over. */
export function checkModifiers(resource: Json, path: string): readonly Fault[] {
  const found = objectsOf(resource['modifierExtension']).map(([index, extension]) =>
    error('fhir-modifier-unknown', `${path}/modifierExtension/${index}`, {
      url: textOf(extension['url']).slice(0, 100),
    }),
  )
  const own = cutFaults(found, namedAtMost, path)
  const rules = textOf(resource['implicitRules'])
  return rules === ''
    ? own
    : [...own, error('fhir-modifier-unknown', `${path}/implicitRules`, { url: rules.slice(0, 100) })]
}

function checkResult(result: Json, path: string): Fault[] {
  const faults = [...severalOf(result, 'value', path)]
  if (valuesOf(result).length > 0 && result['dataAbsentReason'] !== undefined) {
    faults.push(error('fhir-rule-broken', path, { rule: 'obs-6', element: 'dataAbsentReason' }))
  }
  const empty = objectsOf(result['referenceRange']).filter(
    ([, range]) => range['low'] === undefined && range['high'] === undefined && range['text'] === undefined,
  )
  const ofRanges = empty.map(([index]) =>
    error('fhir-rule-broken', `${path}/referenceRange/${index}`, { rule: 'obs-3', element: 'low, high, text' }),
  )
  faults.push(...cutFaults(ofRanges, namedAtMost, path))
  const quantity = result['valueQuantity']
  if (isJson(quantity) && quantity['code'] !== undefined && quantity['system'] === undefined) {
    faults.push(error('fhir-rule-broken', `${path}/valueQuantity`, { rule: 'qty-3', element: 'code, system' }))
  }
  return faults
}

/** The names of the value[x] elements that are there. */
export function valuesOf(result: Json): readonly string[] {
  return Object.keys(result).filter((key) => /^value[A-Z]/.test(key))
}

function severalOf(resource: Json, element: string, path: string): readonly Fault[] {
  const start = element.length
  const found = Object.keys(resource).filter((key) => key.startsWith(element) && /^[A-Z]/.test(key.slice(start)))
  if (found.length < 2) return []
  return [error('fhir-value-several', path, { count: found.length, elements: found.slice(0, 5).join(', ') })]
}

function sharesCode(a: unknown, b: unknown): boolean {
  const codings = (concept: unknown): readonly string[] =>
    isJson(concept)
      ? objectsOf(concept['coding'])
          .map(([, coding]) => `${textOf(coding['system'])}|${textOf(coding['code'])}`)
          .filter((text) => !text.endsWith('|'))
      : []
  const first = new Set(codings(a))
  return codings(b).some((one) => first.has(one))
}

/** Whether both are times and the first is before the second. */
export function isEarlier(a: unknown, b: unknown): boolean {
  const [first, second] = [Date.parse(textOf(a)), Date.parse(textOf(b))]
  return first < second
}

function error(code: Fault['code'], path: string, params: Fault['params']): Fault {
  return { code, severity: 'error', path, params }
}
