import type { FastifyInstance } from 'fastify'
import { verifyWebhook } from '../access/webhook-signature.ts'
import { acknowledge, readCallback } from '../delivery/acknowledge.ts'
import { SluisError } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import type { Database } from '../store/connect.ts'

export interface AcknowledgementRoutes {
  readonly db: Database
  readonly log: Log
  readonly node: string
  readonly destinations: readonly { readonly name: string; readonly secret: string }[]
}

/**
 * `POST /acknowledgements`: what a destination says of a delivery on its own account, signed with its secret (Standard
 * Webhooks). Answers 204 for every word that is genuine, also for one that fits nothing: that is written down, and sending
 * it again would not make it fit.
 */
export function acknowledgementRoutes(server: FastifyInstance, deps: AcknowledgementRoutes): void {
  server.post('/acknowledgements', { bodyLimit: 65_536 }, async (request, reply) => {
    const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''
    const body = readJson(text)
    const destination = deps.destinations.find(({ name }) => name === nameOf(body))
    const secrets = destination === undefined || destination.secret === '' ? [] : [destination.secret]
    const check = verifyWebhook(secrets, request.headers, text)
    if (destination === undefined || check.state === 'refused') throw new SluisError('acknowledgement-not-genuine')
    const said = readCallback(destination.name, body)
    if (said === null) throw new SluisError('request-malformed', { why: 'deliveryId, state' })
    const { state } = await acknowledge(deps.db, said, deps.node)
    if (state === 'unmatched') deps.log.warn('acknowledgement-unmatched', { destination: destination.name })
    return reply.code(204).send()
  })
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

function nameOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['destination'] : undefined
}
