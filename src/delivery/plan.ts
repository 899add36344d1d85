import type { CanonicalRecord, Service } from '../formats/record.ts'
import { namedUuid, recordName } from '../kernel/ids.ts'
import type { Stage } from '../ledger/stage.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Queryable } from '../store/connect.ts'
import { insertDeliveries, type OwedDelivery } from '../store/deliveries.ts'
import { recordsToPlan, type PlannedRecord } from '../store/delivery-plan.ts'
import { replacedAmong, type ReplacedBy, type Replacing } from '../store/replacements.ts'
import type { StepRow } from '../store/steps.ts'
import type { DestinationConfig, Route } from './config.ts'
import { findReplaced, planAgain, settleReplaced, type Replaced } from './replaced.ts'

export interface PlanDeps {
  readonly vault: Vault
  readonly node: string
  readonly destinations: readonly DestinationConfig[]
  readonly routes: readonly Route[]
  /** Purposes a probe may have, at destinations that take probes; none unless said. */
  readonly probePurposes?: readonly Route['purpose'][]
  /** Hears how many deliveries became owed, so that statistics can be refreshed after a bulk. */
  readonly onOwed?: (count: number) => void
}

/**
 * Writes what each passed record owes, by the routes. Deliveries have numbers made from the record, so planning twice
 * owes once; a record that corrects or withdraws another also settles what that one still owes.
 */
export function planningStage(deps: PlanDeps, service: Service): Stage {
  return { name: 'plan', service, next: 'deliver', handle: (tx, steps) => planRecords(deps, tx, steps) }
}

/** Plans the records of these steps inside the caller's transaction. */
export async function planRecords(deps: PlanDeps, tx: Queryable, steps: readonly StepRow[]): Promise<void> {
  const records = await recordsToPlan(tx, steps)
  if (records.length === 0) return
  const actor = `hub:${deps.node}`
  const { replaced, tied } = await findReplaced(deps, tx, records, actor)
  const superseded = await replacedAmong(
    tx,
    records.map((record) => record.id),
  )
  const received = inOrderOfReceipt(records)
  const places = new Map(received.map((record, place) => [record.id, place]))
  const owing = new Map<number, OwedDelivery>()
  const owed: OwedDelivery[] = []
  for (const planned of replacedFirst(received, superseded)) {
    const meant = meantNow(replaced.get(planned.id), owing)
    const record = withKind(planned, meant)
    const content = await open(deps.vault, record)
    const routes = deps.routes.filter(
      (route) => applies(route, record, content) && (!record.isProbe || takesProbe(deps, route)),
    )
    const by = superseded.get(record.id)
    if (isSaidBetter(record, by, places)) continue
    const isCertified = by === undefined || by.isWithheld
    const wanted = isCertified ? routes : routes.filter((route) => route.purpose !== 'certificate')
    const own = owedBy(deps, record, wanted, meant)
    if (own[0] !== undefined) owing.set(record.id, own[0])
    owed.push(...own)
  }
  const count = await insertDeliveries(tx, inPlace(owed), actor)
  deps.onOwed?.(count)
  for (const [record, by] of superseded)
    if (owing.has(record) && by.action === 'withdraw' && !places.has(by.byRecord)) await planAgain(tx, by)
  // A correction that is withheld hands on what it replaces to whatever corrects it in turn.
  const handedOn = [...replaced.values()].flat().flatMap((one) => (one.state === 'record' ? [one.record] : []))
  const counting = [...superseded.values()].map(({ byRecord }) => byRecord)
  const settled = [...replaced.keys(), ...handedOn, ...tied, ...counting]
  if (settled.length > 0) await settleReplaced(tx, actor, settled)
}

const inOrderOfReceipt = (records: readonly PlannedRecord[]): PlannedRecord[] =>
  records.toSorted((one, other) => one.receivedAt.getTime() - other.receivedAt.getTime() || one.id - other.id)

/** In the same order, but what is replaced stands before what replaces it: the last word must arrive last. */
function replacedFirst(
  received: readonly PlannedRecord[],
  superseded: ReadonlyMap<number, ReplacedBy>,
): readonly PlannedRecord[] {
  if (superseded.size === 0) return received
  const byId = new Map(received.map((record) => [record.id, record]))
  const replacedOf = Map.groupBy(superseded.keys(), (record) => superseded.get(record)!.byRecord)
  const ordered = new Set<PlannedRecord>()
  const met = new Set<number>()
  const add = (record: PlannedRecord): void => {
    // Two records may name each other.
    if (met.has(record.id)) return
    met.add(record.id)
    for (const earlier of replacedOf.get(record.id) ?? []) add(byId.get(earlier)!)
    ordered.add(record)
  }
  for (const record of received) add(record)
  return [...ordered]
}

/** What a record replaces, with what this batch makes of it: the latest that somebody is owed, else the latest. */
function meantNow(
  replaced: readonly Replaced[] | undefined,
  owing: ReadonlyMap<number, OwedDelivery>,
): Replaced | null {
  const now = (replaced ?? []).map((one): Replaced => {
    const own = one.state === 'record' ? owing.get(one.record) : undefined
    return one.state === 'nothing' || own === undefined ? one : { ...one, sent: true, formKind: own.formKind }
  })
  return now.find((one) => one.state === 'record' && one.sent) ?? now[0] ?? null
}

/** A withdrawal need not repeat the fact that tells its kind: it goes, waits and counts as what it withdraws. */
function withKind(record: PlannedRecord, meant: Replaced | null): PlannedRecord {
  return record.action === 'withdraw' && meant?.state === 'record' ? { ...record, formKind: meant.formKind } : record
}

async function open(vault: Vault, record: PlannedRecord): Promise<CanonicalRecord> {
  const name = recordName(record.receipt, record.ordinal)
  return JSON.parse(vault.unseal(await vault.byId(record.dataKey), record.content, name).toString()) as CanonicalRecord
}

function applies(route: Route, record: PlannedRecord, { content }: CanonicalRecord): boolean {
  if (route.service !== record.service || !route.formKinds.includes(record.formKind)) return false
  if (!route.actions.includes(record.action)) return false
  return route.results === undefined || (content?.kind === 'rapid-test' && route.results.includes(content.result))
}

function takesProbe({ destinations, probePurposes = [] }: PlanDeps, route: Route): boolean {
  const destination = destinations.find(({ name }) => name === route.destination)
  return destination?.takesProbes === true && probePurposes.includes(route.purpose)
}

/**
 * Whether all that a record says went out already in the words of its correction: it was refused, corrected by its sender and
 * let pass after that, or it came after its correction, which was new to everybody then; or its withdrawal was told already of
 * what stood before it.
 */
function isSaidBetter(record: PlannedRecord, by: Replacing | undefined, places: ReadonlyMap<number, number>): boolean {
  if (by === undefined || by.isWithheld) return false
  if (by.action === 'withdraw' && by.isOwed) return true
  return record.wasRefused || (by.action === 'correct' && (places.get(by.byRecord) ?? -1) < places.get(record.id)!)
}

function owedBy(
  deps: PlanDeps,
  record: PlannedRecord,
  routes: readonly Route[],
  replaced: Replaced | null,
): OwedDelivery[] {
  // What it names cannot be meant, and its sender was told: nobody knows what it is a better version of.
  if (replaced?.state === 'nothing') return []
  // A withdrawal tells what it withdraws. Until the hub has that record it owes nothing; then it is planned again.
  if (record.action === 'withdraw' && replaced?.sent !== true) return []
  return routes.map((route) => {
    const ordered = deps.destinations.find(({ name }) => name === route.destination)?.ordered === 'patient'
    const first = routes.find(({ name }) => name === route.after)
    return {
      uid: deliveryUid(nameOf(record), route),
      destination: route.destination,
      purpose: route.purpose,
      service: record.service,
      formKind: record.formKind,
      senderId: record.senderId,
      message: record.message,
      record: record.id,
      receipt: record.receipt,
      ordinal: record.ordinal,
      receivedAt: record.receivedAt,
      traceparent: record.traceparent,
      orderKey: ordered ? (record.patient ?? replaced?.patient ?? null) : null,
      // A correction may name another person, and must not overtake what it corrects for that.
      follows: ordered && replaced !== null ? deliveryUid(replaced.name, route) : null,
      after: first === undefined ? null : deliveryUid(nameOf(record), first),
      replaces: replaced?.sent === true ? replaced.name : null,
      revokes: null,
    }
  })
}

/** What follows a delivery of the same batch takes its order from there: the database does not show that one yet. */
function inPlace(owed: readonly OwedDelivery[]): OwedDelivery[] {
  const placed = new Map<string, OwedDelivery>()
  for (const one of owed) {
    const first = one.follows === null ? undefined : placed.get(one.follows)
    placed.set(one.uid, first === undefined ? one : { ...one, orderKey: first.orderKey, follows: first.follows })
  }
  return [...placed.values()]
}

const nameOf = (record: PlannedRecord): string => recordName(record.receipt, record.ordinal)

const deliveryUid = (record: string, route: Route): string =>
  namedUuid('delivery', record, route.destination, route.purpose)
