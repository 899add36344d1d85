import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { SluisError, type ErrorCode } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import { answerBroken } from './broken-request.ts'
import { idle } from './drain.ts'
import { ofRooms, unforeseen } from './failures.ts'
import { answerHeads } from './heads.ts'
import { makeRefuseAddress, refuseAddress } from './methods.ts'
import { problemAnswer } from './problem-answer.ts'
import { offeredTo } from './offered.ts'
import { languageOf } from './sender-of.ts'
import { WholeRequest } from './whole-request.ts'

export interface ServerOptions {
  /** Told to who sends another type, or one that cannot be read. */
  readonly acceptedTypes: readonly string[]
  readonly log: Log
  /** Whose word is taken for where a request comes from (X-Forwarded-For, -Proto, -Host). */
  readonly trustedProxies: readonly string[]
  /** Told of every refusal before custody, with its code (law 4: counted as turned away). */
  readonly onTurnedAway: (request: FastifyRequest, code: string) => void
}

/** What is read of anybody, in bytes; only routes that know their sender first read more. */
const smallBody = 65_536

/**
 * The HTTP server without routes: limits on size and time, bodies as bytes, errors as `application/problem+json`.
 * A slow sender is cut off, a large one refused before it is read; neither costs more than its own buffer.
 */
export function makeServer(options: ServerOptions): FastifyInstance {
  const server = fastify({
    bodyLimit: smallBody,
    requestTimeout: 30_000,
    connectionTimeout: 0,
    keepAliveTimeout: idle.toldMilliseconds,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: 'idle',
    logger: false,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    // Node looks for slow senders every half minute unless told otherwise: a limit of 15 s would then be one of 45.
    http: {
      maxHeaderSize: 16_384,
      headersTimeout: 15_000,
      connectionsCheckingInterval: 2_000,
      // Refused below, in words.
      requireHostHeader: false,
      IncomingMessage: WholeRequest,
    },
    clientErrorHandler: answerBroken,
    // An address that cannot be read reaches no route and no error handler.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      answerError(options, error, request, reply),
    return503OnClosing: true,
  } as Parameters<typeof fastify>[0]) as unknown as FastifyInstance
  server.removeAllContentTypeParsers()
  // Bytes are kept as they came; whoever needs text parses it once.
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  answerHeads(server)
  server.addHook('onRequest', (request, reply, done) => done(asCoded(request, reply)))
  server.setErrorHandler((error, request, reply) => answerError(options, error, request, reply))
  const refused = makeRefuseAddress(server)
  server.decorate(refuseAddress, refused)
  server.setNotFoundHandler((request, reply) => sendProblem(request, reply, refused(request, reply)))
  return server
}

/** The hash of a receipt is over the bytes as they came, so nothing is unpacked here: a coded body is refused before it is read. */
function asCoded(request: FastifyRequest, reply: FastifyReply): SluisError | undefined {
  const coding = request.headers['content-encoding']
  if (coding === undefined || coding === '' || coding.toLowerCase() === 'identity') return undefined
  void reply.header('accept-encoding', 'identity').header('connection', 'close')
  return new SluisError('content-coded', { coding: coding.slice(0, 40) })
}

const ofFastify: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'message-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'content-type-unknown',
  FST_ERR_CTP_EMPTY_TYPE: 'content-type-missing',
}

function toSluisError(options: ServerOptions, error: unknown, request: FastifyRequest): SluisError {
  const failed = { method: request.method, route: request.routeOptions.url, request: request.id }
  return ofRooms(error) ?? ofServer(options, error, request) ?? unforeseen(options.log, error, failed)
}

function ofServer(options: ServerOptions, error: unknown, request: FastifyRequest): SluisError | null {
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  const known = code === undefined ? undefined : ofFastify[code]
  if (known === 'message-too-large') {
    const what = offeredTo(request) === null ? 'request-too-large' : known
    return new SluisError(what, { limit: request.routeOptions.bodyLimit })
  }
  if (known !== undefined) {
    const type = (request.headers['content-type'] ?? '').trim().slice(0, 60)
    return new SluisError(type === '' ? 'content-type-missing' : known, {
      type,
      accepted: options.acceptedTypes.join(', '),
    })
  }
  if (statusCode !== undefined && statusCode < 500)
    return new SluisError('request-malformed', { why: code ?? `status ${statusCode}` })
  return null
}

function answerError(options: ServerOptions, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = toSluisError(options, error, request)
  options.onTurnedAway(request, known.code)
  sendProblem(request, reply, known)
}

/** Answers with the problem of an error in the reader's language; under `/fhir` it is an OperationOutcome. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: SluisError): void {
  const asked = { url: request.url, route: request.routeOptions.url, language: languageOf(request) }
  const { status, headers, body } = problemAnswer(error, asked)
  void reply.code(status).headers(headers).send(body)
}
