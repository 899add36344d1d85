import { SluisError } from '../kernel/errors.ts'
import { activationsOfPacks, type ActivationRow, type ActiveRule } from '../store/activations.ts'
import { inSnapshot, type Database, type Queryable } from '../store/connect.ts'
import {
  failedProofs,
  keepManifest,
  keepProof,
  keptManifest,
  keptProof,
  manifestLines,
  permittedSince,
  recountVisible,
  unproven,
  withheldByEither,
  type KeptProof,
  type ManifestLine,
  type PermittedDifference,
  type RuleOfSender,
} from '../store/manifests.ts'
import { closedSince } from '../store/retention.ts'
import { readBack, type ApiProof, type PublicReader } from './proof-api.ts'
import type { RuleSets } from './rule-sets.ts'
import { standing, type PackStanding } from './standing.ts'
import { activeRulesOf, type SwitchDeps } from './switch.ts'

/**
 * The proof that an undone activation left nothing behind. About the records known when it began: their contents are the
 * same, and the same of them are visible, but for those a person decided on, a later check withheld, or a canary withheld
 * that its activation for all had ended; these are listed.
 */
export interface RevertProof {
  readonly pack: string
  readonly undone: number
  readonly revert: number
  /** As kept when it began; as it stood just before it was undone; as it stands now. See `closed`. */
  readonly before: readonly ManifestLine[]
  readonly during: readonly ManifestLine[]
  readonly after: readonly ManifestLine[]
  readonly contentEqual: boolean
  /** Kept before, and worked out again from the rows now: history did not change. */
  readonly historyEqual: boolean
  readonly visibleEqual: boolean
  /** The first of them; `permittedCount` says how many there are, `permittedBy` for which reason. */
  readonly permitted: readonly PermittedDifference[]
  /**
   * Periods that retention took away since it began. What was kept then has more than is there: `before` is worked out again
   * from what is left, and that contents and history are equal is then true of these rows and not of those that are gone.
   */
  readonly closed: readonly string[]
  readonly permittedCount: number
  readonly permittedBy: Readonly<Record<PermittedDifference['because'], number>>
  /** Records that came since, and how many of them are visible. */
  readonly since: { readonly records: number; readonly visible: number }
  /** Everything counted once more, record by record: the numbers agree. */
  readonly recountEqual: boolean
  /** What anybody reads through the public interface, against the same rows. */
  readonly api: ApiProof
}

const listedAtMost = 1_000

/** Notes what is there and visible when an activation begins; repeating it keeps the first. */
export async function noteBefore(deps: SwitchDeps, activation: number): Promise<void> {
  const { db, ruleSets } = deps
  const rows = await activationsOfPacks(db)
  const row = rows.find(({ id }) => id === activation)
  if (row === undefined) return
  const rules = await rulesAt(ruleSets, db, rows, row, activation)
  const lines = await manifestLines(db, { service: row.service, knownAt: row.at, at: row.at, rules, except: [] })
  await keepManifest(db, activation, 'before', lines)
}

/**
 * Proves a revert, keeps the proof and returns it. Reads everything that is stored of the service, so it takes seconds for
 * a million records; the revert itself was done before. With a `reader` it also reads back from outside.
 *
 * @example (await proveRevert(deps, 17)).holds // true
 */
export async function proveRevert(
  deps: SwitchDeps,
  revert: number,
  reader: PublicReader | null = null,
): Promise<KeptProof<RevertProof>> {
  const { db, ruleSets } = deps
  const rows = await activationsOfPacks(db)
  const row = rows.find(({ id }) => id === revert)
  const undone = rows.find(({ id }) => id === row?.reverts)
  if (row === undefined || undone === undefined) throw new SluisError('pack-proof-unknown', { activation: revert })
  await noteBefore(deps, undone.id)
  const kept = (await keptManifest(db, undone.id, 'before')) ?? []
  const counted = await inSnapshot(db, (tx) => workOut(ruleSets, tx, rows, { row, undone, kept }))
  const api = await readBack(db, reader, { service: undone.service, activation: undone.id })
  const proof: RevertProof = { ...counted, api }
  await keepManifest(db, undone.id, 'during', proof.during)
  await keepManifest(db, undone.id, 'after', proof.after)
  const holds =
    proof.contentEqual &&
    proof.historyEqual &&
    proof.visibleEqual &&
    proof.recountEqual &&
    (api.state !== 'read' || api.equal)
  await keepProof(db, revert, holds, proof)
  return (await keptProof<RevertProof>(db, revert))!
}

async function workOut(
  ruleSets: RuleSets,
  tx: Queryable,
  rows: readonly ActivationRow[],
  of: { readonly row: ActivationRow; readonly undone: ActivationRow; readonly kept: readonly ManifestLine[] },
): Promise<Omit<RevertProof, 'api'>> {
  const { row, undone, kept } = of
  const { service } = row
  const known = { service, knownAt: undone.at }
  const rulesBefore = await rulesAt(ruleSets, tx, rows, row, undone.id)
  const rulesDuring = await rulesAt(ruleSets, tx, rows, row, row.id)
  const rulesAfter = await rulesAt(ruleSets, tx, rows, row, row.id + 1)
  const ended = endedCanaries(standing(rows.filter(({ id }) => id < undone.id)).get(row.pack), rulesBefore, rulesAfter)
  const permitted = await permittedOf(tx, undone, ended)
  const except = permitted.map(({ record }) => record)
  const atStart = { ...known, at: undone.at, rules: rulesBefore }
  const again = await manifestLines(tx, { ...atStart, except: [] })
  const closed = await closedSince(tx, service, undone.at)
  const before = closed.length === 0 ? kept : again
  const during = await manifestLines(tx, { ...known, at: row.at, rules: rulesDuring, except: [] })
  const afterView = { ...known, at: latest, rules: rulesAfter }
  const after = await manifestLines(tx, { ...afterView, except: [] })
  const narrowed = except.length === 0 ? again : await manifestLines(tx, { ...atStart, except })
  const narrowedAfter = except.length === 0 ? after : await manifestLines(tx, { ...afterView, except })
  const rulesNow = await rulesAt(ruleSets, tx, rows, row, Number.MAX_SAFE_INTEGER)
  const all = await manifestLines(tx, { service, knownAt: latest, at: latest, rules: rulesNow, except: [] })
  const recount = await recountVisible(tx, service)
  return {
    pack: row.pack,
    undone: undone.id,
    revert: row.id,
    before,
    during,
    after,
    closed,
    contentEqual: same(before, after, ({ senderId, records, contentHash }) => [senderId, records, contentHash]),
    historyEqual: same(before, again, ({ senderId, visible, visibleHash }) => [senderId, visible, visibleHash]),
    visibleEqual: same(narrowed, narrowedAfter, ({ senderId, visible, visibleHash }) => [
      senderId,
      visible,
      visibleHash,
    ]),
    permitted: permitted.slice(0, listedAtMost),
    permittedCount: permitted.length,
    permittedBy: countedBy(permitted),
    since: {
      records: sum(all, 'records') - sum(after, 'records'),
      visible: sum(all, 'visible') - sum(after, 'visible'),
    },
    recountEqual:
      JSON.stringify(all.map(({ senderId, records, visible }) => [senderId, records, visible])) ===
      JSON.stringify(recount.map(({ senderId, checked, visible }) => [senderId, checked, visible])),
  }
}

/** What was decided or checked since, and what a canary withheld that ended when its version was activated for all. */
async function permittedOf(
  tx: Queryable,
  { service, at }: ActivationRow,
  ended: readonly RuleOfSender[],
): Promise<PermittedDifference[]> {
  const since = await permittedSince(tx, service, at)
  const known = new Set(since.map(({ record }) => record))
  const byCanary = (await withheldByEither(tx, service, at, ended)).filter((record) => !known.has(record))
  return [...since, ...byCanary.map((record) => ({ record, because: 'canary-ended' as const }))]
}

function countedBy(permitted: readonly PermittedDifference[]): RevertProof['permittedBy'] {
  const counts = { 'decided-by-a-person': 0, 'checked-again': 0, 'canary-ended': 0 }
  for (const { because } of permitted) counts[because] += 1
  return counts
}

/** For the senders of canaries that an activation for all ended: the rules that counted for them on one side of it only. */
function endedCanaries(
  before: PackStanding | undefined,
  rulesBefore: readonly ActiveRule[],
  rulesAfter: readonly ActiveRule[],
): RuleOfSender[] {
  const settings = new Set([...(before?.exceptions.values() ?? [])].map(({ setting }) => setting))
  const senders = new Set(
    rulesBefore
      .filter(({ senderId, setting }) => senderId !== 0 && settings.has(setting))
      .map(({ senderId }) => senderId),
  )
  return [...senders].flatMap((senderId) => {
    const had = hashesFor(rulesBefore, senderId)
    const has = hashesFor(rulesAfter, senderId)
    const onOneSide = [...had].filter((one) => !has.has(one)).concat([...has].filter((one) => !had.has(one)))
    return onOneSide.map((ruleHash) => ({ senderId, ruleHash }))
  })
}

const hashesFor = (rules: readonly ActiveRule[], sender: number): Set<string> =>
  new Set(
    rules
      .filter(
        ({ senderId, exceptSenders }) => senderId === sender || (senderId === 0 && !exceptSenders.includes(sender)),
      )
      .map(({ ruleHash }) => ruleHash.toString('hex')),
  )

/** Later than anything that is stored. */
const latest = new Date('9999-01-01T00:00:00Z')

/** What counted of a service just before an activation. */
async function rulesAt(
  ruleSets: RuleSets,
  tx: Queryable,
  rows: readonly ActivationRow[],
  { service }: ActivationRow,
  before: number,
): Promise<ActiveRule[]> {
  const stands = standing(rows.filter((row) => row.id < before && row.service === service))
  const rules: ActiveRule[] = []
  for (const pack of stands.values()) rules.push(...(await activeRulesOf(ruleSets, tx, pack)))
  return rules
}

function same(
  a: readonly ManifestLine[],
  b: readonly ManifestLine[],
  of: (line: ManifestLine) => readonly unknown[],
): boolean {
  return JSON.stringify(a.map(of)) === JSON.stringify(b.map(of))
}

function sum(lines: readonly ManifestLine[], what: 'records' | 'visible'): number {
  return lines.reduce((total, line) => total + line[what], 0)
}

/** The kept proof of a revert; null while it is being worked out. */
export async function proofOf(db: Queryable, revert: number): Promise<KeptProof<RevertProof> | null> {
  const kept = await keptProof<Omit<RevertProof, 'api' | 'closed' | 'permittedBy'> & Partial<RevertProof>>(db, revert)
  if (kept === null) return null
  // What was proved before hubs read themselves back says so; before reasons were counted, the listed ones tell; before
  // closed periods were minded, a proof only held where none was.
  const api: ApiProof = { state: 'not-read', why: 'no-address' }
  return { ...kept, proof: { api, closed: [], permittedBy: countedBy(kept.proof.permitted), ...kept.proof } }
}

/**
 * Notes and proves what is still to be noted and proved, one at a time; by one node. A proof that does not hold, whoever
 * worked it out, is an alert that stays until a person takes the next step of that pack.
 */
export function proofLook(deps: SwitchDeps & { readonly openReader?: () => Promise<PublicReader | null> }) {
  return {
    name: 'pack-proofs',
    kinds: ['pack-proof-fails'] as const,
    everyMs: 10_000,
    look: async (db: Database) => {
      const whole = { ...deps, db }
      for (const { id, reverts } of await unproven(db)) {
        if (reverts === null) await noteBefore(whole, id)
        else await proveRevert(whole, id, (await deps.openReader?.()) ?? null)
      }
      return (await failedProofs(db)).map(({ pack, revert }) => ({
        kind: 'pack-proof-fails' as const,
        scope: pack,
        detail: { revert },
      }))
    },
  }
}
