import type { ObservationContent } from '../formats/lab/observation.ts'
import type { CanonicalRecord } from '../formats/record.ts'
import { prefixOf, recordName } from '../kernel/ids.ts'
import { labPatientIndex } from '../ledger/patient.ts'
import { resultIndex } from '../ledger/result.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Queryable } from '../store/connect.ts'
import { contentsOf, versionsOfReceipt, versionsOfResults, type IndexedVersion } from '../store/result-search.ts'
import type { WrittenRecord } from './results.ts'

/**
 * What corrections leave out: a FHIR resource takes the place of the whole of its earlier version, so that a component or
 * document that is not in it any more holds no longer, and nothing in the message says so of it. Earlier versions are those of
 * the same sender that share a result with it. Gives the records that take back, by the message that came last of the two.
 */
export async function leftOut(
  tx: Queryable,
  vault: Vault,
  written: readonly WrittenRecord[],
): Promise<ReadonlyMap<number, readonly CanonicalRecord[]>> {
  const keys = [...new Set(written.flatMap((one) => keyIfParted(vault, one)))]
  if (keys.length === 0) return new Map()
  const resources = await resourcesWith(tx, vault, keys)
  const taken: Taken[] = []
  for (const correction of resources.filter(({ status }) => status === 'corrected')) {
    for (const earlier of resources.filter((one) => takesPlaceOf(correction, one))) {
      const gone = earlier.parts.filter(({ version }) => !correction.keys.has(version.key))
      taken.push(...gone.map((part) => ({ ...part, by: correction, with: writtenLast(written, correction, earlier) })))
    }
  }
  const versions = await versionsOfResults(tx, [...new Set(taken.map(({ version }) => version.key))])
  const byKey = Map.groupBy(versions, ({ key }) => key)
  const needed = taken.filter(({ version, by }) => stands(byKey.get(version.key) ?? [], by))
  return numbered(written, [...new Map(needed.map((one) => [`${one.version.key} ${one.by.name}`, one])).values()])
}

/** One Observation, or the documents of one report, as one message had it. */
interface Resource {
  readonly name: string
  readonly receipt: string
  readonly senderId: number
  readonly status: string
  readonly resultAt: Date | null
  readonly keys: ReadonlySet<string>
  readonly parts: readonly Part[]
}

interface Part {
  readonly version: IndexedVersion
  readonly record: CanonicalRecord
  readonly content: ObservationContent
}

interface Taken extends Part {
  readonly by: Resource
  readonly with: WrittenRecord | undefined
}

const place = /\/(?:component|presentedForm)\/\d+$/

/** The key of a result that may leave others out or be left out by one that came before it. */
function keyIfParted({ keys }: Vault, { row, record: { content } }: WrittenRecord): string[] {
  if (content?.kind !== 'observation' || content.origin.format !== 'fhir' || row.outcome === 'refused') return []
  if (content.status !== 'corrected' && !place.test(content.origin.path)) return []
  return [resultIndex(keys, labPatientIndex(keys, content.patient, content.source), content.resultKey).toString('hex')]
}

/** The resources that have one of the keys, where more than one message has; whole. */
async function resourcesWith(tx: Queryable, vault: Vault, keys: readonly string[]): Promise<readonly Resource[]> {
  const byKey = Map.groupBy(await versionsOfResults(tx, keys), ({ key }) => key)
  const several = [...byKey.values()].filter((own) => new Set(own.map(({ receipt }) => receipt)).size > 1).flat()
  if (several.every(({ status }) => status !== 'corrected')) return []
  const versions: IndexedVersion[] = []
  for (const receipt of new Set(several.map((one) => one.receipt)))
    versions.push(...(await versionsOfReceipt(tx, receipt, prefixOf(receipt))))
  const sealed = await contentsOf(tx, versions)
  const parts: Part[] = []
  for (const version of versions) {
    const { dataKey, content: bytes } = sealed.get(version.record)!
    const plain = vault.unseal(await vault.byId(dataKey), bytes, recordName(version.receipt, version.ordinal))
    const record = JSON.parse(plain.toString()) as CanonicalRecord
    if (record.content?.kind === 'observation') parts.push({ version, record, content: record.content })
  }
  // By status: what was taken back here before stands at the place of what it was left out of.
  const nameOf = ({ version, content }: Part): string =>
    `${version.receipt} ${version.patient.toString('hex')} ${content.status} ${content.origin.path.replace(place, '')}`
  return [...Map.groupBy(parts, nameOf)].map(([name, own]) => {
    const { receipt, senderId, status, resultAt } = own[0]!.version
    const ownKeys = new Set(own.map(({ version }) => version.key))
    return { name, receipt, senderId, status, resultAt, keys: ownKeys, parts: own }
  })
}

/** Of two corrections the one that was surely released later; else a correction is the last word. */
function takesPlaceOf(correction: Resource, other: Resource): boolean {
  if (other.receipt === correction.receipt || other.senderId !== correction.senderId) return false
  if (isWithdrawn(other) || ![...other.keys].some((key) => correction.keys.has(key))) return false
  return other.status === 'corrected' ? isAfter(correction, other) : !isAfter(other, correction)
}

/** Whether something of a result stands that was not released after the correction, and that nothing has taken back. */
function stands(versions: readonly IndexedVersion[], by: Resource): boolean {
  const withdrawals = versions.filter(isWithdrawn)
  return versions.some(
    (one) => !isWithdrawn(one) && !isAfter(one, by) && withdrawals.every((withdrawal) => isAfter(one, withdrawal)),
  )
}

interface Released {
  readonly resultAt: Date | null
}

const isAfter = (a: Released, b: Released): boolean =>
  a.resultAt !== null && b.resultAt !== null && a.resultAt > b.resultAt

const isWithdrawn = ({ status }: { readonly status: string }): boolean =>
  status === 'cancelled' || status === 'entered-in-error' || status === 'wrong-patient'

/** A record of the message among those just read that brought the two together; of both the correction. */
function writtenLast(written: readonly WrittenRecord[], ...two: readonly [Resource, Resource]) {
  const [first, second] = two.map(({ receipt }) => written.find((one) => one.receipt === receipt))
  return first ?? second
}

/** The records, numbered on from those of their messages. */
function numbered(written: readonly WrittenRecord[], taken: readonly Taken[]): Map<number, CanonicalRecord[]> {
  const found = new Map<number, CanonicalRecord[]>()
  for (const { record, content, by, with: last } of taken) {
    if (last === undefined) continue
    const { message } = last.row
    const own = found.get(message) ?? []
    const ordinal = written.filter(({ row }) => row.message === message).length + own.length
    found.set(message, [...own, { ...record, ordinal, content: withdrawn(content, by, last.receipt), faults: [] }])
  }
  return found
}

/** Nothing is known of the result but that it is taken back, by a resource that has no place for it. */
function withdrawn(content: ObservationContent, by: Resource, receipt: string): ObservationContent {
  const { origin, resultAt, sentAt } = by.parts[0]!.content
  return {
    ...content,
    // A place in the bytes of its own message.
    origin: by.receipt === receipt ? origin : content.origin,
    status: 'entered-in-error',
    value: { state: 'none', reason: null },
    resultAt,
    sentAt,
    referenceRange: null,
    interpretation: [],
    notes: [],
  }
}
