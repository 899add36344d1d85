import type { Vault } from '../ledger/vault.ts'
import { askedBy } from '../rules/around.ts'
import type { Pack } from '../rules/pack.ts'
import type { SealedOther, SealedPatients, SealedResult } from '../rules/sealed.ts'
import type { Database } from '../store/connect.ts'
import { firstReceived, holdReport, nextToJudge, type ReportPlace, type ReportRow } from '../store/impact.ts'
import { nextOfPatients, type WalkedResult } from '../store/patient-walk.ts'
import { recordsByPlace, type StoredRecord } from '../store/records.ts'
import { standingAgainst, standingAgainstPatients, type Standing } from '../store/standing-against.ts'
import { messageCounts, otherVersions, type MessageCounts, type OtherRow } from '../store/surroundings.ts'
import type { NewVerdict } from '../store/verdicts.ts'
import type { ImpactRecord } from './impact.ts'
import { judgeRecords, openRecords, toVerdicts, type JudgingDeps, type VerdictRecord } from './judge.ts'
import { factsOf } from './surroundings.ts'
import { settleKnownSwaps } from './swaps.ts'

type WalkDeps = JudgingDeps & {
  readonly db: Database
  readonly worker: string
  /** What messages hold, by message: patients of one message are far apart in a walk. Empty at its start. */
  readonly told: Map<number, MessageCounts>
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
  const rows = await nextOfPatients(deps.db, report, place, patients)
  const [first] = rows
  if (first === undefined) return nextWithoutLine(deps, report)
  if (first.patient.equals(place.patient)) return restOfPatient(deps, rows)
  return wholePatients(deps, rows.length < patients ? rows : withoutLastPatient(rows))
}

/** A patient of whom there may be more is left to the next batch, unless there is nobody else in this one. */
function withoutLastPatient(rows: readonly WalkedResult[]): readonly WalkedResult[] {
  const { patient } = rows.at(-1)!
  const end = rows.findIndex((row) => row.patient.equals(patient))
  return end === 0 ? rows : rows.slice(0, end)
}

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
async function restOfPatient(deps: WalkDeps, rows: readonly WalkedResult[]): Promise<Batch> {
  const { patient } = rows[0]!
  const own = rows.filter((row) => row.patient.equals(patient)).slice(0, (deps.sizes ?? usualSizes).receipts)
  const places = own
    .filter(({ judged }) => judged)
    .map(({ record, receivedMs }) => ({ record, service: 'lab' as const, receivedAt: new Date(receivedMs) }))
  return oneByOne(deps, placeAfter(own), await recordsByPlace(deps.db, places))
}

function oneByOne(deps: WalkDeps, place: ReportPlace, records: readonly StoredRecord[]): Batch {
  return {
    place,
    records,
    standing: async () => (records.length === 0 ? [] : standingAgainst(deps.db, records[0]!.service, records)),
    async judge(pack) {
      const opened = await openRecords(deps, deps.db, records, [pack])
      return inHalves(opened, (half) => judgeRecords(deps, deps.db, pack, half))
    },
  }
}

function wholePatients(deps: WalkDeps, rows: readonly WalkedResult[]): Batch {
  const judged = rows.filter((row) => row.judged)
  const records = judged.map(recordOf)
  return {
    place: placeAfter(rows),
    records,
    standing: () => standingAgainstPatients(deps.db, 'lab', rows[0]!.patient, rows.at(-1)!.patient),
    async judge(pack, flags) {
      const asked = askedBy(pack)
      const told = asked.message ? await messagesOf(deps, rows) : null
      const shared = asked.arrival ? rows.filter(({ orderShared }) => orderShared) : []
      const others = Map.groupBy(await otherVersions(deps.db, shared), ({ of }) => of)
      const patients = [...Map.groupBy(rows, ({ patient }) => patient.toString('latin1')).values()]
      const verdicts = await inHalves(patients, async (half) => {
        const sealed = await seal(deps.vault, half, told, others)
        const places = half.flat().flatMap((row, at) => (row.judged ? [at] : []))
        return deps.judge(pack, places, sealed)
      })
      const kept = flags ? verdicts : verdicts.map((said) => said.filter(({ outcome }) => outcome !== 'flag'))
      return toVerdicts(deps.vault, pack, records, await settleKnownSwaps(deps.db, pack, records, kept))
    },
  }
}

const placeAfter = (rows: readonly WalkedResult[]): ReportPlace => {
  const { patient, record } = rows.at(-1)!
  return { state: 'by-patient', patient, record }
}

function recordOf(row: WalkedResult): VerdictRecord & ImpactRecord {
  const { record, receivedMs, receipt, ordinal, senderId, formKind, patient, dataKey } = row
  return { id: record, receivedAt: new Date(receivedMs), receipt, ordinal, senderId, formKind, patient, dataKey }
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
  rows: readonly WalkedResult[],
): Promise<ReadonlyMap<number, MessageCounts>> {
  const messages = new Map(rows.map(({ message, receivedMs }) => [message, new Date(receivedMs)]))
  const unknown = [...messages].filter(([message]) => !told.has(message))
  const places = unknown.map(([message, receivedAt]) => ({ message, receivedAt }))
  const counts = new Map((await messageCounts(db, 'lab', places)).map((one) => [one.message, one]))
  const found = new Map(
    [...messages.keys()].flatMap((message) => {
      const one = counts.get(message) ?? told.get(message)
      return one === undefined ? [] : [[message, one] as const]
    }),
  )
  if (told.size + counts.size > messagesKept) told.clear()
  for (const [message, one] of counts) told.set(message, one)
  return found
}

/** Still sealed, with the keys that open them: the thread that judges opens them. */
async function seal(
  vault: Vault,
  patients: readonly (readonly WalkedResult[])[],
  told: ReadonlyMap<number, MessageCounts> | null,
  others: ReadonlyMap<number, readonly OtherRow[]>,
): Promise<SealedPatients> {
  const rows = patients.flat()
  const beside = others.size === 0 ? [] : rows.flatMap(({ record }) => others.get(record) ?? [])
  const keys = new Map<number, Buffer>()
  for (const id of new Set([...rows, ...beside].map(({ dataKey }) => dataKey))) keys.set(id, (await vault.byId(id)).key)
  const bytes = Buffer.allocUnsafe([...rows, ...beside].reduce((sum, { content }) => sum + content.length, 0))
  let to = 0
  const sealOther = ({ patient, receipt, ordinal, dataKey, content }: OtherRow): SealedOther => {
    const from = to
    to += content.copy(bytes, from)
    return { patient: patient.toString('hex'), receipt, ordinal, dataKey, from, to }
  }
  return {
    keys,
    bytes,
    patients: patients.map((results) =>
      results.map((row): SealedResult => {
        const { record, receipt, ordinal, resultKey, analyte, takenMs, named, receivedMs, dataKey } = row
        const from = to
        to += bytes.write(row.content, from, 'base64')
        const end = to
        const counts = told?.get(row.message)
        return {
          record,
          receipt,
          ordinal,
          resultKey,
          analyte,
          minute: row.collectedMs === null ? null : Math.floor(row.collectedMs / 60_000),
          at: takenMs,
          named,
          receivedMs,
          dataKey,
          message: counts === undefined ? null : factsOf(counts, row.assumed),
          from,
          to: end,
          others: (others.get(record) ?? []).map(sealOther),
        }
      }),
    ),
  }
}
