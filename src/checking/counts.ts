import type { StoredRecord } from '../store/records.ts'
import type { CheckCount, NewVerdict } from '../store/verdicts.ts'
import type { Counting } from './standing.ts'

/** What a version that counts said of some records. */
export interface Counted {
  readonly pack: string
  readonly effective: Counting | null
  readonly records: readonly Pick<StoredRecord, 'senderId' | 'formKind'>[]
  readonly verdicts: readonly (readonly NewVerdict[])[]
}

/**
 * How many records of each sender and kind were checked, how many were withheld at all (`*`), and by which rule: what the
 * guard compares with the usual. What is refused is not the doing of a version: the form refuses it where none says otherwise.
 */
export function countsOf({ pack, effective, records, verdicts }: Counted): CheckCount[] {
  if (effective === null) return []
  const counts = new Map<string, { senderId: number; formKind: string; rule: string; records: number }>()
  const add = ({ senderId, formKind }: Pick<StoredRecord, 'senderId' | 'formKind'>, rule: string): void => {
    const key = `${senderId} ${formKind} ${rule}`
    const count = counts.get(key)
    if (count === undefined) counts.set(key, { senderId, formKind, rule, records: 1 })
    else count.records += 1
  }
  for (const [at, record] of records.entries()) {
    add(record, '')
    const withheldBy = verdicts[at]!.filter(({ outcome, refusesFor }) => outcome === 'withhold' && refusesFor === null)
    if (withheldBy.length > 0) add(record, '*')
    for (const { rule } of withheldBy) add(record, rule)
  }
  return [...counts.values()].map((count) => ({ ...count, pack, activation: effective.activation }))
}
