import type { Vault } from '../ledger/vault.ts'
import { askedBy } from '../rules/around.ts'
import type { Pack } from '../rules/pack.ts'
import type { PackedResult } from '../rules/packed.ts'
import { endOfPatient, type SealedOther, type SealedPatients } from '../rules/sealed.ts'
import type { MessageFacts } from '../rules/subject.ts'
import type { Database } from '../store/connect.ts'
import { firstReceived, holdReport, nextToJudge, type ReportPlace, type ReportRow } from '../store/impact.ts'
import { nextOfPatients, type WalkedResults } from '../store/patient-walk.ts'
import { recordsByPlace, type StoredRecord } from '../store/records.ts'
import { standingAgainst, standingAgainstPatients, type Standing } from '../store/standing-against.ts'
import { messageCounts, otherVersions, type MessageCounts, type OtherRow } from '../store/surroundings.ts'
import type { NewVerdict } from '../store/verdicts.ts'
import type { ImpactRecord } from './impact.ts'
import { judgeRecords, openRecords, settleStored, toVerdicts, type JudgingDeps, type VerdictRecord } from './judge.ts'
import { countsIn } from './surroundings.ts'

type WalkDeps = JudgingDeps & {
  readonly db: Database
  readonly worker: string
  /** What messages hold, by message: patients of one message are far apart in a walk. Empty at its start. */
  readonly told: Map<number, MessageCounts>
  /** Memory of batches that are done with, used again for the next: a thread would hold what is new for as long as it likes. */
  readonly spare: SharedArrayBuffer[]
  readonly sizes?: BatchSizes
}

/** Stored records that are judged together, and where a report is when they are. */
export interface Batch {
  readonly place: ReportPlace
  readonly records: readonly (VerdictRecord & ImpactRecord)[]
  /** What a version says of each; flags only where they are asked for. */
  judge(pack: Pack, flags: boolean): Promise<NewVerdict[][]>
  /** What stands against them already. */
  standing(): Promise<Standing[]>
  /** Nobody reads its records any more. */
  done(): void
}

/** How many results are at hand at once, whatever is stored: by patient, and by time of receipt. */
export interface BatchSizes {
  readonly patients: number
  readonly receipts: number
}

const usualSizes: BatchSizes = { patients: 4_000, receipts: 1_000 }

/**
 * The next records of a report after a place; null when there are no more. All laboratory results go patient by patient, so
 * that what was stored before a result is at hand and each is opened once; what has no line in their index follows.
 */
export async function nextBatch(deps: WalkDeps, report: ReportRow, place: ReportPlace): Promise<Batch | null> {
  if (place.state === 'by-receipt') return nextReceived(deps, report, place)
  const { patients } = deps.sizes ?? usualSizes
  const walked = await nextOfPatients(deps.db, report, place, patients, deps.spare.pop())
  const [first] = walked.rows
  if (first === undefined) return nextWithoutLine(deps, report)
  if (first.patient.equals(place.patient)) return restOfPatient(deps, walked.rows)
  const end = walked.rows.length < patients ? walked.rows.length : endOfWhole(walked.rows)
  return wholePatients(deps, part(walked, 0, end))
}

/** A patient of whom there may be more is left to the next batch, unless there is nobody else in this one. */
function endOfWhole(rows: readonly PackedResult[]): number {
  const last = rows.at(-1)!
  let end = rows.length - 1
  while (end > 0 && rows[end - 1]!.isOfSamePatient(last)) end--
  return end === 0 ? rows.length : end
}

const part = ({ bytes, starts, rows }: WalkedResults, from: number, to: number): WalkedResults => ({
  bytes,
  starts: starts.slice(from, to),
  rows: rows.slice(from, to),
})

async function nextWithoutLine(deps: WalkDeps, report: ReportRow): Promise<Batch | null> {
  if (report.withoutLine === 0) return null
  // One look over everything stored: nobody else is to begin it meanwhile.
  await holdReport(deps.db, report.id, deps.worker, 600)
  return nextReceived(deps, report, firstReceived)
}

async function nextReceived(
  deps: WalkDeps,
  report: ReportRow,
  after: Extract<ReportPlace, { state: 'by-receipt' }>,
): Promise<Batch | null> {
  const { records, place } = await nextToJudge(deps.db, report, after, (deps.sizes ?? usualSizes).receipts)
  return records.length === 0 ? null : oneByOne(deps, place, records)
}

/** Of somebody with more results than a batch holds: what came before these is asked of the database. */
async function restOfPatient(deps: WalkDeps, rows: readonly PackedResult[]): Promise<Batch> {
  const own = rows.slice(0, Math.min(endOfPatient(rows, 0), (deps.sizes ?? usualSizes).receipts))
  const places = own
    .filter(({ judged }) => judged)
    .map(({ record, receivedAt }) => ({ record, service: 'lab' as const, receivedAt }))
  return oneByOne(deps, placeAfter(own), await recordsByPlace(deps.db, places))
}

function oneByOne(deps: WalkDeps, place: ReportPlace, records: readonly StoredRecord[]): Batch {
  return {
    place,
    records,
    done: () => undefined,
    standing: async () => (records.length === 0 ? [] : standingAgainst(deps.db, records[0]!.service, records)),
    async judge(pack) {
      const opened = await openRecords(deps, deps.db, records, [pack])
      return inHalves(opened, (half) => judgeRecords(deps, deps.db, pack, half))
    },
  }
}

function wholePatients(deps: WalkDeps, walked: WalkedResults): Batch {
  const { rows } = walked
  const records = rows.filter(({ judged }) => judged)
  return {
    place: placeAfter(rows),
    records,
    done: () => void deps.spare.push(walked.bytes),
    standing: () => standingAgainstPatients(deps.db, 'lab', rows[0]!.patient, rows.at(-1)!.patient),
    async judge(pack, flags) {
      const asked = askedBy(pack)
      const messages = asked.message ? await messagesOf(deps, rows) : null
      const others = await sealedOthers(deps, asked.arrival ? rows.filter(({ orderShared }) => orderShared) : [])
      const keys = await keysOf(deps.vault, rows, others)
      const middle = middleOf(rows)
      const halves = [part(walked, 0, middle), part(walked, middle, rows.length)].map(
        ({ bytes, starts, rows: half }) => {
          const places = half.flatMap(({ judged }, at) => (judged ? [at] : []))
          return deps.judge(pack, places, { keys, bytes, starts, messages, others })
        },
      )
      const verdicts = (await Promise.all(halves)).flat()
      const kept = flags ? verdicts : verdicts.map((said) => said.filter(({ outcome }) => outcome !== 'flag'))
      return toVerdicts(deps.vault, pack, records, await settleStored(deps, deps.db, pack, records, kept))
    },
  }
}

/** Where the second half begins: a node has two threads for rules, and a patient goes to one of them. */
function middleOf(rows: readonly PackedResult[]): number {
  const half = Math.ceil(rows.length / 2)
  return half < rows.length ? endOfPatient(rows, half - 1) : rows.length
}

const placeAfter = (rows: readonly PackedResult[]): ReportPlace => {
  const { patient, record } = rows.at(-1)!
  return { state: 'by-patient', patient, record }
}

/** Two halves at once: a node has two threads for rules. */
async function inHalves<One, Answer>(
  all: readonly One[],
  work: (half: readonly One[]) => Promise<Answer[]>,
): Promise<Answer[]> {
  const middle = Math.ceil(all.length / 2)
  return (await Promise.all([all.slice(0, middle), all.slice(middle)].map(work))).flat()
}

const messagesKept = 50_000

/** Counts of the messages of results, each looked up once in a walk; what is kept of them has a limit. */
async function messagesOf(
  { db, told }: WalkDeps,
  rows: readonly PackedResult[],
): Promise<NonNullable<SealedPatients['messages']>> {
  const messages = new Map(rows.map((row) => [row.message, row]))
  const unknown = [...messages].filter(([message]) => !told.has(message))
  const places = unknown.map(([message, { receivedAt }]) => ({ message, receivedAt }))
  const counts = new Map((await messageCounts(db, 'lab', places)).map((one) => [one.message, one]))
  const found = new Map<number, Omit<MessageFacts, 'characters'>>()
  for (const message of messages.keys()) {
    const one = counts.get(message) ?? told.get(message)
    if (one !== undefined) found.set(message, countsIn(one))
  }
  if (told.size + counts.size > messagesKept) told.clear()
  for (const [message, one] of counts) told.set(message, one)
  return found
}

/** What somebody else had under the order numbers of results, still sealed, by record. */
async function sealedOthers(
  { db }: WalkDeps,
  shared: readonly PackedResult[],
): Promise<ReadonlyMap<number, readonly SealedOther[]>> {
  const places = shared.map(({ patient, record }) => ({ patient, record }))
  const found = Map.groupBy(await otherVersions(db, places), ({ of }) => of)
  return new Map([...found].map(([record, rows]) => [record, rows.map(sealOther)]))
}

const sealOther = ({ patient, receipt, ordinal, dataKey, content }: OtherRow): SealedOther => {
  return { patient: patient.toString('hex'), receipt, ordinal, dataKey, content }
}

/** The keys that open them, for the thread that judges: nobody else does. */
async function keysOf(
  vault: Vault,
  rows: readonly PackedResult[],
  others: ReadonlyMap<number, readonly SealedOther[]>,
): Promise<ReadonlyMap<number, Buffer>> {
  const keys = new Map<number, Buffer>()
  const sealed = [...rows, ...[...others.values()].flat()]
  for (const id of new Set(sealed.map(({ dataKey }) => dataKey))) keys.set(id, (await vault.byId(id)).key)
  return keys
}
