import type { ActivationRow } from '../store/activations.ts'

/** A version that counts, and the activation that made it so. */
export interface Counting {
  readonly setting: number
  readonly version: string
  readonly activation: number
  readonly since: Date
}

/** How the versions of one pack stand now. */
export interface PackStanding {
  readonly pack: string
  readonly active: Counting | null
  /** Senders (client ids) for which another version counts. */
  readonly exceptions: ReadonlyMap<string, Counting>
  /** Versions that are judged beside it and have no effect. */
  readonly shadows: ReadonlySet<number>
  /** What the active version replaced; it goes on in the shadow until its successor is settled. */
  readonly former: Counting | null
}

interface Draft {
  active: Counting | null
  former: Counting | null
  readonly exceptions: Map<string, Counting>
  readonly shadows: Set<number>
}

/**
 * How every pack stands, from the activations alone, oldest first: what counts now is worked out, never stored.
 *
 * @example standing(await activationsOfPacks(db)).get('lab-quality')?.active?.version // '1.0.0'
 */
export function standing(rows: readonly ActivationRow[]): Map<string, PackStanding> {
  const packs = new Map<string, Draft>()
  for (const row of rows) {
    let draft = packs.get(row.pack)
    if (draft === undefined) {
      draft = { active: null, former: null, exceptions: new Map(), shadows: new Set() }
      packs.set(row.pack, draft)
    }
    apply(draft, row)
  }
  return new Map([...packs].map(([pack, draft]) => [pack, { pack, ...draft }]))
}

function apply(draft: Draft, row: ActivationRow): void {
  const counting = { setting: row.setting, version: row.version, activation: row.id, since: row.at }
  switch (row.mode) {
    case 'active':
      // An undone version is not judged any more, unless a row of its own keeps it in the shadow.
      draft.former = row.reverts === null ? draft.active : null
      draft.active = counting
      draft.exceptions.clear()
      draft.shadows.delete(row.setting)
      return
    case 'canary':
      if (row.source !== null) draft.exceptions.set(row.source, counting)
      return
    case 'shadow':
      withdraw(draft, row)
      draft.shadows.add(row.setting)
      return
    default:
      withdraw(draft, row)
      if (row.source === null) {
        draft.shadows.delete(row.setting)
        if (draft.former?.setting === row.setting) draft.former = null
      }
  }
}

/** Takes away the effect of a version: for one sender, or everywhere. */
function withdraw(draft: Draft, row: ActivationRow): void {
  for (const [source, counting] of draft.exceptions) {
    if (counting.setting === row.setting && (row.source === null || row.source === source))
      draft.exceptions.delete(source)
  }
  if (row.source === null && draft.active?.setting === row.setting) draft.active = null
}

/** What is judged of a record of one sender: the version that counts, and those beside it without effect. */
export interface Judging {
  readonly effective: Counting | null
  readonly beside: readonly number[]
}

/** What counts for one sender (client id) of a pack. */
export function judgingFor(pack: PackStanding, source: string): Judging {
  const own = pack.exceptions.get(source)
  const effective = own ?? pack.active
  const beside = new Set(pack.shadows)
  if (pack.former !== null) beside.add(pack.former.setting)
  if (own !== undefined && pack.active !== null) beside.add(pack.active.setting)
  if (effective !== null) beside.delete(effective.setting)
  return { effective, beside: [...beside] }
}
