import { SluisError } from '../kernel/errors.ts'
import type { CanonicalRecord, RecordContent, Subject } from './record.ts'

/** The names under which a record goes to a destination. The same names give the same bytes, however often it is sent. */
export interface OwedNames {
  readonly deliveryId: string
  readonly recordId: string
  /** When the hub received the record, ISO 8601 with zone. */
  readonly receivedAt: string
  /** The record this one corrects or takes back, when the hub has it; null for a new one. */
  readonly earlier: { readonly recordId: string; readonly record: CanonicalRecord } | null
}

/** What is to be told of a record: of one that is taken back, what the earlier one said. */
export interface Told<Content extends RecordContent> {
  readonly subject: Subject
  readonly content: Content
  /** The record the destination is to keep, change or strike out. */
  readonly recordId: string
}

/**
 * The fact a record stands for, of the kind a destination takes. Throws `record-without-fact` when there is none: a refused
 * record, another kind, or a withdrawal whose earlier record the hub does not have. Such a record owes nothing.
 */
export function factOf<Kind extends RecordContent['kind']>(
  record: CanonicalRecord,
  names: OwedNames,
  kind: Kind,
): Told<Extract<RecordContent, { kind: Kind }>> {
  const withdrawn = record.action.state === 'withdraw'
  const source = withdrawn ? names.earlier?.record : record
  const recordId = withdrawn ? names.earlier?.recordId : names.recordId
  const content = source?.content
  if (source?.subject == null || content?.kind !== kind || recordId === undefined) {
    throw new SluisError('record-without-fact', { record: names.recordId })
  }
  return { subject: source.subject, content: content as Extract<RecordContent, { kind: Kind }>, recordId }
}
