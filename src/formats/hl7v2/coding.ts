import type { Coding } from '../lab/observation.ts'
import type { Hl7Message } from './message.ts'

/**
 * The codings of a CE, CWE or CNE: components 1-3, 4-6 and 10-12 as code, text and system, those that say something. A field
 * that is empty altogether gives one empty coding.
 *
 * @example codingOf('4548-4^HbA1c^LN^HBA^Hb A1c^L', message) // [{ code: '4548-4', system: 'loinc', text: 'HbA1c' }, ...]
 */
export function codingOf(raw: string, message: Hl7Message): readonly [Coding, ...Coding[]] {
  const components = raw === '""' ? [] : message.components(raw)
  const at = (n: number): string => {
    const one = components[n - 1] ?? ''
    return one === '' ? '' : message.text(message.subcomponent(one, 1)).trim()
  }
  const found: Coding[] = []
  for (const n of [1, 4, 10]) {
    const coding = { code: at(n), system: systemOf(at(n + 2)), text: at(n + 1) }
    if (coding.code !== '' || coding.text !== '') found.push(coding)
  }
  const [first = { code: '', system: '', text: '' }, ...others] = found
  return [first, ...others]
}

function systemOf(sent: string): string {
  return /^(?:LN|LOINC|HL70396\^LN|https?:\/\/loinc\.org)$/i.test(sent) ? 'loinc' : sent
}
