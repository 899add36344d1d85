import { randomBytes } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { personRoles, type PersonRole } from '../../src/access/rights.ts'
import { startNeighbours } from '../../src/commands/neighbours.ts'
import { readConfig } from '../../src/config.ts'
import { sampleForm, type SampleKind } from '../../src/formats/eform/sample.ts'
import { makeHttp } from '../../src/http/http.ts'
import { addConsole } from '../../src/hub/console.ts'
import { nodeHealth } from '../../src/hub/node-health.ts'
import { trace } from '../../src/ledger/trace.ts'
import { startHub, type Hub } from '../../src/main.ts'
import { knownClient } from '../support/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { signIn } from '../support/sign-in.ts'

/** The name of the pharmacy of these tests: what stands in it must stay text on every screen. */
export const plantedName = `De "Lelie" <img src=x onerror=alert(1)>`

/** A hub with its neighbours, an account for each role, and a pharmacy that can send. */
export interface World {
  readonly hub: Hub
  /** Sends a fresh form, a negative test unless told; the answer is its receipt and what was sent. */
  send(
    kind: SampleKind,
    positiveShare?: number,
  ): Promise<{ receipt: string; messageId: string; familyName: string; status: number }>
  /** What `GET /messages/{receipt}` answers its sender. */
  asSender(receipt: string): Promise<{ readonly records: readonly { readonly certificate?: { hc1: string } }[] }>
  /** The client id of that sender, and its token. */
  readonly clientId: string
  readonly token: string
  /** Waits until a record of the message is acknowledged and certified. */
  certified(receipt: string): Promise<void>
  /** The `Cookie` header of somebody of that role who signed in by the form. */
  readonly cookies: Readonly<Record<PersonRole, string>>
  readonly passwords: Readonly<Record<PersonRole, string>>
  readonly secret: string
  routes(): Promise<Routes>
  stop(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const data = await mkdtemp(join(tmpdir(), 'sluis-console-'))
  const database = await createTestDatabase()
  const neighbours = await startNeighbours({
    hubs: [],
    data: join(data, 'neighbours'),
    only: ['sciensano', 'digitaal-vlaanderen', 'vaccinnet'],
    say: () => undefined,
  })
  const places = Object.entries(neighbours.ports)
  const config = readConfig(
    { port: 0, data, node: 'a' },
    {
      DATABASE_URL: database.url,
      SLUIS_MASTER_KEY: randomBytes(32).toString('base64'),
      SLUIS_LOG: 'error',
      SLUIS_DRAIN_MS: '0',
      SLUIS_PROBE_SECONDS: '0',
    },
  )
  const around = {
    urls: Object.fromEntries(places.map(([name, place]) => [name, place.url])),
    secrets: Object.fromEntries(places.map(([name, place]) => [name, place.secret])),
  }
  const hub = await startHub(config, around, () => undefined)
  await hub.ready
  const passwords = { operator: 'operator-secret', helper: 'helper-secret', reader: 'reader-secret' }
  const { token, clientId } = await knownClient(hub.url, hub.parts.db, 'pharmacy', plantedName)
  const cookies = { operator: '', helper: '', reader: '' }
  for (const role of personRoles) cookies[role] = await signIn(hub.url, hub.parts.db, role, role, 'nl')
  const send: World['send'] = async (kind, positiveShare = 0) => {
    const form = sampleForm(kind, { random: Math.random, at: new Date(), positiveShare })
    const answer = await fetch(`${hub.url}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(form),
    })
    const { receipt = '' } = (await answer.json()) as { receipt?: string }
    return { receipt, messageId: form.messageId, familyName: form.patient.familyName, status: answer.status }
  }
  return {
    hub,
    send,
    clientId,
    token,
    async asSender(receipt) {
      const answer = await fetch(`${hub.url}/messages/${receipt}`, { headers: { authorization: `Bearer ${token}` } })
      return (await answer.json()) as Awaited<ReturnType<World['asSender']>>
    },
    cookies,
    passwords,
    secret: neighbours.ports.sciensano?.secret ?? '',
    async certified(receipt) {
      // Past the API: what a sender is given of a certificate is a line of the access log.
      for (let i = 0; i < 300; i++) {
        const found = await trace(hub.parts, receipt)
        if (found?.state === 'message' && found.records[0]?.certificates.length) return
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      throw new Error(`${receipt} has no certificate after 30 s`)
    },
    routes: () => routesOf(hub),
    async stop() {
      await hub.stop()
      await neighbours.stop()
      await database.drop()
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** Every route a node has, as fastify was told of it: those of the machine API, and the screens. */
interface Routes {
  readonly machine: readonly RouteOptions[]
  readonly screens: readonly RouteOptions[]
}

async function routesOf({ parts }: Hub): Promise<Routes> {
  const found: RouteOptions[] = []
  let machine = 0
  // Fastify tells of a server at its making: the only moment before its first route.
  const listen = (told: unknown) => {
    ;(told as { fastify: FastifyInstance }).fastify.addHook('onRoute', (route) => void found.push(route))
  }
  const health = () => nodeHealth(parts, false)
  const turnedAway = { count: () => undefined, flush: async () => undefined, stop: async () => undefined }
  subscribe('fastify.initialization', listen)
  const own = { door: null, turnedAway, node: 'a', largestMessage: 1_000, publicUrls: [], trustedProxies: [], health }
  const { server } = makeHttp({ ...parts, ...own }, (all) => {
    machine = found.length
    addConsole(all, parts, health, () => 'http://127.0.0.1')
  })
  unsubscribe('fastify.initialization', listen)
  await server.ready()
  await server.close()
  return { machine: found.slice(0, machine), screens: found.slice(machine) }
}
