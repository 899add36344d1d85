import type { Fault } from '../../kernel/fault.ts'
import type { Format, ReadContext, Reading } from '../format.ts'
import { readJson } from '../json/read.ts'
import type { CanonicalRecord } from '../record.ts'
import type { FormCatalogue } from './catalogue.ts'
import { dayOf } from './days.ts'
import { isObject, warnOfUnknown } from './form.ts'
import { readMessageId } from './message-id.ts'
import { Faults } from './moment.ts'
import { readForm, unknownForm } from './read-form.ts'

/** How many forms one message may carry. */
export const formsAtMost = 100

const format = 'eform-json'
const listKeys: ReadonlySet<string> = new Set(['messageId', 'forms'])

/**
 * The format of eForms as JSON: one form (`{messageId, form, version, ...}`) or up to a hundred (`{messageId, forms}`).
 * Every form becomes one record with all its faults; only what is no eForm at all is unreadable.
 *
 * @example readEForm(shippedForms()).read(bytes, { receivedAt: new Date() }).state // 'read'
 */
export function readEForm(catalogue: FormCatalogue): Format {
  return {
    name: format,
    service: 'eforms',
    contentTypes: ['application/json'],
    read(bytes, context) {
      const json = readJson(bytes)
      if (json.state === 'unreadable') return { state: 'unreadable', format, messageId: '', faults: json.faults }
      return readEFormValue(catalogue, json.value, context)
    },
  }
}

function readEFormValue(catalogue: FormCatalogue, value: unknown, { receivedAt }: ReadContext): Reading {
  if (!isObject(value)) return unreadable('', 'eform-not-recognised', {})
  const { messageId, fault } = readMessageId(value['messageId'])
  const forms = value['forms']
  if (forms === undefined && typeof value['form'] !== 'string') return unreadable(messageId, 'eform-not-recognised', {})
  const receipt = { received: receivedAt.getTime(), today: dayOf(receivedAt), messageId }
  if (forms === undefined) {
    const record = readForm(catalogue, value, { ...receipt, ordinal: 0 })
    return { state: 'read', format, messageId, records: [withFaults(record, fault)] }
  }
  if (!Array.isArray(forms) || forms.length === 0) return unreadable(messageId, 'forms-missing', {}, '/forms')
  if (forms.length > formsAtMost) return unreadable(messageId, 'forms-too-many', { limit: formsAtMost }, '/forms')
  const around = new Faults()
  warnOfUnknown(value, listKeys, '', around)
  const records = forms.map((form: unknown, ordinal) => {
    const record = isObject(form)
      ? readForm(catalogue, form, { ...receipt, ordinal })
      : unknownForm(ordinal, { severity: 'error', code: 'eform-not-recognised', path: '', params: {} })
    return withFaults(below(record, `/forms/${ordinal}`), fault, ordinal === 0 ? around.list : [])
  })
  return { state: 'read', format, messageId, records }
}

function unreadable(messageId: string, code: Fault['code'], params: Fault['params'], path = ''): Reading {
  return { state: 'unreadable', format, messageId, faults: [{ code, severity: 'error', path, params }] }
}

function withFaults(record: CanonicalRecord, fault: Fault | null, more: readonly Fault[] = []): CanonicalRecord {
  if (fault === null && more.length === 0) return record
  return { ...record, faults: [...(fault === null ? [] : [fault]), ...more, ...record.faults] }
}

function below(record: CanonicalRecord, path: string): CanonicalRecord {
  if (record.faults.length === 0) return record
  return { ...record, faults: record.faults.map((fault) => ({ ...fault, path: path + fault.path })) }
}
