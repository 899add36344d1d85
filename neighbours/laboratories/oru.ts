import { brusselsTime } from '../../src/formats/eform/sample.ts'
import { dialects, type Dialect } from './dialect.ts'
import type { Order } from './order.ts'

/** A unit nobody expected of this laboratory: what its values are stays as it was. */
export interface OruFaults {
  readonly wrongUnits: boolean
}

/**
 * The bytes of one ORU^R01 (HL7 v2.5.1 section 7.3.1) as the laboratory of the order writes it. Lines end with CR.
 *
 * @param control MSH-10, new for every message
 */
export function writeOru(order: Order, control: string, at: Date, { wrongUnits }: OruFaults): Buffer {
  const dialect = dialects[order.laboratory]
  const { patient, number, status } = order
  const [taken, released] = [stamp(order.takenAt, dialect), stamp(order.releasedAt, dialect)]
  const birth = patient.birthDate.replaceAll('-', '')
  const results = order.results.map(({ analyte, value }, place) => {
    const { code, unit, decimals, range, own = same } = dialect.spellings[analyte]
    const shown = own(value).toFixed(decimals)
    return `OBX|${place + 1}|NM|${code}||${shown}|${wrongUnits ? 'mg/dL' : unit}|${range}||||${status}|||${taken}|||||${released}`
  })
  const lines = [
    `MSH|^~\\&|LIS|${dialect.facility}|SLUIS|HUB|${stamp(at.toISOString(), dialect)}||ORU^R01^ORU_R01|${control}|P|2.5.1||||||${dialect.charset}`,
    `PID|1||${patient.insz}^^^^NN||${escaped(patient.familyName)}^${escaped(patient.givenName)}||${birth}|${patient.sex === 'male' ? 'M' : 'F'}`,
    `ORC|RE|${number}|${number}`,
    `OBR|1|${number}|${number}|24323-8^Bloedonderzoek^LN|||${taken}|||||||||||||||${released}|||${status === 'C' ? 'C' : 'F'}`,
    ...results,
    '',
  ]
  const text = lines.join('\r')
  return Buffer.from(dialect.bytes === 'latin1' ? nearestLatin1(text) : text, dialect.bytes)
}

const same = (value: number): number => value

/** `20260615091200+0200`, the offset only when the laboratory writes it. */
function stamp(moment: string, { offset }: Dialect): string {
  const text = brusselsTime(new Date(moment))
  const digits = text.slice(0, 19).replace(/\D/g, '')
  return offset ? digits + text.slice(19).replace(':', '') : digits
}

/** What Latin-1 has for letters it does not have: the letter without its marks, else a question mark. */
function nearestLatin1(text: string): string {
  return text.replace(/[^\0-\u00ff]/gu, (letter) => {
    const bare = letter.normalize('NFD').replace(/\p{M}/gu, '')
    return /^[\0-\u00ff]+$/.test(bare) ? bare : '?'
  })
}

/** Separators of HL7 in a name would end its field. */
function escaped(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '|': 'F', '^': 'S', '&': 'T', '~': 'R', '\\': 'E' }
  return text.replace(/[|^&~\\]/g, (found) => `\\${escapes[found] ?? ''}\\`)
}
