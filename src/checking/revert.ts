import { SluisError } from '../kernel/errors.ts'
import { activationsOfPacks, sendersNamed, type ActivationRow, type NewActivation } from '../store/activations.ts'
import { reports, setReportState } from '../store/impact.ts'
import { standing, type PackStanding } from './standing.ts'
import { switchPack, type SwitchDeps } from './switch.ts'

export interface Reverted {
  /** The activation that was undone, and the one that undid it. */
  readonly undone: number
  readonly revert: number
  readonly version: string
  /** What counts again; null when nothing counted before. */
  readonly again: string | null
}

/**
 * Undoes an activation with one row: what it withheld is visible again at once, however much it was. Records that came in
 * between are as if the version had never been, because the version it replaced was judged beside it all the time.
 *
 * `source` undoes a canary of one sender. Throws `pack-not-active` when there is nothing to undo.
 *
 * @example await revertPack(deps, { pack: 'lab-quality', source: null, actor: 'lea', why: 'withholds all of lab-a' })
 */
export async function revertPack(
  deps: SwitchDeps,
  wish: { readonly pack: string; readonly source: string | null; readonly actor: string; readonly why: string },
): Promise<Reverted> {
  let undone: ActivationRow | undefined
  let again: string | null = null
  const ids = await switchPack(deps, wish.pack, async (stands, rows) => {
    undone = rows.find((row) => row.id === countingFor(stands, wish.source)?.activation)
    // What an undo brought back has nothing before it: pressed twice it must not leave a hub without checks.
    if (undone === undefined || undone.reverts !== null)
      throw new SluisError('pack-not-active', { pack: wish.pack, source: wish.source ?? 'all' })
    const row = undoing(stands, undone, wish)
    again = row.mode === 'active' ? (stands.former?.version ?? null) : (stands.active?.version ?? null)
    if (row.mode === 'retired' && wish.source === null) again = null
    return [row]
  })
  await stopCatchUps(deps, undone!)
  return { undone: undone!.id, revert: ids[0]!, version: undone!.version, again }
}

/**
 * Takes a version's effect away and keeps judging by it in the shadow, so that what it would have done stays known: what
 * the guard does. Two rows in one transaction; null when somebody was faster.
 */
export async function demotePack(
  deps: SwitchDeps,
  wish: { readonly pack: string; readonly activation: number; readonly actor: string; readonly why: string },
): Promise<Reverted | null> {
  let undone: ActivationRow | undefined
  let again: string | null = null
  const ids = await switchPack(deps, wish.pack, async (stands, rows) => {
    const counts = [stands.active, ...stands.exceptions.values()].some((one) => one?.activation === wish.activation)
    undone = counts ? rows.find((row) => row.id === wish.activation) : undefined
    if (undone === undefined) return []
    const { setting, source } = undone
    const shadow = { setting, mode: 'shadow', source: null, actor: wish.actor, why: wish.why } as const
    const row = undoing(stands, undone, { ...wish, source })
    again = row.mode === 'active' ? (stands.former?.version ?? null) : null
    // The undoing row first: what counted just before it is what the proof compares with.
    return row.mode === 'active' ? [row, shadow] : [{ ...shadow, source, reverts: undone.id }]
  })
  if (undone === undefined) return null
  await stopCatchUps(deps, undone)
  return { undone: undone.id, revert: ids[0]!, version: undone.version, again }
}

/** History need not be judged any more by what counts no more; of senders it still counts for, it must. */
async function stopCatchUps({ db }: SwitchDeps, { pack, setting }: ActivationRow): Promise<void> {
  const stands = standing(await activationsOfPacks(db, pack)).get(pack)
  const still = [...(stands?.exceptions ?? [])].filter(([, one]) => one.setting === setting).map(([source]) => source)
  const senders = new Set((await sendersNamed(db, still)).values())
  for (const one of await reports(db, { pack, running: true })) {
    if (one.purpose !== 'catch-up' || one.setting !== setting || one.senders?.some((id) => senders.has(id))) continue
    await setReportState(db, one.id, 'stopped')
  }
}

function countingFor(stands: PackStanding, source: string | null) {
  return source === null ? stands.active : stands.exceptions.get(source)
}

function undoing(
  stands: PackStanding,
  undone: ActivationRow,
  { source, actor, why }: { readonly source: string | null; readonly actor: string; readonly why: string },
): NewActivation {
  const common = { actor, why, reverts: undone.id }
  return source === null && stands.former !== null
    ? { ...common, setting: stands.former.setting, mode: 'active', source: null }
    : { ...common, setting: undone.setting, mode: 'retired', source }
}
