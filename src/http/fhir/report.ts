import { systems } from '../../formats/fhir/systems.ts'
import type { Coding, InterpretedObservation, LabOrder } from '../../formats/lab/observation.ts'
import { recordName } from '../../kernel/ids.ts'
import { reasonsOfPatient, type IndexedVersion } from '../../store/result-search.ts'
import type { Position } from './cursor.ts'
import type { FhirDeps } from './deps.ts'
import type { Found } from './find.ts'
import { fhirStatus, momentText } from './render-observation.ts'
import { codingOf } from './render-value.ts'
import { openContents, momentOf, takenBackAmong } from './results.ts'
import type { Answered } from './search.ts'
import type { Search } from './search-parameters.ts'

type Json = Readonly<Record<string, unknown>>

/** What one message said of one order of one patient. */
interface Report {
  /** Name of its first record. */
  readonly id: string
  readonly ordinal: number
  readonly parts: readonly (readonly [IndexedVersion, InterpretedObservation])[]
}

/** What the results of one order in one message have in common, as one text. */
export function orderOf({ placer, filler, panel }: LabOrder): string {
  return filler ?? placer ?? `panel ${panel?.code ?? ''}`
}

/** The reports in versions of one patient, whose contents are open. */
export function reportsIn(
  versions: readonly IndexedVersion[],
  contents: ReadonlyMap<number, InterpretedObservation>,
): Report[] {
  const parts = versions.flatMap((version) => {
    const content = contents.get(version.record)
    return content === undefined ? [] : [[version, content] as const]
  })
  const groups = Map.groupBy(parts, ([{ receipt, patient }, { order }]) =>
    JSON.stringify([receipt, patient.toString('hex'), orderOf(order)]),
  )
  const reports = [...groups.values()].map((group) => {
    const ordered = group.toSorted(([a], [b]) => a.ordinal - b.ordinal)
    const { receipt, ordinal } = ordered[0]![0]
    return { id: recordName(receipt, ordinal), ordinal, parts: ordered }
  })
  return reports.toSorted((a, b) => a.ordinal - b.ordinal)
}

/** Reports with a result that fits, newest first, from a position on. */
export async function reportsAfter(
  deps: FhirDeps,
  found: Found,
  { count, ids }: Search,
  after: Position | null,
): Promise<Omit<Answered, 'issues'>> {
  const wanted = ids === null ? null : new Set(ids.map(receiptOf))
  const messages = messagesOf(found)
    .filter(({ receipt }) => wanted === null || wanted.has(receipt))
    .filter((message) => after === null || !isBefore(message, after))
  const reports: { readonly at: number; readonly report: Report }[] = []
  // Nearly every message gives a report; the first may have given all of its own on the page before.
  for (let from = 0; from < messages.length && reports.length <= count; from += count + 2) {
    const looked = messages.slice(from, from + count + 2)
    const contents = await openContents(
      deps,
      looked.flatMap((message) => message.versions),
    )
    const own = looked
      .flatMap((message) => reportsIn(message.versions, contents).map((report) => ({ at: message.at, report })))
      .filter(({ report }) => ids === null || ids.includes(report.id))
      .filter(({ report }) => after === null || !isGiven(report.id, after.name))
    reports.push(...own)
  }
  const shown = reports.slice(0, count)
  const patients = new Map(shown.map(({ report }) => patientOf(report)).map((one) => [one.toString('hex'), one]))
  const withheld = await Promise.all([...patients.values()].map((patient) => reasonsOfPatient(deps.db, patient)))
  const reasons = new Map(withheld.flatMap((one) => [...one]))
  const takenBack = takenBackAmong(found.versions)
  const last = shown.at(-1)
  return {
    resources: shown.map(({ report }) => renderReport(report, reasons, takenBack)),
    next: last !== undefined && reports.length > count ? { at: last.at, name: last.report.id } : null,
  }
}

/** What one message said of the patients, with the moment of its newest result. */
interface MessagePart {
  readonly receipt: string
  readonly at: number
  readonly versions: readonly IndexedVersion[]
}

/** The messages with a result that fits, whole, newest first. */
function messagesOf({ visible, withheld, unchecked, versions }: Found): MessagePart[] {
  const fitting = [...visible, ...withheld.map(([result]) => result), ...unchecked]
  const receipts = new Set(fitting.flatMap((result) => result.versions.map(({ receipt }) => receipt)))
  return [...Map.groupBy(versions, ({ receipt }) => receipt).entries()]
    .filter(([receipt]) => receipts.has(receipt))
    .map(([receipt, own]) => ({ receipt, at: Math.max(...own.map(momentOf)), versions: own }))
    .toSorted((a, b) => b.at - a.at || (a.receipt < b.receipt ? 1 : -1))
}

const patientOf = ({ parts }: Report): Buffer => parts[0]![0].patient

const receiptOf = (name: string): string => name.slice(0, 36)

const isBefore = ({ at, receipt }: MessagePart, after: Position): boolean =>
  at > after.at || (at === after.at && receipt > receiptOf(after.name))

/** Whether a report stood on the page before: of the same message, up to where that page ended. */
const isGiven = (id: string, name: string): boolean =>
  receiptOf(id) === receiptOf(name) && Number(id.slice(37)) <= Number(name.slice(37))

/**
 * A report as DiagnosticReport of FHIR R4. It names its results and holds no value, so that nothing withheld is in it. Its
 * conclusion is about all of its results, and stays away while one of them is not shown or was taken back.
 */
export function renderReport(
  { id, parts }: Report,
  reasons: ReadonlyMap<number, unknown>,
  takenBack: ReadonlySet<number>,
): Json {
  const [version, { order, resultAt, patient }] = parts[0]!
  const times = parts
    .flatMap(([, { collectedAt }]) => (collectedAt === null ? [] : [momentText(collectedAt)]))
    .toSorted()
  const [first, last] = [times[0], times.at(-1)]
  const name = [patient.givenName, patient.familyName].filter((one) => one !== '').join(' ')
  const issued = resultAt === null ? '' : momentText(resultAt)
  const isAllShown = parts.every(([{ checked, record }]) => checked && !reasons.has(record) && !takenBack.has(record))
  // Panels of one order may each have notes of their own.
  const remarks = isAllShown ? [...new Set(parts.flatMap(([, one]) => one.order.notes ?? []))] : []
  return {
    resourceType: 'DiagnosticReport',
    id,
    meta: { lastUpdated: version.receivedAt.toISOString(), source: `urn:uuid:${version.receipt}` },
    ...(order.filler === null ? {} : { identifier: [{ type: { text: 'FILL' }, value: order.filler }] }),
    ...(order.placer === null ? {} : { basedOn: [{ type: 'ServiceRequest', identifier: { value: order.placer } }] }),
    status: statusOf(parts.map(([one]) => fhirStatus(one.status))),
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB' }] }],
    code: { coding: [panelOf(order.panel)] },
    subject: { reference: `Patient/${version.patient.toString('hex')}`, ...(name === '' ? {} : { display: name }) },
    ...(first === undefined
      ? {}
      : first === last
        ? { effectiveDateTime: first }
        : { effectivePeriod: { start: first, end: last } }),
    ...(issued.includes('T') ? { issued } : {}),
    performer: [{ display: version.sender }],
    // The lines of a text are one result.
    result: [...new Map(parts.map(([one, { code }]) => [one.key, code.original])).entries()].map(([key, original]) => ({
      reference: `Observation/${key}`,
      display: original.text || original.code,
    })),
    ...(remarks.length === 0 ? {} : { conclusion: remarks.join('\n') }),
  }
}

const panelOf = (panel: Coding | null): Json =>
  panel === null ? { system: systems.loinc, code: '11502-2', display: 'Laboratory report' } : codingOf(panel)

function statusOf(statuses: readonly string[]): string {
  const all = (status: string): boolean => statuses.every((one) => one === status)
  if (all('entered-in-error') || all('cancelled') || all('registered')) return statuses[0]!
  if (statuses.some((one) => one === 'registered' || one === 'preliminary')) {
    return statuses.some((one) => one === 'final' || one === 'corrected') ? 'partial' : 'preliminary'
  }
  if (statuses.includes('corrected')) return 'corrected'
  return statuses.includes('final') ? 'final' : 'unknown'
}
