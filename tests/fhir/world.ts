import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openCare } from '../../src/care/deps.ts'
import { enrol } from '../../src/care/enrol.ts'
import { readEnrolFile } from '../../src/care/enrol-file.ts'
import { readConfig } from '../../src/config.ts'
import { checkInsz } from '../../src/identifiers/insz.ts'
import { identifierIndex } from '../../src/ledger/patient.ts'
import { startHub, type Hub } from '../../src/main.ts'
import { connect } from '../../src/store/connect.ts'
import { insertPermission } from '../../src/store/consent.ts'
import { knownClient, type KnownClient } from '../support/client.ts'
import { createTestDatabase } from '../support/database.ts'

export type Json = Readonly<Record<string, unknown>>

interface Issue {
  readonly severity: string
  readonly code: string
  readonly details: { readonly text: string; readonly coding: readonly { readonly code: string }[] }
  readonly expression?: readonly string[]
}

/** What these tests look at in any answer; what is not there is empty. */
export interface Body {
  readonly resourceType: string
  readonly id: string
  readonly type: string
  readonly total: number
  readonly entry: readonly {
    readonly resource: Body
    readonly search?: { readonly mode: string }
    readonly response: { readonly status: string; readonly location?: string; readonly outcome?: Body }
  }[]
  readonly link: readonly { readonly relation: string; readonly url: string }[]
  readonly issue: readonly Issue[]
  readonly meta: { readonly versionId: string; readonly tag?: readonly { readonly code: string }[] }
  readonly valueQuantity: { readonly value: number }
  readonly note: readonly { readonly text: string }[]
  readonly result: readonly { readonly reference: string }[]
  readonly rest: readonly {
    readonly resource: readonly {
      readonly type: string
      readonly interaction: readonly { readonly code: string }[]
      readonly searchParam: readonly { readonly name: string }[]
    }[]
  }[]
  readonly cards: readonly { readonly indicator: string; readonly summary: string }[]
  readonly services: readonly { readonly id: string }[]
  readonly code: string
}

export interface Answer {
  readonly status: number
  readonly body: Body
  readonly text: string
  readonly headers: Headers
}

export interface Asked {
  readonly as?: string | undefined
  readonly method?: string
  readonly body?: unknown
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A hub of its own with a client of each kind; patients of `practice` are those it is related to. */
export interface FhirWorld {
  readonly hub: Hub
  ask(path: string, asked?: Asked): Promise<Answer>
  /** Hands a Bundle over as the laboratory and waits until its results are read and checked. */
  hand(resource: Json, path?: string): Promise<Answer>
  settled(): Promise<void>
  index(insz: string): Buffer
  /** Gives the practice a relation and the patient's consent. */
  letIn(insz: string, what?: readonly ('exchange' | 'relation' | 'exclusion')[]): Promise<void>
  enrol(insz: string): Promise<void>
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>
  clientId(kind: string): string
  senderId(kind: string): number
  /** With these a command works on this hub. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

export const kinds = ['laboratory', 'pharmacy', 'practice', 'development'] as const

/** `settings` are those of docs/configuration.md. */
export async function openFhirWorld(settings: Readonly<Record<string, string>> = {}): Promise<FhirWorld> {
  const data = await mkdtemp(join(tmpdir(), 'sluis-fhir-'))
  const database = await createTestDatabase()
  const env = { DATABASE_URL: database.url, SLUIS_MASTER_KEY: randomBytes(32).toString('base64') }
  const config = readConfig(
    { port: 0, data, node: 'a' },
    {
      ...env,
      SLUIS_LOG: 'error',
      SLUIS_DRAIN_MS: '0',
      SLUIS_PROBE_SECONDS: '0',
      SLUIS_MLLP_PORT: '0',
      ...settings,
    },
  )
  const hub = await startHub(config, {}, () => undefined)
  await hub.ready
  const { vault } = hub.parts
  // Patient where the hub is not: while a busy machine starts it, a connection may take longer than a hub waits for one.
  const db = connect({ url: database.url, connections: 4, connectTimeout: 60_000 })
  const clients = new Map<string, KnownClient>()
  for (const kind of kinds) clients.set(kind, await knownClient(hub.url, db, kind, `Test ${kind}`))
  const ask: FhirWorld['ask'] = async (path, asked = {}) => {
    const { as, method = 'GET', body, type = 'application/fhir+json', headers = {} } = asked
    const answer = await fetch(hub.url + path, {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${clients.get(as)?.token}` }),
        ...(body === undefined ? {} : { 'content-type': type }),
        'x-sluis-purpose': 'care',
        'accept-language': 'en',
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    const read = JSON.parse(text === '' ? '{}' : text) as Body
    return { status: answer.status, body: read, text, headers: answer.headers }
  }
  const query: FhirWorld['query'] = async <Row>(text: string, values: readonly unknown[] = []) =>
    (await db.query<Row & object>({ text, values: [...values] })).rows as Row[]
  const settled = async (): Promise<void> => {
    for (let i = 0; i < 1_200; i++) {
      const rows = await query<{ n: number }>(
        `select count(*) as n from step where service = 'lab' and stage <> 'plan'`,
      )
      if (rows[0]?.n === 0) return
      await sleep(50)
    }
    throw new Error('results are not read and checked after 60 s')
  }
  const index = (insz: string): Buffer => identifierIndex(vault.keys, { scheme: 'insz', value: insz, assigner: '' }, '')
  return {
    hub,
    ask,
    query,
    settled,
    index,
    env,
    clientId: (kind) => clients.get(kind)?.clientId ?? '',
    senderId: (kind) => clients.get(kind)?.id ?? 0,
    async enrol(insz) {
      const patient = { identifier: insz, name: 'A. Peeters', monitor: 'diabetes-cvrm', from: '2015-01-01' }
      const person = { ...patient, birthDate: '1960-02-29', diagnosedOn: '2015-01-01' }
      const file = readEnrolFile(JSON.stringify({ practice: 'practice-north', patients: [person] }))
      await enrol(openCare(vault), db, file, 'test')
    },
    async hand(resource, path = '/fhir') {
      const answer = await ask(path, { as: 'laboratory', method: 'POST', body: resource })
      await settled()
      return answer
    },
    async letIn(insz, what = ['exchange', 'relation']) {
      for (const kind of what) {
        const senderId = kind === 'exchange' ? null : (clients.get('practice')?.id ?? 0)
        const from = new Date(Date.now() - 1_000)
        await insertPermission(db, { patient: index(insz), kind, senderId, from, to: null, actor: 'test' })
      }
    },
    async stop() {
      await hub.stop()
      await db.close()
      await database.drop()
      await rm(data, { recursive: true, force: true })
    },
  }
}

const ssin = 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin'

export interface Given {
  readonly insz: string
  readonly family?: string
  readonly order?: string
  readonly id?: string
  /** Of the report. */
  readonly conclusion?: string
  readonly results: readonly {
    readonly code?: string
    readonly value?: number
    readonly unit?: string
    readonly status?: string
    readonly at?: string
    readonly issued?: string
    readonly more?: Json
  }[]
}

/** A patient whose birth date is not that of the number is another patient to the checks. */
function birthDateOf(insz: string): string {
  const found = checkInsz(insz)
  return found.state === 'valid' ? found.birthDate : '1960-02-29'
}

/** A transaction Bundle of one patient with a report and its results. */
export function labBundle(given: Given, type = 'transaction'): Json {
  const { insz, family = 'Peeters', order = randomUUID(), id = randomUUID(), conclusion, results } = given
  const url = (name: string): string =>
    `urn:uuid:${id.slice(0, 24)}${Buffer.from(name.padEnd(6).slice(0, 6)).toString('hex')}`
  const post = (to: string): Json =>
    type === 'transaction' || type === 'batch' ? { request: { method: 'POST', url: to } } : {}
  const resources: [string, string, Json][] = [
    [
      'pat',
      'Patient',
      {
        identifier: [{ system: ssin, value: insz }],
        name: [{ family, given: ['An'] }],
        gender: 'female',
        birthDate: birthDateOf(insz),
      },
    ],
    [
      'rep',
      'DiagnosticReport',
      {
        identifier: [{ type: { coding: [{ code: 'FILL' }] }, value: order }],
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '11502-2' }] },
        subject: { reference: url('pat') },
        result: results.map((_, n) => ({ reference: url(`o${n}`) })),
        ...(conclusion === undefined ? {} : { conclusion }),
      },
    ],
    ...results.map((one, n): [string, string, Json] => {
      const { code = '59261-8', value = 53, unit = 'mmol/mol', status = 'final', more = {} } = one
      const { at = '2026-06-30T08:15:00+02:00', issued = '2026-06-30T14:00:00+02:00' } = one
      return [
        `o${n}`,
        'Observation',
        {
          status,
          code: { coding: [{ system: 'http://loinc.org', code, display: 'HbA1c' }] },
          subject: { reference: url('pat') },
          effectiveDateTime: at,
          issued,
          valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit },
          ...more,
        },
      ]
    }),
  ]
  return {
    resourceType: 'Bundle',
    type,
    identifier: { system: 'urn:test', value: id },
    entry: resources.map(([name, resourceType, resource]) => ({
      fullUrl: url(name),
      resource: { resourceType, ...resource },
      ...post(resourceType),
    })),
  }
}
