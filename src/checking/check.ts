import type { Service } from '../formats/record.ts'
import type { Stage } from '../ledger/stage.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Pack } from '../rules/pack.ts'
import { holdPacks } from '../store/activations.ts'
import { markPatients } from '../store/care-dirty.ts'
import type { Queryable } from '../store/connect.ts'
import { insertEntries, type NewEntry } from '../store/entries.ts'
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
import { countsOf } from './counts.ts'
import { judgeAmong, judgeHere, openRecords, ruleSetHash, type Judge, type OpenRecord } from './judge.ts'
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
 * shadow. What is not a pass is written as a verdict beside the record, and the record is handed on to be planned. Acts as
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
  const records = packs.length > 0 ? await openRecords(deps, tx, stored, await versionsIn(deps, tx, packs)) : []
  // From here on: all that is left to do is to judge, and to write beside the records.
  await actAsChecker(tx)
  for (const pack of packs) checked.push(...(await checkBy(deps, tx, pack, records)))
  await write(tx, service, stored, checked)
  await insertEntries(tx, service, toEntries(deps.node, stored, checked))
  const shardOf = new Map(steps.map((step) => [step.record, step.shard]))
  await addSteps(
    tx,
    'plan',
    service,
    stored.map((r) => ({ shard: shardOf.get(r.id)!, message: r.message, record: r.id, receivedAt: r.receivedAt })),
  )
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

function toEntries(node: string, stored: readonly StoredRecord[], checked: readonly Checked[]): NewEntry[] {
  const found = new Map<number, { flags: string[]; withheldBy: string[]; activation: number | null }>()
  for (const { records, verdicts, effective } of checked) {
    for (const [at, said] of verdicts.entries()) {
      if (said.length === 0) continue
      const sum = found.get(records[at]!.id) ?? { flags: [], withheldBy: [], activation: null }
      for (const { outcome, rule } of said) (outcome === 'withhold' ? sum.withheldBy : sum.flags).push(rule)
      if (said.some(({ outcome }) => outcome === 'withhold')) sum.activation = effective?.activation ?? null
      found.set(records[at]!.id, sum)
    }
  }
  return stored.map((record): NewEntry => {
    const { flags, withheldBy, activation } = found.get(record.id) ?? { flags: [], withheldBy: [], activation: null }
    const withheld = withheldBy.length > 0
    return {
      message: record.message,
      receivedAt: record.receivedAt,
      record: record.id,
      delivery: null,
      senderId: record.senderId,
      actor: `hub:${node}`,
      tell: false,
      kind: withheld ? 'withheld' : 'passed',
      detail: withheld
        ? {
            flags,
            rules: withheldBy,
            activation,
          }
        : { flags },
    }
  })
}
