import { interpret } from '../formats/lab/interpret.ts'
import type { InterpretedObservation, ObservationContent } from '../formats/lab/observation.ts'
import type { LabTables } from '../formats/lab/tables.ts'
import type { CanonicalRecord } from '../formats/record.ts'
import { recordName, sha256 } from '../kernel/ids.ts'
import { askedBy, asksAround, contextAround, type Surroundings } from '../rules/around.ts'
import { findings, type Verdict } from '../rules/evaluate.ts'
import type { Pack } from '../rules/pack.ts'
import { prepared } from '../rules/prepare.ts'
import { subjectsIn, type SealedPatients } from '../rules/sealed.ts'
import type { RuleSubject } from '../rules/subject.ts'
import { tablesOf } from '../rules/tables.ts'
import type { Judged } from '../rules/worker-messages.ts'
import { keptAwake, type Queryable } from '../store/connect.ts'
import type { StoredRecord } from '../store/records.ts'
import type { NewVerdict } from '../store/verdicts.ts'
import type { Vault } from '../ledger/vault.ts'
import type { RuleSets } from './rule-sets.ts'
import { surroundingsOf } from './surroundings.ts'
import { settleKnownSwaps, settleSwaps } from './swaps.ts'

/** Flag, withhold and error verdicts of each record, in order; a number is a place among sealed results. */
export type Judge = (pack: Pack, subjects: readonly Judged[], sealed?: SealedPatients) => Promise<Verdict[][]>

/** Judges in this thread: for tests and commands. A node gives its worker threads, which a rule cannot stop. */
export const judgeHere: Judge = (pack, subjects, sealed) =>
  Promise.resolve(findings(pack, subjectsIn(pack, subjects, sealed ?? null)))

export interface JudgingDeps {
  readonly vault: Vault
  readonly ruleSets: RuleSets
  readonly judge: Judge
}

/** A stored record in the clear, with the name of its source. */
export interface OpenRecord {
  readonly record: StoredRecord
  readonly clientId: string
  readonly canonical: CanonicalRecord
  /** Of a result that a version asks about; null when none does. */
  readonly around: Surroundings | null
}

/**
 * Opens records, with what surrounds them where one of the versions asks for it: contents stay in memory only as long as
 * they are judged.
 */
export async function openRecords(
  deps: JudgingDeps,
  db: Queryable,
  records: readonly StoredRecord[],
  packs: readonly Pack[],
): Promise<OpenRecord[]> {
  const clients = await deps.ruleSets.clientIds(
    db,
    records.map((record) => record.senderId),
  )
  const around = packs.some(asksAround) ? await surroundingsOf(deps, db, records) : null
  const opened: OpenRecord[] = []
  for (const record of records) {
    const dataKey = await deps.vault.byId(record.dataKey)
    const bytes = deps.vault.unseal(dataKey, record.content, recordName(record.receipt, record.ordinal))
    const canonical = JSON.parse(bytes.toString()) as CanonicalRecord
    const clientId = clients.get(record.senderId) ?? `sender:${record.senderId}`
    opened.push({ record, canonical, clientId, around: around?.get(record.id) ?? null })
  }
  return opened
}

/** What one version says of stored records: a verdict for each rule that did not simply pass. */
export async function judgeRecords(
  deps: JudgingDeps,
  db: Queryable,
  pack: Pack,
  opened: readonly OpenRecord[],
): Promise<NewVerdict[][]> {
  if (opened.length === 0) return []
  const records = opened.map(({ record }) => record)
  const judged = await deps.judge(pack, subjectsOf(pack, opened))
  return toVerdicts(deps.vault, pack, records, await settleStored(deps, db, pack, records, judged))
}

/** Settles the swaps among what a version said of stored records. */
export const settleStored = (
  deps: JudgingDeps,
  db: Queryable,
  pack: Pack,
  records: readonly VerdictRecord[],
  judged: readonly (readonly Verdict[])[],
) =>
  settleKnownSwaps(db, pack, records, judged, async (stored) =>
    deps.judge(pack, subjectsOf(pack, await openRecords(deps, db, stored, [pack]))),
  )

/** The same of records that arrive, with what it says of those stored before that changed places with one of them. */
export async function judgeAmong(
  deps: JudgingDeps,
  db: Queryable,
  pack: Pack,
  opened: readonly OpenRecord[],
): Promise<{ readonly verdicts: NewVerdict[][]; readonly others: readonly NewVerdict[] }> {
  if (opened.length === 0) return { verdicts: [], others: [] }
  const records = opened.map(({ record }) => record)
  const judged = await keptAwake(db, deps.judge(pack, subjectsOf(pack, opened)))
  const settled = await settleSwaps(deps.vault, db, pack, records, judged)
  const before = settled.others.map(({ record }) => record)
  const said = settled.others.map(({ verdict }) => [verdict])
  return {
    verdicts: await toVerdicts(deps.vault, pack, records, settled.judged),
    others: (await toVerdicts(deps.vault, pack, before, said)).flat(),
  }
}

/** What is needed of a record to write a verdict beside it. */
export type VerdictRecord = Pick<
  StoredRecord,
  'id' | 'receivedAt' | 'receipt' | 'ordinal' | 'senderId' | 'patient' | 'dataKey'
>

/** Verdicts as they are written, their evidence sealed like the record. */
export async function toVerdicts(
  vault: Vault,
  pack: Pack,
  records: readonly VerdictRecord[],
  judged: readonly (readonly Verdict[])[],
): Promise<NewVerdict[][]> {
  const refusing = refusingRules(pack)
  const made: NewVerdict[][] = []
  for (const [at, verdicts] of judged.entries()) {
    const record = records[at]!
    const rows: NewVerdict[] = []
    for (const { ruleId, ruleHash, outcome, evidence, barred } of verdicts) {
      if (outcome === 'pass' || outcome === 'not-applicable') continue
      const sealed = Object.keys(evidence).length > 0 ? await sealEvidence(vault, record, ruleId, evidence) : null
      rows.push({
        record: record.id,
        receivedAt: record.receivedAt,
        ruleHash: Buffer.from(ruleHash, 'hex'),
        pack: pack.name,
        packVersion: pack.version,
        rule: ruleId,
        outcome,
        refusesFor: outcome === 'withhold' ? (refusing.get(ruleId) ?? null) : null,
        senderId: record.senderId,
        patient: record.patient,
        evidence: sealed,
        ...(barred && { barred }),
      })
    }
    made.push(rows)
  }
  return made
}

const refusing = new WeakMap<Pack, ReadonlyMap<string, string>>()

/** The findings for which rules of a version refuse, by rule. */
function refusingRules(pack: Pack): ReadonlyMap<string, string> {
  const known = refusing.get(pack)
  if (known !== undefined) return known
  const found = new Map(
    pack.rules.flatMap((rule) =>
      rule.state === 'record' && rule.severity === 'refuse' && rule.finding !== null
        ? [[rule.id, rule.finding] as const]
        : [],
    ),
  )
  refusing.set(pack, found)
  return found
}

async function sealEvidence(vault: Vault, record: VerdictRecord, rule: string, evidence: object): Promise<Buffer> {
  const name = `${recordName(record.receipt, record.ordinal)} ${rule}`
  return vault.seal(await vault.byId(record.dataKey), Buffer.from(JSON.stringify(evidence)), name)
}

/** More of them would fill the memory of a thread for one rule of one record. */
const siblingsAtMost = 100

function subjectsOf(pack: Pack, records: readonly OpenRecord[]): RuleSubject[] {
  const tables = tablesOf(pack)
  const interpreted = interpretOnce(tables)
  const asked = askedBy(pack)
  const subjects = records.map(({ canonical, record, clientId, around }): RuleSubject => {
    const { content } = canonical
    const isResult = content?.kind === 'observation'
    const context = { now: record.receivedAt.toISOString(), source: isResult ? content.source : clientId }
    if (!isResult) return { object: canonical, context }
    const subject = prepared({ object: content, context }, tables)
    if (around === null) return subject
    const facts = contextAround(subject.object as InterpretedObservation, around, asked, interpreted)
    return { ...subject, context: { ...subject.context, ...facts } }
  })
  if (!pack.source.pack.includes('%siblings')) return subjects
  const byMessage = Map.groupBy(records.keys(), (at) => records[at]!.record.message)
  return subjects.map((subject, at) => {
    const siblings = byMessage
      .get(records[at]!.record.message)!
      .filter((other) => other !== at)
      .slice(0, siblingsAtMost)
      .map((other) => subjects[other]!.object as InterpretedObservation)
    return { ...subject, context: { ...subject.context, siblings } }
  })
}

/** One earlier result stands before several of a batch. */
function interpretOnce(tables: LabTables): (content: ObservationContent) => InterpretedObservation {
  const known = new Map<ObservationContent, InterpretedObservation>()
  return (content) => {
    const found = known.get(content) ?? { ...content, mapped: interpret(content, tables) }
    known.set(content, found)
    return found
  }
}

/** The name of a set of versions: that a record was checked by them is written once, whatever they said. */
export function ruleSetHash(packs: readonly Pack[]): Buffer {
  return sha256(
    Buffer.from(
      packs
        .map((pack) => pack.hash)
        .toSorted()
        .join(' '),
    ),
  )
}
