import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Sender } from '../store/senders.ts'
import type { DoorDeps } from '../intake/receive.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import { pickLanguage } from '../kernel/language.ts'
import type { Log } from '../kernel/log.ts'
import { noRoom, type Admission } from './admit.ts'
import type { Drain } from './drain.ts'
import { ofRooms, unforeseen } from './failures.ts'
import { takeMessage } from './messages.ts'
import { problemAnswer } from './problem-answer.ts'
import { WholeRequest } from './whole-request.ts'

export interface StraightDeps {
  readonly access: Admission['access']
  readonly room: Admission['room']
  readonly door: DoorDeps
  readonly drain: Drain
  readonly log: Log
  readonly largestMessage: number
  readonly onAnswered: (status: number, milliseconds: number) => void
  readonly onTurnedAway: (code: string, senderId: number, contentType: string) => void
}

/**
 * Takes plain messages past the router. A route costs a router's look-up, hooks, a body parser and a reply object, a sixth
 * of the node's CPU for a message. The server below is the same, with its limits on time and size; whatever is not plain (a
 * body in chunks, packed, of unknown or too great length, one that waits to be asked for, a type with more than a charset, a node that is leaving) goes the
 * router's way and is answered there.
 */
export function goStraight(server: FastifyInstance, deps: StraightDeps): void {
  const [routed] = server.server.listeners('request') as RequestListener[]
  if (routed === undefined) throw new Error('the server has no router yet')
  server.server.removeAllListeners('request')
  server.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const goesStraight = isPlain(request, deps.largestMessage) && !deps.drain.draining()
    if (request instanceof WholeRequest && goesStraight) takeStraight(request, response, deps)
    else routed(request, response)
  })
}

const plainType = /^application\/[a-z0-9.+-]+(?:; ?charset=utf-8)?$/i

function isPlain({ method, url, headers }: IncomingMessage, largest: number): boolean {
  if (url !== '/messages' || method !== 'POST') return false
  if (headers['transfer-encoding'] !== undefined || headers['content-encoding'] !== undefined) return false
  if (headers.host === undefined || headers.expect !== undefined) return false
  const length = headers['content-length']
  // Node has refused what is no number; what is too long is refused by the router before it is read.
  return length !== undefined && Number(length) <= largest && plainType.test(headers['content-type'] ?? '')
}

function takeStraight(request: WholeRequest, response: ServerResponse, deps: StraightDeps): void {
  const began = performance.now()
  const { headers } = request
  let sender: Sender | null = null
  const write = (status: number, head: Readonly<Record<string, string>>, body: string): void => {
    const length = Buffer.byteLength(body)
    const last = deps.drain.draining() ? { connection: 'close' } : {}
    response.writeHead(status, { ...head, ...last, 'content-length': length })
    // The same bytes, and the engine need not look at each of them again.
    response.end(body, length === body.length ? 'latin1' : 'utf8')
    deps.onAnswered(status, performance.now() - began)
  }
  const turnAway = (code: ErrorCode): void => deps.onTurnedAway(code, sender?.id ?? 0, headers['content-type'] ?? '')
  const refuse = (error: unknown): void => {
    const known = ofRooms(error) ?? unforeseen(deps.log, error, { ...place, request: `message-${(failures += 1)}` })
    turnAway(known.code)
    const language = pickLanguage(headers['accept-language'], sender?.language)
    const told = problemAnswer(known, { url: place.route, route: place.route, language })
    write(told.status, told.headers, told.body)
  }
  // Its sender went away, or was too slow and has been told so, before the message was whole: nobody is left to answer.
  const brokenOff = (): void => {
    turnAway('request-malformed')
    deps.onAnswered(400, performance.now() - began)
  }
  const take = async (known: Sender, bytes: Buffer): Promise<void> => {
    try {
      const answer = await takeMessage(deps.door, known, { headers, bytes })
      write(answer.status, answer.headers, answer.body)
    } catch (error) {
      refuse(error)
    }
  }
  // Not a byte of the body is kept before this: that of a stranger is read past.
  const read = (known: Sender): void => {
    if (request.destroyed) return brokenOff()
    sender = known
    const leave = deps.room.take(known.id, Number(headers['content-length']))
    if (leave === null) return refuse(noRoom())
    response.once('close', leave)
    request.takeWhole((bytes) => void take(known, bytes))
    request.on('error', brokenOff)
  }
  response.once('close', deps.drain.enter())
  try {
    const verified = deps.access.verifyAccess(headers.authorization)
    if (verified instanceof Promise) verified.then(read, refuse)
    else read(verified)
  } catch (error) {
    refuse(error)
  }
}

const place = { method: 'POST', route: '/messages' } as const
let failures = 0
