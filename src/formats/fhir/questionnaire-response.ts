import { moreFaults, type Fault } from '../../kernel/fault.ts'
import type { EForm } from '../eform/sample.ts'
import { isObject } from '../eform/form.ts'
import { checkModifiers, valuesOf } from '../fhir-lab/invariants.ts'
import type { Resource } from './resources.ts'

/** Where the questionnaires of our forms have their canonical address; the version follows after a bar. */
const questionnaireBase = 'https://sluis.example/fhir/Questionnaire/'

/** A questionnaire response turned into the eForm it stands for. */
export interface Answers {
  readonly form: Readonly<Record<string, unknown>>
  readonly faults: readonly Fault[]
  /** From the JSON Pointer of a field in the form to that of its answer in the resource. */
  readonly places: ReadonlyMap<string, string>
}

/**
 * Collects the answers of a QuestionnaireResponse (FHIR R4). A `linkId` is the path of the field (`patient.insz`); groups
 * may be nested as the sender likes. A question answered twice is a fault: nobody guesses which answer counts. So is an
 * extension that changes the meaning of the response, a question or an answer (section 2.4.0.3).
 */
export function answersOf(response: Readonly<Record<string, unknown>>, messageId: string): Answers {
  const collector = new Collector()
  const status = response['status']
  if (status !== 'completed' && status !== 'amended') collector.fault('fhir-not-completed', '/status')
  collector.modifiers(response, '')
  collector.items(response['item'], '/item')
  const canonical = typeof response['questionnaire'] === 'string' ? response['questionnaire'] : ''
  const named = canonical.startsWith(questionnaireBase) ? canonical.slice(questionnaireBase.length) : ''
  const [form = '', version = ''] = named.split('|', 2)
  collector.places.set('/form', '/questionnaire').set('/version', '/questionnaire').set('/messageId', '/identifier')
  return {
    form: { ...collector.form(), messageId, form, version },
    faults: collector.told(),
    places: collector.places,
  }
}

/** How many faults of the questions and answers of one response are told one by one. */
const faultsAtMost = 50

const linkIdShape = /^[A-Za-z]\w{0,59}(?:\.[A-Za-z]\w{0,59})?$/

class Collector {
  readonly places = new Map<string, string>()
  private readonly faults: Fault[] = []
  private untold = 0
  private readonly values = new Map<string, Map<string, unknown>>()
  private readonly twice = new Set<string>()

  fault(code: Fault['code'], path: string, params: Fault['params'] = {}): void {
    this.add({ code, severity: 'error', path, params })
  }

  told(): readonly Fault[] {
    return this.untold === 0 ? this.faults : [...this.faults, moreFaults(this.untold, 'error')]
  }

  modifiers(element: Readonly<Record<string, unknown>>, path: string): void {
    for (const fault of checkModifiers(element, path)) this.add(fault)
  }

  items(list: unknown, path: string): void {
    if (!Array.isArray(list)) return
    for (const [index, item] of list.entries()) {
      if (isObject(item)) this.item(item, `${path}/${index}`)
    }
  }

  /** Sections as objects and the fields outside them, as an eForm has them. */
  form(): Record<string, unknown> {
    const sections = [...this.values].map(([name, fields]) => [name, Object.fromEntries(fields)] as const)
    const { '': outside = {}, ...inside } = Object.fromEntries(sections)
    return { ...inside, ...outside }
  }

  private add(fault: Fault): void {
    if (this.faults.length < faultsAtMost) this.faults.push(fault)
    else this.untold++
  }

  private item(item: Readonly<Record<string, unknown>>, path: string): void {
    this.modifiers(item, path)
    this.items(item['item'], `${path}/item`)
    const answers = item['answer']
    if (!Array.isArray(answers)) return
    for (const [index, answer] of answers.entries()) {
      if (!isObject(answer)) continue
      this.modifiers(answer, `${path}/answer/${index}`)
      this.answer(String(item['linkId']), answer, `${path}/answer/${index}`)
      this.items(answer['item'], `${path}/answer/${index}/item`)
    }
  }

  private answer(linkId: string, answer: Readonly<Record<string, unknown>>, path: string): void {
    if (!linkIdShape.test(linkId)) return this.fault('fhir-question-unknown', path)
    const [first = '', second] = linkId.split('.', 2)
    const [section, field] = second === undefined ? ['', first] : [first, second]
    const fields = this.values.get(section) ?? new Map<string, unknown>()
    this.values.set(section, fields)
    if (fields.has(field)) {
      if (!this.twice.has(linkId)) this.fault('fhir-answered-twice', path, { field: linkId })
      this.twice.add(linkId)
      return
    }
    const values = valuesOf(answer)
    if (values.length > 1) {
      const params = { count: values.length, elements: values.slice(0, 5).join(', ') }
      return this.fault('fhir-value-several', path, params)
    }
    const value = valueOf(answer)
    if (value === undefined) return this.fault('fhir-answer-unreadable', path, { field: linkId })
    fields.set(field, value)
    this.places.set(section === '' ? `/${field}` : `/${section}/${field}`, path)
    if (section !== '' && !this.places.has(`/${section}`))
      this.places.set(`/${section}`, path.replace(/\/answer.*/, ''))
  }
}

const plainValues = [
  'valueString',
  'valueDate',
  'valueDateTime',
  'valueInteger',
  'valueDecimal',
  'valueBoolean',
  'valueUri',
]

function valueOf(answer: Readonly<Record<string, unknown>>): unknown {
  const coding = answer['valueCoding']
  if (isObject(coding)) return coding['code']
  const name = plainValues.find((name) => answer[name] !== undefined)
  return name === undefined ? undefined : answer[name]
}

/**
 * An eForm as the QuestionnaireResponse a FHIR sender would hand over; reading it gives the same record.
 *
 * @example toQuestionnaireResponse(sampleForm('rapid-test', options)).questionnaire // '.../Questionnaire/rapid-test|2.0'
 */
export function toQuestionnaireResponse(form: EForm): Resource {
  const { messageId, form: name, version, ...rest } = form
  const item = Object.entries(rest).map(([linkId, value]) =>
    typeof value === 'object'
      ? { linkId, item: Object.entries(value).map(([key, inner]) => question(`${linkId}.${key}`, inner)) }
      : question(linkId, value),
  )
  return {
    resourceType: 'QuestionnaireResponse',
    identifier: { value: messageId },
    questionnaire: `${questionnaireBase}${name}|${version}`,
    status: 'completed',
    item,
  }
}

function question(linkId: string, value: unknown): object {
  const answer =
    typeof value === 'number'
      ? { valueInteger: value }
      : /^\d{4}-\d{2}-\d{2}T/.test(String(value))
        ? { valueDateTime: value }
        : /^\d{4}-\d{2}-\d{2}$/.test(String(value))
          ? { valueDate: value }
          : { valueString: value }
  return { linkId, answer: [answer] }
}
