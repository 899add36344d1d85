import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { openPatient } from '../../access/consent.ts'
import type { CareDeps } from '../../care/deps.ts'
import { monitorOf } from '../../care/monitor.ts'
import { readPatient } from '../../formats/fhir-lab/patient.ts'
import { isJson, textOf, type Json } from '../../formats/fhir-lab/resources.ts'
import { readJson } from '../../formats/json/read.ts'
import { SluisError } from '../../kernel/errors.ts'
import { labPatientIndex } from '../../ledger/patient.ts'
import { toCards } from '../../monitors/cards.ts'
import { loadMonitors } from '../../monitors/load.ts'
import { admit } from '../admit.ts'
import { languageOf } from '../sender-of.ts'
import type { FhirDeps } from './deps.ts'
import { readerOf } from './reader.ts'

const service = {
  hook: 'patient-view',
  title: 'Monitors of Sluis',
  description: 'What of this patient is due or out of target, and what cannot be told because results are missing.',
  id: 'sluis-monitors',
  usageRequirements: 'A client of a care team, a therapeutic relation and the consent of the patient.',
  prefetch: { patient: 'Patient/{{context.patientId}}' },
} as const

const json = 'application/json; charset=utf-8'

/** CDS Hooks 2.0: one service that shows a patient's monitors as cards when the patient is opened. */
export function cdsRoutes(server: FastifyInstance, deps: FhirDeps): void {
  let care: CareDeps | undefined
  const onRequest = (request: FastifyRequest, reply: FastifyReply) => admit(deps, request, reply)
  server.get('/cds-services', (_request, reply) => {
    void reply.header('content-type', json)
    return JSON.stringify({ services: [service] })
  })
  server.post(`/cds-services/${service.id}`, { bodyLimit: 262_144, onRequest }, async (request, reply) => {
    // Opening a patient is care; a client may still say that it is something else.
    const reader = await readerOf(deps, request, 'monitors', 'care')
    const patient = patientIn(deps, request)
    const now = deps.now()
    await openPatient(deps.db, reader, patient, now)
    care ??= { vault: deps.vault, definitions: loadMonitors(), tablesFor: deps.tablesFor }
    const monitors = await monitorOf(care, deps.db, patient, now)
    const cards = monitors.flatMap(({ display }) => toCards(display, languageOf(request)))
    void reply.header('content-type', json).header('cache-control', 'no-store')
    return JSON.stringify({ cards })
  })
}

/** Whom a call is about: the Patient sent along, or an id of this server. */
function patientIn({ vault }: FhirDeps, request: FastifyRequest): Buffer {
  const call = Buffer.isBuffer(request.body) ? readJson(request.body) : null
  if (call?.state !== 'read' || !isJson(call.value)) throw new SluisError('cds-request-unreadable', { what: 'JSON' })
  const { hook, context, prefetch } = call.value
  if (hook !== service.hook)
    throw new SluisError('cds-request-unreadable', { what: `hook ${textOf(hook).slice(0, 40)}` })
  const id = isJson(context) ? textOf(context['patientId']) : ''
  if (/^[0-9a-f]{32}$/.test(id)) return Buffer.from(id, 'hex')
  const sent: Json | null = isJson(prefetch) && isJson(prefetch['patient']) ? prefetch['patient'] : null
  const patient = sent === null ? null : readPatient(sent, '').patient
  if (patient === null || patient.identifiers.length === 0) throw new SluisError('cds-patient-missing')
  return labPatientIndex(vault.keys, patient, '')
}
