import type { Reading } from '../formats/format.ts'
import type { CanonicalRecord } from '../formats/record.ts'
import { hasFinding, type Fault } from '../kernel/fault.ts'
import type { SpokenFinding } from '../rules/findings.ts'

/** What the versions that count say of findings: for most senders, and for those another version counts for. */
export interface CountingWords {
  readonly usual: readonly SpokenFinding[]
  readonly bySender: ReadonlyMap<number, readonly SpokenFinding[]>
}

/** How this node tells senders of findings, as it last read the activations. */
export interface FindingWords {
  /**
   * A reading in the words of the version that counts for its sender: what refuses is an error, what does not is a warning.
   * The same object when there is no finding in it. What is not known yet refuses, as the form file says.
   */
  told(reading: Reading, senderId: number): Reading
  /** Replaces what is known; the last known state stays when the database is away. */
  set(words: CountingWords): void
}

type Severities = ReadonlyMap<string, 'error' | 'warning'>

export function makeFindingWords(): FindingWords {
  let usual: Severities = new Map()
  let bySender: ReadonlyMap<number, Severities> = new Map()
  return {
    told(reading, senderId) {
      if (reading.state === 'unreadable' || !reading.records.some(({ faults }) => hasFinding(faults))) return reading
      const severities = bySender.get(senderId) ?? usual
      return { ...reading, records: reading.records.map((record) => toldRecord(record, severities)) }
    },
    set(words) {
      usual = severitiesOf(words.usual)
      bySender = new Map([...words.bySender].map(([sender, own]) => [sender, severitiesOf(own)]))
    },
  }
}

function severitiesOf(words: readonly SpokenFinding[]): Severities {
  return new Map(
    words.flatMap(({ code, fields, word }) =>
      (fields ?? ['']).map((field) => [`${code} ${field}`, word === 'refuse' ? 'error' : 'warning'] as const),
    ),
  )
}

function toldRecord(record: CanonicalRecord, severities: Severities): CanonicalRecord {
  if (!hasFinding(record.faults)) return record
  return { ...record, faults: record.faults.map((fault) => toldFault(fault, severities)) }
}

function toldFault(fault: Fault, severities: Severities): Fault {
  if (fault.severity !== 'check') return fault
  const field = String(fault.params['field'] ?? '')
  const severity = severities.get(`${fault.code} ${field}`) ?? severities.get(`${fault.code} `) ?? 'error'
  return { ...fault, severity }
}
