import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { noteReading, openPatient } from '../../access/consent.ts'
import { flagsFor } from '../../checking/flags.ts'
import { shippedTables } from '../../formats/lab/tables.ts'
import { SluisError } from '../../kernel/errors.ts'
import { reasonsOfPatient, versionsOfResults, type IndexedVersion } from '../../store/result-search.ts'
import { languageOf } from '../sender-of.ts'
import { baseOf } from './bundle.ts'
import type { FhirDeps } from './deps.ts'
import { findMessagePart, findResult } from './find.ts'
import type { ResourceType } from './interactions.ts'
import { note } from './outcome.ts'
import { patientOf } from './patient.ts'
import { readerOf } from './reader.ts'
import { remarksOf, renderObservation, type Tag } from './render-observation.ts'
import { renderReport, reportsIn } from './report.ts'
import { openContents, takenBackAmong, type Result } from './results.ts'
import { issueFor } from './withheld.ts'

type Json = Readonly<Record<string, unknown>>

/** Reads one resource by its id. Null when the client has it already (If-None-Match). */
export async function read(
  deps: FhirDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  type: ResourceType,
): Promise<Json | null> {
  const { id } = request.params as { id: string }
  if (type === 'Observation') {
    const result = await openResult(deps, request, id)
    return unlessKnown(request, reply, await renderVersion(deps, request, result, result.number))
  }
  return type === 'Patient' ? readPatient(deps, request, id) : readReport(deps, request, id)
}

/** Reads one version of a result. Throws `fhir-version-unknown`. */
export async function vread(deps: FhirDeps, request: FastifyRequest, reply: FastifyReply): Promise<Json | null> {
  const { id, version } = request.params as { id: string; version: string }
  const result = await openResult(deps, request, id)
  const number = /^[1-9]\d{0,5}$/.test(version) ? Number(version) : 0
  if (number < 1 || number > result.versions.length) {
    const params = { type: 'Observation', version: version.slice(0, 20), count: result.versions.length }
    throw new SluisError('fhir-version-unknown', params)
  }
  return unlessKnown(request, reply, await renderVersion(deps, request, result, number))
}

/** Every version of a result, newest arrival first, as a Bundle of type history. */
export async function history(deps: FhirDeps, request: FastifyRequest): Promise<Json> {
  const { id } = request.params as { id: string }
  const result = await openResult(deps, request, id)
  const base = baseOf(deps, request)
  const entry: Json[] = []
  for (let number = result.versions.length; number >= 1; number--) {
    const { resource, etag } = await renderVersion(deps, request, result, number)
    const { receivedAt } = result.versions[number - 1]!
    entry.push({
      fullUrl: `${base}/Observation/${id}`,
      resource,
      request: { method: number === 1 ? 'POST' : 'PUT', url: number === 1 ? 'Observation' : `Observation/${id}` },
      response: { status: number === 1 ? '201' : '200', etag, lastModified: receivedAt.toISOString() },
    })
  }
  const self = { relation: 'self', url: `${base}/Observation/${id}/_history` }
  return { resourceType: 'Bundle', type: 'history', total: entry.length, link: [self], entry }
}

interface Rendered {
  readonly resource: Json
  readonly etag: string
}

/** Sets ETag; null when the client has just this (RFC 9110 section 13.1.2). */
function unlessKnown(request: FastifyRequest, reply: FastifyReply, { resource, etag }: Rendered): Json | null {
  void reply.header('etag', etag)
  const wish = request.headers['if-none-match']
  return wish !== undefined && wish.split(',').some((one) => one.trim() === etag) ? null : resource
}

/**
 * The version as ETag (FHIR R4, http, "Support for Versions"), with an addition while something else is told of it than
 * its bytes say: a client that holds a value which is withheld since must not be told that nothing changed.
 */
function etagOf(number: number, told: readonly string[]): string {
  return told.length === 0 ? `W/"${number}"` : `W/"${number}-${hash('sha256', told.join('\0')).slice(0, 8)}"`
}

async function openResult(deps: FhirDeps, request: FastifyRequest, id: string): Promise<Result> {
  const reader = await readerOf(deps, request)
  const result = await findResult(deps.db, id)
  if (result === null) {
    await noteReading(deps.db, reader, 'refused')
    throw new SluisError('fhir-resource-unknown', { type: 'Observation' })
  }
  await openPatient(deps.db, reader, result.patient, deps.now())
  return result
}

/** A version with what is to be said of it; one that is withheld, or not checked yet, has its value masked. */
async function renderVersion(
  deps: FhirDeps,
  request: FastifyRequest,
  result: Result,
  number: number,
): Promise<Rendered> {
  const version = result.versions[number - 1]!
  const content = (await openContents(deps, [version])).get(version.record)
  if (content === undefined) throw new SluisError('fhir-resource-unknown', { type: 'Observation' })
  const masked = await maskOf(deps, version)
  const tags: Tag[] = masked === null ? [] : [masked.tag]
  if (version !== result.current) tags.push('superseded')
  else if (result.contradicted) tags.push('contradicted')
  const reason = masked === null ? null : masked.issue.texts[languageOf(request)]
  const takenBack = result.takenBack.has(version.record)
  const flags = masked === null ? (await flagsFor(deps, [version])).get(version.record) : undefined
  const remarks = remarksOf(flags, languageOf(request))
  const tables = (await deps.tablesFor(deps.db)).of(version.senderId)
  const mapped = tables.id === shippedTables().id ? [] : [tables.id]
  return {
    resource: renderObservation({ version, number, tags, masked: reason, takenBack, remarks }, content),
    etag: etagOf(number, [
      ...tags,
      ...(takenBack && version !== result.current ? ['taken-back'] : []),
      ...(reason === null ? [] : [reason]),
      ...remarks.map(({ text }) => text),
      ...mapped,
    ]),
  }
}

async function maskOf(deps: FhirDeps, version: IndexedVersion) {
  const { sender: laboratory, checked, record } = version
  const reason = (await reasonsOfPatient(deps.db, version.patient)).get(record)
  if (reason !== undefined) return { tag: 'withheld', issue: await issueFor(deps, laboratory, reason, 1) } as const
  return checked ? null : ({ tag: 'not-checked', issue: note('not-checked', { count: 1, laboratory }) } as const)
}

async function readPatient(deps: FhirDeps, request: FastifyRequest, id: string): Promise<Json> {
  const reader = await readerOf(deps, request)
  const patient = /^[0-9a-f]{32}$/.test(id) ? Buffer.from(id, 'hex') : null
  if (patient !== null) {
    await openPatient(deps.db, reader, patient, deps.now())
    const found = await patientOf(deps, patient)
    if (found !== null) return found
  } else await noteReading(deps.db, reader, 'refused')
  throw new SluisError('fhir-resource-unknown', { type: 'Patient' })
}

async function readReport(deps: FhirDeps, request: FastifyRequest, id: string): Promise<Json> {
  const reader = await readerOf(deps, request)
  const versions = (await findMessagePart(deps.db, id)) ?? []
  const [first] = versions
  if (first === undefined) await noteReading(deps.db, reader, 'refused')
  else {
    await openPatient(deps.db, reader, first.patient, deps.now())
    const report = reportsIn(versions, await openContents(deps, versions)).find((one) => one.id === id)
    if (report !== undefined) {
      const all = await versionsOfResults(deps.db, [...new Set(report.parts.map(([{ key }]) => key))])
      return renderReport(report, await reasonsOfPatient(deps.db, first.patient), takenBackAmong(all))
    }
  }
  throw new SluisError('fhir-resource-unknown', { type: 'DiagnosticReport' })
}
