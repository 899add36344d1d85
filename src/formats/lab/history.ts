import { hash } from 'node:crypto'
import type { InterpretedObservation, ObservationStatus, ObservationValue } from './observation.ts'
import { instantOf } from './result-key.ts'
import { scaleBetween } from './ucum.ts'

/** One version of a result as history sees it: what arrived once. */
export interface ResultVersion {
  /** The record, by its own name. */
  readonly id: string
  readonly key: string
  /** The patient, by the name under which the hub keeps people apart. */
  readonly patient: string
  readonly status: ObservationStatus
  /** When the laboratory released it, milliseconds since 1970; null when not said. */
  readonly releasedAt: number | null
  /** Hash of value, unit as the tables read it, code, range and status: equal means that nothing else was said. */
  readonly content: string
  readonly analyte: string | null
  readonly ucum: string | null
  readonly canonical: { readonly value: number; readonly unit: string } | null
}

/** What an arriving version is to those that are there. */
export type Arrival =
  | 'first'
  /** Says what is already known: kept as a line of history, changes nothing. */
  | 'replay'
  /** Takes the place of an earlier version: preliminary to final, final to corrected. */
  | 'progress'
  | 'correction'
  /** A preliminary that comes after a final one. */
  | 'late-preliminary'
  /** The version before a correction or withdrawal that came first. */
  | 'late-final'
  /** Other content under the same key, and no word of correction: both are kept, a person looks. */
  | 'conflict'
  | 'withdrawal'
  /** The same measurement again in another unit or under another code: HbA1c in % and in mmol/mol. */
  | 'double'

/** The version that counts, or why none does. `conflicts` are versions that contradict it without a word of correction. */
export type Current =
  | { readonly state: 'none' }
  | { readonly state: 'current'; readonly version: ResultVersion; readonly conflicts: readonly ResultVersion[] }
  | { readonly state: 'withdrawn'; readonly version: ResultVersion }

/**
 * Makes the version that history keeps of an observation.
 *
 * @example versionOf('7f3c....0', 'patient-index', observation).status // 'final'
 */
export function versionOf(id: string, patient: string, observation: InterpretedObservation): ResultVersion {
  const { value, whole, code, status, referenceRange, mapped, resultAt } = observation
  const said = [
    code.original.code,
    code.original.system,
    whole === undefined ? saidBy(value, mapped.ucum) : ['whole', whole],
    status,
    referenceRange?.text ?? null,
  ]
  return {
    id,
    key: observation.resultKey,
    patient,
    status,
    releasedAt: resultAt === null ? null : (instantOf(resultAt) ?? dayStart(resultAt.at)),
    content: hash('sha256', JSON.stringify(said), 'hex').slice(0, 32),
    analyte: mapped.analyte,
    ucum: mapped.ucum,
    canonical: mapped.canonical,
  }
}

/** `5,2 MMOL/L` says what `5.2 mmol/L` says; a unit no table knows says only itself. */
function saidBy(value: ObservationValue, ucum: string | null): unknown {
  if (value.state !== 'quantity') return value
  return ['quantity', value.value, value.comparator, ucum ?? value.unit?.text ?? null]
}

function dayStart(at: string): number | null {
  const time = Date.parse(at)
  return Number.isNaN(time) ? null : time
}

/** How far a result has come; `unknown` never takes the place of a final one. */
const stages: Readonly<Record<ObservationStatus, number>> = {
  registered: 0,
  preliminary: 1,
  unknown: 1,
  final: 2,
  corrected: 3,
  cancelled: 4,
  'entered-in-error': 4,
  'wrong-patient': 4,
}
const stageOf = (version: ResultVersion): number => stages[version.status]
const final = 2
const corrected = 3
const withdrawn = 4

/**
 * Says what an arriving version is to the existing ones of its measurement (HL7 table 0085, FHIR observation-status). Give
 * it all versions with the same result key or the same measurement key, of other patients only those of who had the key
 * first. It depends on release times, not on the order of
 * arrival, except where a version arrives after what took its place.
 */
export function judgeArrival(existing: readonly ResultVersion[], arriving: ResultVersion): Arrival {
  if (stageOf(arriving) !== withdrawn && isOfAnother(existing, arriving)) return 'conflict'
  const same = existing.filter((one) => one.key === arriving.key && one.patient === arriving.patient)
  if (same.some((one) => one.content === arriving.content && one.releasedAt === arriving.releasedAt)) return 'replay'
  const before = currentOf(same)
  if (before.state === 'current' && before.version.content === arriving.content) return 'replay'
  const stage = stageOf(arriving)
  if (stage === withdrawn) return 'withdrawal'
  if (same.length > 0 && isDouble(same, arriving)) return 'double'
  if (before.state === 'withdrawn') return isAfter(arriving, before.version) ? 'correction' : 'late-final'
  if (before.state === 'current') return againstCurrent(before.version, arriving)
  return againstOthers(existing, arriving)
}

function againstCurrent(current: ResultVersion, arriving: ResultVersion): Arrival {
  const [had, has] = [stageOf(current), stageOf(arriving)]
  if (has < final) {
    if (had >= final || has < had || isAfter(current, arriving)) return 'late-preliminary'
    return 'progress'
  }
  if (had < final) return 'progress'
  if (has === corrected) {
    return had === corrected && !isAfter(arriving, current) && !isAfter(current, arriving) ? 'conflict' : 'correction'
  }
  return had === corrected && !isAfter(arriving, current) ? 'late-final' : 'conflict'
}

/** Whether the key stands for a result of somebody else that nobody took back; sent again, or corrected, it still does. */
function isOfAnother(existing: readonly ResultVersion[], arriving: ResultVersion): boolean {
  const others = existing.filter((one) => one.key === arriving.key && one.patient !== arriving.patient)
  const byPatient = Map.groupBy(others, ({ patient }) => patient)
  return [...byPatient.values()].some((versions) => currentOf(versions).state === 'current')
}

/** Nothing with its own key and patient: another code of the same measurement, or nothing at all. */
function againstOthers(existing: readonly ResultVersion[], arriving: ResultVersion): Arrival {
  const others = existing.filter((one) => one.patient === arriving.patient && one.key !== arriving.key)
  const live = others.filter(
    (one) => stageOf(one) !== withdrawn && one.analyte !== null && one.analyte === arriving.analyte,
  )
  if (live.length === 0) return 'first'
  if (isDouble(live, arriving)) return 'double'
  const comparable = live.some((one) => one.canonical !== null && arriving.canonical !== null)
  return comparable ? 'conflict' : 'first'
}

/** The same measurement in another unit: both convert to the same number, as near as the digits sent allow. */
function isDouble(existing: readonly ResultVersion[], arriving: ResultVersion): boolean {
  return existing.some((one) => {
    if (one.analyte === null || one.analyte !== arriving.analyte || one.canonical === null) return false
    if (arriving.canonical === null || one.canonical.unit !== arriving.canonical.unit) return false
    if (one.key === arriving.key && !differentUnits(one.ucum, arriving.ucum)) return false
    return isNear(one.canonical.value, arriving.canonical.value)
  })
}

function differentUnits(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && scaleBetween(a, b) === null
}

/** Rounding on both sides: 7 % is 53 and was measured as 52.6 or 53.4. */
const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= Math.max(Math.abs(a), Math.abs(b)) * 0.02

/** Whether the first was released later; without both times it is not known, and the answer is no. */
function isAfter(a: ResultVersion, b: ResultVersion): boolean {
  return a.releasedAt !== null && b.releasedAt !== null && a.releasedAt > b.releasedAt
}

/**
 * The one version that counts among those of one key and patient, whatever order they arrived in: the last corrected one,
 * else the first final one (a second one without a word of correction contradicts it), else the furthest and last
 * preliminary. A withdrawal takes back everything released before it, or everything when a time is not known.
 *
 * @example currentOf([final, corrected, latePreliminary]) // { state: 'current', version: corrected, conflicts: [] }
 */
export function currentOf(versions: readonly ResultVersion[]): Current {
  const withdrawals = versions.filter((one) => stageOf(one) === withdrawn).toSorted(byRelease)
  const last = withdrawals.at(-1)
  const open = withdrawals.find((one) => one.releasedAt === null)
  const live = versions
    .filter((one) => stageOf(one) !== withdrawn)
    .filter((one) => last === undefined || (open === undefined && isAfter(one, last)))
    .toSorted(byRelease)
  if (live.length === 0) return last === undefined ? { state: 'none' } : { state: 'withdrawn', version: last }
  const corrections = live.filter((one) => stageOf(one) === corrected)
  const finals = live.filter((one) => stageOf(one) === final)
  const chosen = corrections.at(-1) ?? finals[0] ?? furthest(live)
  const version = live.find((one) => one.content === chosen.content && one.releasedAt === chosen.releasedAt)!
  const conflicts = [...corrections, ...finals].filter((one) => contradicts(one, version))
  return { state: 'current', version, conflicts }
}

/**
 * The versions that were taken back from their patient: they may be another person's, and no value sent later makes them
 * this one's. One that is not surely released after is taken back too, as for what counts.
 */
export function takenBackIn(versions: readonly ResultVersion[]): readonly ResultVersion[] {
  const takings = versions.filter(({ status }) => status === 'entered-in-error' || status === 'wrong-patient')
  if (takings.length === 0) return []
  const isOpen = versions.some((one) => stageOf(one) === withdrawn && one.releasedAt === null)
  return versions.filter((one) => isOpen || !takings.every((taking) => isAfter(one, taking)))
}

function contradicts(one: ResultVersion, version: ResultVersion): boolean {
  if (one === version || one.content === version.content) return false
  if (stageOf(version) === corrected) {
    return stageOf(one) === corrected ? one.releasedAt === version.releasedAt : isAfter(one, version)
  }
  return true
}

function furthest(live: readonly ResultVersion[]): ResultVersion {
  const stage = Math.max(...live.map(stageOf))
  return live.findLast((one) => stageOf(one) === stage)!
}

/**
 * By release; without a time first. Equal times are ordered by content, so that every order of arrival ends alike, and equal
 * content by record: of the lines of a text the first holds the whole.
 */
function byRelease(a: ResultVersion, b: ResultVersion): number {
  const time = (a.releasedAt ?? Number.NEGATIVE_INFINITY) - (b.releasedAt ?? Number.NEGATIVE_INFINITY)
  if (time !== 0 && !Number.isNaN(time)) return time
  if (a.content !== b.content) return a.content < b.content ? -1 : 1
  // `r.2` before `r.10`.
  return a.id.length - b.id.length || (a.id < b.id ? -1 : 1)
}
