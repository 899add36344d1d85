import type { FastifyRequest } from 'fastify'
import { noteReading, openPatient, openPatients, type CareReader } from '../../access/consent.ts'
import { flagsFor } from '../../checking/flags.ts'
import type { Language } from '../../kernel/language.ts'
import { patientsNamed } from '../../store/result-search.ts'
import { languageOf } from '../sender-of.ts'
import { baseOf, searchset } from './bundle.ts'
import { openPage, sealPage, type Position } from './cursor.ts'
import type { FhirDeps } from './deps.ts'
import { findMessagePart, findResult, findResults, isAfter, versionsAtMost, type Found } from './find.ts'
import type { ResourceType } from './interactions.ts'
import { issueOfError, note, outcomeOf, type Issue } from './outcome.ts'
import { patientOf } from './patient.ts'
import { readerOf } from './reader.ts'
import { remarksOf, renderObservation, type Tag } from './render-observation.ts'
import { reportsAfter } from './report.ts'
import { openContents, type Result } from './results.ts'
import { readSearch, type ReadSearch, type Search } from './search-parameters.ts'
import { tellWithheld } from './withheld.ts'

type Json = Readonly<Record<string, unknown>>

/** What a search came to, before it is a Bundle. */
export interface Answered {
  readonly resources: readonly Json[]
  readonly total?: number
  readonly issues: readonly Issue[]
  /** Where the next page begins; null on the last one. */
  readonly next: Position | null
}

/** Answers a search of one type: who asks, what for, which patient, what fits, and what is not shown and why. */
export async function search(deps: FhirDeps, request: FastifyRequest, type: ResourceType): Promise<Json> {
  const reader = await readerOf(deps, request)
  const now = deps.now()
  const query = queryOf(request)
  const page = query.get('_page')
  const opened = page === null ? null : openPage(deps.vault.keys, reader.sender.id, page, now)
  const { search, filters, ignored } =
    opened === null
      ? await readOrNote(deps, request, reader, type, query)
      : { search: opened.search, filters: [], ignored: [] }
  const language = languageOf(request)
  const answered = await answer(deps, reader, search, opened?.after ?? null, now, language)
  const issues = [...ignored.map(({ code, params }) => issueOfError(code, params, 'warning')), ...answered.issues]
  const { resources, total, next } = answered
  return searchset(baseOf(deps, request), {
    type,
    resources,
    ...(total === undefined ? {} : { total }),
    outcome: issues.length === 0 ? null : outcomeOf(issues, language),
    next: next === null ? null : sealPage(deps.vault.keys, reader.sender.id, search, next, now),
    self: page === null ? selfOf(search, filters) : `_page=${page}`,
  })
}

async function readOrNote(
  deps: FhirDeps,
  request: FastifyRequest,
  reader: CareReader,
  type: ResourceType,
  query: URLSearchParams,
): Promise<ReadSearch> {
  const strict = /handling\s*=\s*strict/.test(String(request.headers['prefer'] ?? ''))
  try {
    return readSearch(deps.vault.keys, type, query, strict)
  } catch (error) {
    await noteReading(deps.db, reader, 'refused')
    throw error
  }
}

/** Parameters of the address, and of a form by `_search`. */
function queryOf(request: FastifyRequest): URLSearchParams {
  const at = request.url.indexOf('?')
  const query = new URLSearchParams(at < 0 ? '' : request.url.slice(at + 1))
  if (request.method === 'POST' && Buffer.isBuffer(request.body)) {
    for (const [name, value] of new URLSearchParams(request.body.toString('utf8'))) {
      query.append(name, value)
    }
  }
  return query
}

/** The search as it was understood, without an identifier of the patient: a filter that is not in it was not applied. */
function selfOf({ patient, ids, count, ascending, type }: Search, filters: ReadSearch['filters']): string {
  const query = new URLSearchParams()
  if (ids !== null) query.set('_id', ids.join(','))
  // Of patients the one that is named is given, whatever ids stand beside.
  if (patient !== null) query.set(type === 'Patient' ? '_id' : 'patient', patient)
  for (const [name, text] of filters) query.append(name, text)
  query.set('_count', String(count))
  if (type === 'Observation') query.set('_sort', ascending ? 'date' : '-date')
  return query.toString()
}

async function answer(
  deps: FhirDeps,
  reader: CareReader,
  search: Search,
  after: Position | null,
  now: Date,
  language: Language,
): Promise<Answered> {
  if (search.type === 'Patient') return answerPatients(deps, reader, search, after, now)
  const patients = await patientsMeant(deps, search)
  const open = await openAll(deps, reader, search, patients, now)
  const [patient] = open
  if (patient === undefined) return { resources: [], issues: [note('only-own-patients', {})], next: null, total: 0 }
  const found = await mergeFound(deps, open, search)
  const issues = [
    ...(await tellWithheld(deps, found.withheld)),
    ...tellUnchecked(found.unchecked),
    ...(found.cut ? [note('many-results', { limit: versionsAtMost }, 'warning')] : []),
  ]
  const answered =
    search.type === 'Observation'
      ? await observationsAfter(deps, found.visible, search, after, language)
      : await reportsAfter(deps, found, search, after)
  return { ...answered, issues }
}

/** A named patient is let in or refused; those that only ids point at are shown as far as they may be. */
async function openAll(
  deps: FhirDeps,
  reader: CareReader,
  search: Search,
  patients: readonly Buffer[],
  now: Date,
): Promise<readonly Buffer[]> {
  if (search.patient === null) return openPatients(deps.db, reader, patients, now)
  await openPatient(deps.db, reader, patients[0]!, now)
  return patients
}

async function patientsMeant(deps: FhirDeps, { patient, ids, type }: Search): Promise<readonly Buffer[]> {
  if (patient !== null) return [Buffer.from(patient, 'hex')]
  const found = new Map<string, Buffer>()
  for (const id of ids ?? []) {
    const one =
      type === 'Observation'
        ? (await findResult(deps.db, id))?.patient
        : (await findMessagePart(deps.db, id))?.[0]?.patient
    if (one !== undefined) found.set(one.toString('hex'), one)
  }
  return [...found.values()]
}

async function mergeFound(deps: FhirDeps, patients: readonly Buffer[], search: Search): Promise<Found> {
  const all: Found[] = []
  // Ids of a DiagnosticReport name reports, not results.
  const own = search.type === 'Observation' ? search : { ...search, ids: null }
  for (const patient of patients) all.push(await findResults(deps, patient, own))
  const order = search.ascending ? 1 : -1
  return {
    visible: all
      .flatMap(({ visible }) => visible)
      .toSorted((a, b) => order * (a.at - b.at || (a.key < b.key ? -1 : 1))),
    withheld: all.flatMap(({ withheld }) => withheld),
    unchecked: all.flatMap(({ unchecked }) => unchecked),
    versions: all.flatMap(({ versions }) => versions),
    cut: all.some(({ cut }) => cut),
  }
}

async function observationsAfter(
  deps: FhirDeps,
  visible: readonly Result[],
  { ascending, count }: Search,
  after: Position | null,
  language: Language,
): Promise<Omit<Answered, 'issues'>> {
  const rest = after === null ? visible : visible.filter((result) => isAfter(result, after, ascending))
  const shown = rest.slice(0, count)
  const versions = shown.map(({ current }) => current)
  const [contents, flags] = await Promise.all([openContents(deps, versions), flagsFor(deps, versions)])
  const resources = shown.flatMap(({ current, number, contradicted, takenBack: records }) => {
    const content = contents.get(current.record)
    const tags: readonly Tag[] = contradicted ? ['contradicted'] : []
    const takenBack = records.has(current.record)
    const remarks = remarksOf(flags.get(current.record), language)
    const shown = { version: current, number, tags, masked: null, takenBack, remarks }
    return content === undefined ? [] : [renderObservation(shown, content)]
  })
  const last = shown.at(-1)
  const next = last === undefined || rest.length <= count ? null : { at: last.at, name: last.key }
  return { resources, total: visible.length, next }
}

function tellUnchecked(unchecked: readonly Result[]): Issue[] {
  return [...Map.groupBy(unchecked, ({ current }) => current.sender)].map(([laboratory, results]) =>
    note('not-checked', { count: results.length, laboratory }, 'information', 'incomplete'),
  )
}

async function answerPatients(
  deps: FhirDeps,
  reader: CareReader,
  search: Search,
  after: Position | null,
  now: Date,
): Promise<Answered> {
  const meant =
    search.patient !== null
      ? [Buffer.from(search.patient, 'hex')]
      : search.ids !== null
        ? search.ids.filter((id) => /^[0-9a-f]{32}$/.test(id)).map((id) => Buffer.from(id, 'hex'))
        : await patientsNamed(deps.db, Buffer.from(search.named ?? '', 'hex'), 100)
  const open = await openAll(deps, reader, search, meant, now)
  const found: (readonly [name: string, patient: Json])[] = []
  for (const patient of open) {
    const rendered = await patientOf(deps, patient)
    if (rendered !== null) found.push([patient.toString('hex'), rendered])
  }
  const ordered = found.toSorted(([a], [b]) => (a < b ? -1 : 1))
  const rest = after === null ? ordered : ordered.filter(([name]) => name > after.name)
  const shown = rest.slice(0, search.count)
  const last = shown.at(-1)
  return {
    resources: shown.map(([, patient]) => patient),
    total: found.length,
    issues: search.patient === null ? [note('only-own-patients', {})] : [],
    next: last === undefined || rest.length === shown.length ? null : { at: 0, name: last[0] },
  }
}
