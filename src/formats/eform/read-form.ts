import type { Fault } from '../../kernel/fault.ts'
import type { Author, CanonicalRecord, FormContent, RecordAction, Subject } from '../record.ts'
import type { FormCatalogue } from './catalogue.ts'
import { factDayOf, isDay, momentOf } from './days.ts'
import { hasControlCharacter, isLonger } from './field.ts'
import { isLeftOut, isObject, warnOfUnknown, type Form } from './form.ts'
import { readMessageId } from './message-id.ts'
import { Faults, type Moment } from './moment.ts'

type Json = Readonly<Record<string, unknown>>

/** What is the same for every form of a message. */
export interface Receipt {
  readonly received: number
  readonly today: string
  readonly messageId: string
  readonly ordinal: number
}

/**
 * Reads one form: finds its version, checks every section and the rules across them, and builds the record from what
 * held. A section with an error in it gives null; the record then is refused and its bytes stay as evidence. What only its
 * meaning is wrong with (`check`) leaves it whole.
 */
export function readForm(catalogue: FormCatalogue, value: Json, receipt: Receipt): CanonicalRecord {
  const faults = new Faults()
  const name = typeof value['form'] === 'string' ? value['form'] : ''
  const version = typeof value['version'] === 'string' ? value['version'] : ''
  const form = findForm(catalogue, name, version, receipt, faults)
  if (form.state === 'unknown') return { ...unknownForm(receipt.ordinal, ...faults.list), ...form.named }
  return readKnownForm(form.form, value, receipt, faults)
}

/** The record of something that stands where a form should be and is none we know. */
export function unknownForm(ordinal: number, ...faults: readonly Fault[]): CanonicalRecord {
  return {
    ordinal,
    service: 'eforms',
    formKind: 'unknown',
    form: '',
    formVersion: '',
    action: { state: 'new' },
    subject: null,
    author: null,
    happenedAt: null,
    content: null,
    faults,
  }
}

type FoundForm =
  | { readonly state: 'known'; readonly form: Form }
  | { readonly state: 'unknown'; readonly named: Pick<CanonicalRecord, 'form' | 'formVersion' | 'formKind'> }

function findForm(
  catalogue: FormCatalogue,
  name: string,
  version: string,
  { today }: Receipt,
  faults: Faults,
): FoundForm {
  const form = catalogue.find(name, version)
  const open = catalogue.versionsOf(name).filter((one) => one.from <= today)
  const newest = open.at(-1)
  if (newest === undefined) {
    faults.add('error', name === '' ? 'field-missing' : 'form-unknown', '/form', { field: 'form' })
    return {
      state: 'unknown',
      named: { form: name.slice(0, 40), formVersion: version.slice(0, 20), formKind: 'unknown' },
    }
  }
  if (form === undefined || form.from > today) {
    const known = open
      .filter(({ sunset }) => sunset === null || sunset >= today)
      .map((one) => one.version)
      .join(', ')
    faults.add('error', 'form-version-unknown', '/version', { form: name, known })
    return {
      state: 'unknown',
      named: { form: name, formVersion: version.slice(0, 20), formKind: newest.kindOf(undefined) },
    }
  }
  if (form.sunset !== null && form.sunset < today) {
    const params = { form: name, version, sunset: form.sunset, newest: newest.version }
    faults.add('error', 'form-version-ended', '/version', params)
  }
  return { state: 'known', form }
}

const envelopeKeys = ['messageId', 'form', 'version', 'action', 'replaces', 'motive']
const knownKeys = new WeakMap<Form, ReadonlySet<string>>()

function keysOf(form: Form): ReadonlySet<string> {
  const found = knownKeys.get(form) ?? new Set([...envelopeKeys, ...form.sections.keys()])
  knownKeys.set(form, found)
  return found
}

function readKnownForm(form: Form, value: Json, receipt: Receipt, faults: Faults): CanonicalRecord {
  const action = readAction(value, receipt.messageId, faults)
  const fact = value[form.content]
  const happenedAt = isObject(fact) ? readableTime(fact[form.happened]) : null
  const moment: Moment = {
    received: receipt.received,
    today: receipt.today,
    factDay: happenedAt === null ? receipt.today : factDayOf(happenedAt),
  }
  for (const [name, section] of form.sections) {
    if (section.fact && action.state === 'withdraw') continue
    form.checkSection(name, value[name], moment, faults)
  }
  warnOfUnknown(value, keysOf(form), '', faults)
  const withdrawn = action.state === 'withdraw'
  const patient = value['patient']
  const subject = isObject(patient) && !withdrawn ? subjectOf(patient) : null
  const content = isObject(fact) && !withdrawn ? contentOf[form.content](fact) : null
  const readable = { subject: !faults.refuses('/patient'), content: !faults.refuses(`/${form.content}`) }
  if (!withdrawn) form.checkAcross({ subject, content, moment }, faults)
  return {
    ordinal: receipt.ordinal,
    service: 'eforms',
    formKind: form.kindOf(fact),
    form: form.name,
    formVersion: form.version,
    action,
    subject: readable.subject ? subject : null,
    author: faults.refuses('/pharmacy') ? null : authorOf(value),
    happenedAt: withdrawn ? null : happenedAt,
    content: readable.content ? content : null,
    faults: faults.list,
  }
}

function readableTime(value: unknown): string | null {
  return typeof value === 'string' && (isDay(value) || momentOf(value) !== null) ? toSecond(value) : null
}

function readAction(value: Json, messageId: string, faults: Faults): RecordAction {
  const action = isLeftOut(value['action']) ? 'new' : value['action']
  if (action === 'new') {
    if (!isLeftOut(value['replaces'])) {
      faults.add('error', 'replaces-without-action', '/replaces', {})
    }
    return { state: 'new' }
  }
  if (action !== 'correct' && action !== 'withdraw') {
    faults.add('error', 'choice-unknown', '/action', { field: 'action', known: 'new, correct, withdraw' })
    return { state: 'new' }
  }
  const replaces = readMessageId(value['replaces'])
  if (replaces.fault !== null) {
    const absent = replaces.fault.code === 'field-missing'
    faults.add('error', replaces.fault.code, '/replaces', absent ? { field: 'replaces' } : replaces.fault.params)
  } else if (replaces.messageId === messageId) faults.add('error', 'replaces-itself', '/replaces', {})
  const motive = readMotive(value['motive'], action === 'withdraw', faults)
  const replacesMessageId = replaces.messageId
  return action === 'correct'
    ? { state: 'correct', replacesMessageId }
    : { state: 'withdraw', replacesMessageId, motive }
}

function readMotive(value: unknown, required: boolean, faults: Faults): string {
  const field = 'motive'
  if (isLeftOut(value)) {
    if (required) faults.add('error', 'field-missing', '/motive', { field })
    return ''
  }
  if (typeof value !== 'string') faults.add('error', 'field-type', '/motive', { field, expected: 'string' })
  else if (isLonger(value, 500)) faults.add('error', 'field-too-long', '/motive', { field, max: 500 })
  else if (hasControlCharacter(value)) faults.add('error', 'field-control-character', '/motive', { field })
  else return value
  return ''
}

// What follows builds from sections as they came; with an error in one of them the result is thrown away.

function authorOf(value: Json): Author {
  const pharmacy = isObject(value['pharmacy']) ? value['pharmacy'] : {}
  const pharmacist = isObject(value['pharmacist']) ? value['pharmacist'] : {}
  return {
    organisationNihii: text(pharmacy['nihii']),
    organisationName: text(pharmacy['name']),
    professionalNihii: textOrNull(pharmacist['nihii']),
    professionalName: textOrNull(pharmacist['name']),
  }
}

function subjectOf(patient: Json): Subject {
  return {
    insz: textOrNull(patient['insz']),
    familyName: text(patient['familyName']),
    givenName: text(patient['givenName']),
    birthDate: text(patient['birthDate']),
    sex: patient['sex'] as Subject['sex'],
    language: textOrNull(patient['language']) as Subject['language'],
    phone: textOrNull(patient['phone']),
    postalCode: textOrNull(patient['postalCode']),
  }
}

const contentOf: Record<Form['content'], (section: Json) => FormContent> = {
  test: (test) => ({
    kind: 'rapid-test',
    result: test['result'] as 'negative',
    sampledAt: toSecond(text(test['sampledAt'])),
    sampleKind: text(test['sampleKind']),
    device: text(test['device']),
    targetGroup: text(test['targetGroup']),
    ctpc: textOrNull(test['ctpc']),
  }),
  vaccination: (dose) => ({
    kind: 'vaccination',
    vaccinatedOn: text(dose['vaccinatedOn']),
    product: text(dose['product']),
    cnk: textOrNull(dose['cnk']),
    lot: text(dose['lot']),
    expiresOn: textOrNull(dose['expiresOn']),
    dose: Number(dose['dose']),
    doses: Number(dose['doses']),
    round: dose['round'] as 'first-series',
    vaccinator: textOrNull(dose['vaccinator']),
  }),
}

/** A time that was told to the minute, to the second: FHIR R4 (section 2.24.0.1, dateTime) asks destinations for no less. */
function toSecond(time: string): string {
  return time.replace(/^(.{13}:\d\d)(?=[Z+-])/, '$1:00')
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && !isLeftOut(value) ? value : null
}
