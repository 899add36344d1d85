import type { Pack } from '../rules/pack.ts'
import type { ActiveRule } from '../store/activations.ts'
import type { ImpactChange, ImpactLine } from '../store/impact.ts'
import type { StoredRecord } from '../store/records.ts'
import type { NewVerdict } from '../store/verdicts.ts'

/** Which withhold verdicts have effect: as things stand, and if a version counted for everybody. */
export interface Effect {
  readonly before: (ruleHash: string, senderId: number) => boolean
  readonly after: (ruleHash: string, senderId: number) => boolean
  /** The rules of the version, by hash. */
  readonly rules: ReadonlyMap<string, string>
}

/**
 * What has effect now and what would: the version takes the place of its own pack, other packs stay as they are.
 *
 * @example effectOf(version, await activeRules(db)).after(hash, senderId)
 */
export function effectOf(version: Pack, active: readonly (ActiveRule & { readonly pack: string })[]): Effect {
  const byHash = Map.groupBy(active, (rule) => rule.ruleHash.toString('hex'))
  const rules = new Map(version.rules.map((rule) => [rule.hash, rule.id]))
  const counts = (hash: string, senderId: number, pack: string | null): boolean =>
    (byHash.get(hash) ?? []).some(
      (rule) =>
        rule.pack !== pack &&
        (rule.senderId === senderId || (rule.senderId === 0 && !rule.exceptSenders.includes(senderId))),
    )
  return {
    rules,
    before: (hash, senderId) => counts(hash, senderId, null),
    after: (hash, senderId) => rules.has(hash) || counts(hash, senderId, version.name),
  }
}

/** What is counted and listed of a record. */
export type ImpactRecord = Pick<StoredRecord, 'id' | 'receivedAt' | 'senderId' | 'formKind' | 'patient'>

/** What stands against a record already. */
export interface Known {
  readonly record: number
  readonly ruleHash: string
  readonly rule: string
  readonly decision: 'release' | 'confirm' | null
}

type Cause = { readonly hash: string; readonly rule: string }

/**
 * What would change for each record of a batch, counted by sender, kind and rule. A person's decision outranks both sides,
 * so such a record does not change.
 */
export function compare(
  effect: Effect,
  records: readonly ImpactRecord[],
  verdicts: readonly (readonly NewVerdict[])[],
  known: readonly Known[],
): { lines: ImpactLine[]; changes: ImpactChange[] } {
  const knownOf = Map.groupBy(known, (one) => one.record)
  const lines = new Map<string, { -readonly [Key in keyof ImpactLine]: ImpactLine[Key] }>()
  const changes: ImpactChange[] = []
  const lineOf = ({ senderId, formKind }: ImpactRecord, rule: string) => {
    const key = `${senderId} ${formKind} ${rule}`
    let line = lines.get(key)
    if (line === undefined) {
      const zero = { records: 0, withheldBefore: 0, withheldAfter: 0, newlyWithheld: 0, newlyVisible: 0, errors: 0 }
      lines.set(key, (line = { senderId, formKind, rule, ...zero }))
    }
    return line
  }
  for (const [at, record] of records.entries()) {
    const { before, after, errors } = causesOf(effect, record, verdicts[at]!, knownOf.get(record.id) ?? [])
    const change =
      before.size === 0 && after.size > 0
        ? 'newlyWithheld'
        : after.size === 0 && before.size > 0
          ? 'newlyVisible'
          : null
    const total = lineOf(record, '')
    total.records += 1
    if (before.size > 0) total.withheldBefore += 1
    if (after.size > 0) total.withheldAfter += 1
    if (errors.length > 0) total.errors += 1
    if (change !== null) total[change] += 1
    for (const cause of before.values()) lineOf(record, cause.rule).withheldBefore += 1
    for (const cause of after.values()) lineOf(record, cause.rule).withheldAfter += 1
    for (const cause of errors) lineOf(record, cause.rule).errors += 1
    const add = (cause: Cause, what: ImpactChange['change']): void => {
      const { id, receivedAt, senderId, patient } = record
      changes.push({
        record: id,
        receivedAt,
        senderId,
        ruleHash: Buffer.from(cause.hash, 'hex'),
        change: what,
        patient,
      })
    }
    if (change !== null) {
      const what = change === 'newlyWithheld' ? 'newly-withheld' : 'newly-visible'
      for (const cause of (change === 'newlyWithheld' ? after : before).values()) {
        lineOf(record, cause.rule)[change] += 1
        add(cause, what)
      }
    }
    for (const cause of errors) add(cause, 'error')
  }
  return { lines: [...lines.values()], changes }
}

function causesOf(
  effect: Effect,
  { senderId }: ImpactRecord,
  verdicts: readonly NewVerdict[],
  known: readonly Known[],
) {
  const before = new Map<string, Cause>()
  const after = new Map<string, Cause>()
  const errors: Cause[] = []
  if (known.some((one) => one.decision !== null)) return { before, after, errors }
  for (const { ruleHash: hash, rule } of known) {
    if (effect.before(hash, senderId)) before.set(hash, { hash, rule })
    if (effect.after(hash, senderId)) after.set(hash, { hash, rule })
  }
  for (const { ruleHash, rule, outcome } of verdicts) {
    const hash = ruleHash.toString('hex')
    if (outcome === 'withhold') after.set(hash, { hash, rule })
    else if (outcome === 'error') errors.push({ hash, rule })
  }
  return { before, after, errors }
}
