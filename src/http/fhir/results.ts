import { currentOf, takenBackIn, type ResultVersion } from '../../formats/lab/history.ts'
import { interpret } from '../../formats/lab/interpret.ts'
import type { InterpretedObservation, ObservationStatus } from '../../formats/lab/observation.ts'
import type { CanonicalRecord } from '../../formats/record.ts'
import { recordName } from '../../kernel/ids.ts'
import type { TablesFor } from '../../ledger/tables.ts'
import type { Vault } from '../../ledger/vault.ts'
import type { Queryable } from '../../store/connect.ts'
import { contentsOf, type IndexedVersion } from '../../store/result-search.ts'
import type { TablesChange } from '../../store/tables-changes.ts'

/** One result of a patient with all that arrived of it. */
export interface Result {
  readonly key: string
  readonly patient: Buffer
  /** In the order they arrived; the first is version 1. */
  readonly versions: readonly IndexedVersion[]
  /** The version that counts, whatever arrived after it. */
  readonly current: IndexedVersion
  /** Its number. */
  readonly number: number
  /** Another version contradicts it without a word of correction. */
  readonly contradicted: boolean
  /** The records of it that the laboratory took back from the patient, whatever it sent after. */
  readonly takenBack: ReadonlySet<number>
  /** When the sample was taken, else when it was released, else when it arrived; milliseconds since 1970. */
  readonly at: number
}

/** Puts the versions of results together and finds those that count. */
export function resultsFrom(versions: readonly IndexedVersion[]): Result[] {
  return [...Map.groupBy(versions, ({ key }) => key).entries()].map(([key, found]) => {
    const ordered = oncePerMessage(found)
    const takenBack = new Set(takenBackIn(found.map(asHistory)).map(({ id }) => Number(id)))
    const [only] = ordered
    if (ordered.length === 1 && only !== undefined) return singleResult(key, only, takenBack)
    const counting = currentOf(ordered.map(asHistory))
    const id = counting.state === 'none' ? '' : counting.version.id
    const place = Math.max(
      0,
      ordered.findIndex(({ record }) => String(record) === id),
    )
    const current = ordered[place]!
    return {
      key,
      patient: current.patient,
      versions: ordered,
      current,
      number: place + 1,
      contradicted: counting.state === 'current' && counting.conflicts.length > 0,
      takenBack,
      at: momentOf(current),
    }
  })
}

/** The records that their laboratory took back, when every version of their results is among these. */
export function takenBackAmong(versions: readonly IndexedVersion[]): ReadonlySet<number> {
  return new Set(resultsFrom(versions).flatMap(({ takenBack }) => [...takenBack]))
}

/** In their order of arrival; what one message says in several lines of one text is one version. */
function oncePerMessage(versions: readonly IndexedVersion[]): readonly IndexedVersion[] {
  if (versions.length === 1) return versions
  const seen = new Set<string>()
  return versions
    .toSorted((a, b) => a.record - b.record)
    .filter(({ receipt, contentSha, resultAt }) => {
      const said = `${receipt} ${contentSha} ${resultAt?.getTime()}`
      return !seen.has(said) && seen.add(said)
    })
}

/** Most results arrived once: there is nothing to choose between. */
function singleResult(key: string, current: IndexedVersion, takenBack: ReadonlySet<number>): Result {
  const { patient } = current
  return {
    key,
    patient,
    versions: [current],
    current,
    number: 1,
    contradicted: false,
    takenBack,
    at: momentOf(current),
  }
}

export const momentOf = ({ collectedAt, resultAt, receivedAt }: IndexedVersion): number =>
  (collectedAt ?? resultAt ?? receivedAt).getTime()

function asHistory(version: IndexedVersion): ResultVersion {
  const { record, key, patient, status, resultAt, contentSha } = version
  return {
    id: String(record),
    key,
    patient: patient.toString('hex'),
    status: status as ObservationStatus,
    releasedAt: resultAt?.getTime() ?? null,
    content: contentSha,
    analyte: null,
    ucum: null,
    canonical: null,
  }
}

export interface OpenDeps {
  readonly db: Queryable
  readonly vault: Vault
  /** The tables that say what the codes and units of a sender mean. */
  readonly tablesFor: TablesFor
}

/** Opens the contents of versions, by record number. */
export async function openContents(
  { db, vault, tablesFor }: OpenDeps,
  versions: readonly IndexedVersion[],
): Promise<ReadonlyMap<number, InterpretedObservation>> {
  const [sealed, tables] = await Promise.all([contentsOf(db, versions), tablesFor(db)])
  const opened = new Map<number, InterpretedObservation>()
  for (const { record, receipt, ordinal, senderId } of versions) {
    const row = sealed.get(record)
    if (row === undefined) continue
    const bytes = vault.unseal(await vault.byId(row.dataKey), row.content, recordName(receipt, ordinal))
    const { content } = JSON.parse(bytes.toString()) as CanonicalRecord
    if (content?.kind !== 'observation') continue
    opened.set(record, { ...content, mapped: interpret(content, tables.of(senderId)) })
  }
  return opened
}

/** Versions with the LOINC the tables give that count now; only those a change of tables is about are opened. */
export async function meantNow(
  deps: OpenDeps,
  versions: readonly IndexedVersion[],
  changes: readonly TablesChange[],
): Promise<readonly IndexedVersion[]> {
  const isMeant = ({ senderId }: IndexedVersion): boolean =>
    changes.some((one) => (one.senderId === 0 ? !one.exceptSenders.includes(senderId) : one.senderId === senderId))
  const opened = await openContents(deps, versions.filter(isMeant))
  return versions.map((version) => {
    const content = opened.get(version.record)
    return content === undefined ? version : { ...version, loinc: content.mapped.loinc }
  })
}
