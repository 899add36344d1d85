import { isFindingCode } from '../formats/eform/findings.ts'
import type { Service } from '../formats/record.ts'
import { SluisError } from '../kernel/errors.ts'
import { hasFinding } from '../kernel/fault.ts'
import type { Stage } from '../ledger/stage.ts'
import type { Vault } from '../ledger/vault.ts'
import { findingsPack } from '../rules/findings.ts'
import type { Pack } from '../rules/pack.ts'
import { holdPacks } from '../store/activations.ts'
import { markPatients } from '../store/care-dirty.ts'
import type { Queryable } from '../store/connect.ts'
import { insertEntries } from '../store/entries.ts'
import { holdDeliveries } from '../store/impact-figures.ts'
import { recordsOf, type StoredRecord } from '../store/records.ts'
import { addSteps, type StepRow } from '../store/steps.ts'
import {
  actAsChecker,
  actAsHub,
  addCheckCounts,
  insertChecks,
  insertVerdicts,
  type NewVerdict,
} from '../store/verdicts.ts'
import { insertRefusals } from '../store/rule-refusals.ts'
import { countsOf } from './counts.ts'
import { judgeAmong, judgeHere, openRecords, ruleSetHash, type Judge, type OpenRecord } from './judge.ts'
import { entriesOf, outcomesOf, refusalsOf } from './outcomes.ts'
import { makeRuleSets, type RuleSets } from './rule-sets.ts'
import { judgingFor, type Counting, type PackStanding } from './standing.ts'

export interface CheckingDeps {
  readonly vault: Vault
  readonly node: string
  /** Shared by the stages of a node, so that a version is compiled once. */
  readonly ruleSets?: RuleSets
  readonly judge?: Judge
}

/**
 * Checks records that were read: by the versions of rule packs that count for their sender, and beside them by those in the
 * shadow. What is not a pass is written as a verdict beside the record, and what is not refused is handed on to be planned. Acts as
 * a database role that cannot change or delete a record.
 */
export function checkingStage(deps: CheckingDeps, service: Service): Stage {
  const whole = { ruleSets: makeRuleSets(), judge: judgeHere, ...deps }
  return { name: 'check', service, next: 'plan', handle: (tx, steps) => checkRecords(whole, service, tx, steps) }
}

async function checkRecords(
  deps: Required<CheckingDeps>,
  service: Service,
  tx: Queryable,
  steps: readonly StepRow[],
): Promise<void> {
  await holdPacks(tx, 'shared')
  const stored = await recordsOf(tx, steps)
  const packs = await deps.ruleSets.standingOf(tx, service)
  const checked: Checked[] = []
  const open = packs.length > 0 || stored.some(({ faultCodes }) => faultCodes.some(isFindingCode))
  const records = open ? await openRecords(deps, tx, stored, await versionsIn(deps, tx, packs)) : []
  assertFindingsJudged(packs, records)
  // From here on: all that is left to do is to judge, and to write beside the records.
  await actAsChecker(tx)
  for (const pack of packs) checked.push(...(await checkBy(deps, tx, pack, records)))
  await write(tx, service, stored, checked)
  const outcomes = outcomesOf(stored, checked)
  const asked = new Set(records.filter(({ canonical }) => hasFinding(canonical.faults)).map(({ record }) => record.id))
  await insertEntries(tx, service, entriesOf(deps.node, outcomes, asked))
  await insertRefusals(tx, service, refusalsOf(outcomes))
  const shardOf = new Map(steps.map((step) => [step.record, step.shard]))
  await addSteps(
    tx,
    'plan',
    service,
    // What is refused owes nothing; when it is not refused any more, it is planned then.
    outcomes
      .filter(({ state }) => state !== 'refused')
      .map(({ record: r }) => ({
        shard: shardOf.get(r.id)!,
        message: r.message,
        record: r.id,
        receivedAt: r.receivedAt,
      })),
  )
}

/** Nobody but the pack of findings can say whether such a record passes: without a version of it, it waits. */
function assertFindingsJudged(packs: readonly PackStanding[], records: readonly OpenRecord[]): void {
  const own = packs.find(({ pack }) => pack === findingsPack)
  for (const record of records) {
    if (!hasFinding(record.canonical.faults)) continue
    if (own === undefined || judgingFor(own, record.clientId).effective === null)
      throw new SluisError('pack-findings-unjudged', { pack: findingsPack })
  }
}

/** Every version that any record of the batch may be judged by. */
async function versionsIn(deps: CheckingDeps & { ruleSets: RuleSets }, tx: Queryable, packs: readonly PackStanding[]) {
  const settings = packs.flatMap((pack) =>
    [...pack.exceptions.keys(), ''].flatMap((source) => {
      const { effective, beside } = judgingFor(pack, source)
      return effective === null ? beside : [effective.setting, ...beside]
    }),
  )
  return Promise.all([...new Set(settings)].map((setting) => deps.ruleSets.pack(tx, setting)))
}

/** What the versions of one pack said of the records of senders that are judged alike. */
export interface Checked {
  readonly pack: string
  readonly records: readonly StoredRecord[]
  readonly effective: Counting | null
  readonly versions: readonly Pack[]
  /** By the version that counts, for each record. */
  readonly verdicts: readonly (readonly NewVerdict[])[]
  /** By versions without effect. */
  readonly beside: readonly NewVerdict[]
  /** On records stored before, which one of these changed places with. */
  readonly others: readonly NewVerdict[]
}

async function checkBy(
  deps: Required<CheckingDeps>,
  tx: Queryable,
  pack: PackStanding,
  records: readonly OpenRecord[],
): Promise<Checked[]> {
  const alike = Map.groupBy(records, ({ clientId }) => (pack.exceptions.has(clientId) ? clientId : ''))
  const checked: Checked[] = []
  for (const [source, members] of alike) {
    const { effective, beside } = judgingFor(pack, source)
    const versions: Pack[] = []
    const shadowed: NewVerdict[] = []
    const others: NewVerdict[] = []
    for (const setting of beside) {
      versions.push(await deps.ruleSets.pack(tx, setting))
      const part = await deps.ruleSets.apartFrom(tx, setting, effective?.setting ?? null)
      if (part === null) continue
      const said = await judgeAmong(deps, tx, part, members)
      shadowed.push(...said.verdicts.flat(), ...said.others)
    }
    let verdicts: NewVerdict[][] = members.map(() => [])
    if (effective !== null) {
      const whole = await deps.ruleSets.pack(tx, effective.setting)
      versions.push(whole)
      const said = await judgeAmong(deps, tx, whole, members)
      verdicts = said.verdicts
      others.push(...said.others)
    }
    checked.push({
      pack: pack.pack,
      records: members.map(({ record }) => record),
      effective,
      versions,
      verdicts,
      beside: shadowed,
      others,
    })
  }
  return checked
}

async function write(
  tx: Queryable,
  service: Service,
  stored: readonly StoredRecord[],
  checked: readonly Checked[],
): Promise<void> {
  const versionsOf = new Map<number, Pack[]>(stored.map((record) => [record.id, []]))
  for (const { records, versions } of checked)
    for (const record of records) versionsOf.get(record.id)!.push(...versions)
  const verdicts = checked.flatMap((one) => [...one.verdicts.flat(), ...one.beside])
  const bySet = Map.groupBy(stored, (record) => ruleSetHash(versionsOf.get(record.id)!).toString('hex'))
  for (const [ruleSet, members] of bySet) await insertChecks(tx, service, members, Buffer.from(ruleSet, 'hex'))
  await insertVerdicts(tx, service, verdicts)
  await addCheckCounts(tx, service, 'arrival', checked.flatMap(countsOf))
  await writeOthers(
    tx,
    service,
    checked.flatMap(({ others }) => others),
  )
}

/** What becomes withheld of what was stored before: it is not sent any more, and monitors look at it again. */
async function writeOthers(tx: Queryable, service: Service, others: readonly NewVerdict[]): Promise<void> {
  if (others.length === 0) return
  await insertVerdicts(tx, service, others)
  await actAsHub(tx)
  const withheld = others.filter(({ outcome }) => outcome === 'withhold')
  await holdDeliveries(
    tx,
    withheld.map(({ record }) => record),
  )
  await markPatients(
    tx,
    withheld.flatMap(({ patient }) => patient ?? []),
    'activation',
  )
  await actAsChecker(tx)
}
