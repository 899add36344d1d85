import { recordName } from '../kernel/ids.ts'
import type { Vault } from '../ledger/vault.ts'
import { outcomeWhenFailing, type Verdict } from '../rules/evaluate.ts'
import type { Pack, RecordRule } from '../rules/pack.ts'
import { crossings, findSwaps, jumpFrom, type JumpFacts, type RunResult } from '../rules/swaps.ts'
import type { Queryable } from '../store/connect.ts'
import {
  insertJumps,
  insertSwaps,
  jumpsNear,
  jumpsOfPatients,
  swappedAmong,
  swapsOf,
  type Jump,
  type StoredJump,
} from '../store/jumps.ts'
import type { StoredRecord } from '../store/records.ts'

type Subject = Pick<StoredRecord, 'id' | 'receivedAt' | 'receipt' | 'ordinal' | 'senderId' | 'patient' | 'dataKey'>

/** Verdicts with swaps settled, and those of results stored before that turn out to be the other half of one. */
export interface Settled {
  readonly judged: readonly (readonly Verdict[])[]
  readonly others: readonly { readonly record: StoredRecord; readonly verdict: Verdict }[]
}

/**
 * Settles the rule that asks for `%swap`, which no result can answer by itself, for results that arrive: notes the results that jump from their
 * patient's last value, and looks among those of the same sender and day for pairs that fit only when they are exchanged. Both halves get what the rule says, also the one that came first. Most batches cost nothing here.
 *
 * @example (await settleSwaps(vault, tx, pack, records, judged)).others // [] unless an earlier result changed places too
 */
export async function settleSwaps(
  vault: Vault,
  db: Queryable,
  pack: Pack,
  records: readonly Subject[],
  judged: readonly (readonly Verdict[])[],
): Promise<Settled> {
  const rule = swapRule(pack)
  if (rule === undefined) return { judged, others: [] }
  const jumps = await jumpsAmong(vault, rule, records, judged)
  if (jumps.length === 0) return { judged, others: [] }
  await insertJumps(db, jumps)
  const near = await noteSwaps(vault, db, rule, jumps)
  const swapped = await swappedAmong(
    db,
    rule.hash,
    near.map(({ id }) => id),
  )
  const given = new Set(records.map(({ id }) => id))
  const others = near.filter(({ id }) => swapped.has(id) && !given.has(id))
  return {
    judged: withSwaps(rule, records, judged, swapped),
    others: others.map((record) => ({ record, verdict: verdictOf(rule) })),
  }
}

/** What a version says of stored records by themselves: swaps of them are not settled. */
type JudgeStored = (records: readonly StoredRecord[]) => Promise<readonly (readonly Verdict[])[]>

/**
 * The same for results stored before: pairs were found when the second one arrived. Those that a version with other tables
 * found are judged anew, because by these the two may be of different analytes, or fit as they are.
 */
export async function settleKnownSwaps(
  db: Queryable,
  pack: Pack,
  records: readonly Pick<Subject, 'id' | 'senderId' | 'patient' | 'receivedAt'>[],
  judged: readonly (readonly Verdict[])[],
  judgeStored: JudgeStored,
): Promise<readonly (readonly Verdict[])[]> {
  const rule = swapRule(pack)
  if (rule === undefined) return judged
  const open = records.filter((_, at) => judged[at]!.some(({ ruleId }) => ruleId === rule.id))
  const noted = await swapsOf(db, open)
  // What its partner cannot be asked of any more stays as it was found.
  const swapped = new Set(
    noted.filter(({ ruleHash, partner }) => ruleHash === rule.hash || partner === null).map(({ record }) => record),
  )
  const byOthers = noted.filter(({ record }) => !swapped.has(record))
  if (byOthers.length > 0) {
    const asked = new Set(byOthers.map(({ record }) => record))
    const patients = [...open.filter(({ id }) => asked.has(id)), ...byOthers.map(({ partner }) => partner!)]
    for (const record of await swappedBy(db, rule, patients, judgeStored)) swapped.add(record)
  }
  return swapped.size === 0 ? judged : withSwaps(rule, records, judged, swapped)
}

/** Those of the jumps of patients, by whatever rule they were noted, that fit by this one when they change places. */
async function swappedBy(
  db: Queryable,
  rule: RecordRule,
  patients: readonly Pick<Subject, 'senderId' | 'patient' | 'receivedAt'>[],
  judgeStored: JudgeStored,
): Promise<number[]> {
  const known = patients.flatMap(({ senderId, patient, receivedAt }) =>
    patient === null ? [] : [{ senderId, patient, receivedAt }],
  )
  const jumps = await jumpsOfPatients(db, null, known)
  const stored = [...new Map(jumps.map((one) => [one.id, one])).values()]
  const said = await judgeStored(stored)
  const found = stored.flatMap(({ id, senderId, patient }, at) => {
    const facts = jumpIn(rule, said[at]!)
    return facts === null ? [] : [{ senderId, result: { id: String(id), patient: patient!.toString('hex'), ...facts } }]
  })
  return [...Map.groupBy(found, ({ senderId }) => senderId).values()]
    .flatMap((run) => findSwaps(run.map(({ result }) => result)))
    .flatMap(({ first, second }) => [Number(first), Number(second)])
}

function jumpIn(rule: RecordRule, said: readonly Verdict[]): JumpFacts | null {
  const found = said.find(({ ruleId, outcome }) => ruleId === rule.id && outcome === 'pass')
  return found === undefined ? null : jumpFrom(found.evidence)
}

const swapRule = (pack: Pack): RecordRule | undefined =>
  pack.rules.find((one): one is RecordRule => one.state === 'record' && one.asksSwap)

const verdictOf = (rule: RecordRule): Verdict => ({
  ruleId: rule.id,
  ruleHash: rule.hash,
  outcome: outcomeWhenFailing(rule),
  evidence: {},
})

function withSwaps(
  rule: RecordRule,
  records: readonly Pick<Subject, 'id'>[],
  judged: readonly (readonly Verdict[])[],
  swapped: ReadonlySet<number>,
): readonly (readonly Verdict[])[] {
  return judged.map((said, at) =>
    swapped.has(records[at]!.id) ? [...said.filter(({ ruleId }) => ruleId !== rule.id), verdictOf(rule)] : said,
  )
}

async function jumpsAmong(
  vault: Vault,
  rule: RecordRule,
  records: readonly Subject[],
  judged: readonly (readonly Verdict[])[],
): Promise<Jump[]> {
  const jumps: Jump[] = []
  for (const [at, said] of judged.entries()) {
    const jump = jumpIn(rule, said)
    const record = records[at]!
    if (jump === null || record.patient === null) continue
    const { analyte, ...values } = jump
    const plain = Buffer.from(JSON.stringify(values))
    const content = vault.seal(await vault.byId(record.dataKey), plain, boundTo(record))
    const { senderId, receivedAt, patient } = record
    jumps.push({ ruleHash: rule.hash, senderId, analyte, receivedAt, record: record.id, patient, content })
  }
  return jumps
}

/**
 * Jumps that may be of exchanged tubes: those of the same analytes near the given ones, and where two patients of them
 * cross, all other jumps of these two, which other messages may have brought. Pairs among them are noted.
 */
async function noteSwaps(
  vault: Vault,
  db: Queryable,
  { hash }: RecordRule,
  jumps: readonly Jump[],
): Promise<readonly StoredJump[]> {
  const near = await jumpsNear(db, hash, jumps)
  const byId = new Map(near.map((one) => [String(one.id), one]))
  const crossed = (await runsOf(vault, near)).flatMap(crossings).flatMap(({ a, b }) => [a.id, b.id])
  if (crossed.length === 0) return near
  const tubes = [...new Set(crossed)].map((id) => byId.get(id)!)
  const others = await jumpsOfPatients(
    db,
    hash,
    tubes.map(({ senderId, patient, receivedAt }) => ({ senderId, patient: patient!, receivedAt })),
  )
  const all = [...near, ...others.filter(({ id }) => !byId.has(String(id)))]
  const swaps = (await runsOf(vault, all)).flatMap(findSwaps)
  await insertSwaps(
    db,
    hash,
    swaps.map(({ first, second }) => [Number(first), Number(second)]),
  )
  return all
}

const boundTo = ({ receipt, ordinal }: Pick<StoredRecord, 'receipt' | 'ordinal'>): string =>
  `${recordName(receipt, ordinal)} jump`

/** Jumps by sender, their values opened. */
async function runsOf(vault: Vault, near: readonly StoredJump[]): Promise<RunResult[][]> {
  const runs: RunResult[][] = []
  for (const group of Map.groupBy(near, ({ senderId }) => senderId).values()) {
    const run: RunResult[] = []
    for (const one of group) {
      const plain = vault.unseal(await vault.byId(one.dataKey), one.jump, boundTo(one))
      const values = JSON.parse(plain.toString()) as Omit<JumpFacts, 'analyte'>
      run.push({ id: String(one.id), patient: one.patient!.toString('hex'), analyte: one.analyte, ...values })
    }
    runs.push(run)
  }
  return runs
}
