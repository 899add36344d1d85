import type { SpokenFinding } from '../rules/findings.ts'
import { findingsPack } from '../rules/findings.ts'
import { lastActivation, sendersNamed } from '../store/activations.ts'
import type { Queryable } from '../store/connect.ts'
import type { RuleSets } from './rule-sets.ts'

/** What the versions that count say of the findings of forms: to most senders, and to those another version counts for. */
export interface CountingFindings {
  /** The last activation this was read under: while it is the last, nothing else counts. */
  readonly activation: number
  readonly usual: readonly SpokenFinding[]
  readonly bySender: ReadonlyMap<number, readonly SpokenFinding[]>
}

/**
 * Reads what counts now; null while the last activation is still the known one.
 *
 * @example (await countingFindings(db, ruleSets, 0))?.usual.find(({ code }) => code === 'code-unknown')?.word // 'refuse'
 */
export async function countingFindings(
  db: Queryable,
  ruleSets: RuleSets,
  known: number,
): Promise<CountingFindings | null> {
  const activation = await lastActivation(db)
  if (activation === known) return null
  const own = (await ruleSets.standingOf(db, 'eforms')).find(({ pack }) => pack === findingsPack)
  const said = async (setting: number | undefined): Promise<readonly SpokenFinding[]> =>
    setting === undefined ? [] : (await ruleSets.pack(db, setting)).findings
  const exceptions = [...(own?.exceptions ?? [])]
  const senders = await sendersNamed(
    db,
    exceptions.map(([source]) => source),
  )
  const bySender = new Map<number, readonly SpokenFinding[]>()
  for (const [source, { setting }] of exceptions) {
    const id = senders.get(source)
    if (id !== undefined) bySender.set(id, await said(setting))
  }
  return { activation, usual: await said(own?.active?.setting), bySender }
}
