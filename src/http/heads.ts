import type { FastifyInstance, FastifyRequest } from 'fastify'
import { SluisError } from '../kernel/errors.ts'

/**
 * Answers what Node would answer by itself with a bare status, or too early: a request without a host (RFC 9112 section
 * 3.2), one that expects something unknown, and one that waits to be told to go on (RFC 9110 section 10.1.1). That is told
 * only to who may come in with a body of that length: whoever is refused has not sent it in vain.
 */
export function answerHeads(server: FastifyInstance): void {
  for (const event of ['checkContinue', 'checkExpectation'] as const)
    server.server.on(event, (request, response) => server.server.emit('request', request, response))
  server.addHook('onRequest', (request, _reply, done) => done(wrongHead(request)))
  server.addHook('preParsing', (request, reply, payload, done) => {
    if (waits(request) && mayGoOn(request)) reply.raw.writeContinue()
    done(null, payload)
  })
}

function wrongHead(request: FastifyRequest): SluisError | undefined {
  const { host, expect } = request.headers
  if (!isHttp11(request)) return undefined
  if (host === undefined) return new SluisError('request-malformed', { why: 'Host' })
  if (expect !== undefined && !waits(request)) return new SluisError('expectation-unknown')
  return undefined
}

/** Before HTTP/1.1 there is neither a host nor anything to expect. */
const isHttp11 = ({ raw }: FastifyRequest): boolean => raw.httpVersionMajor === 1 && raw.httpVersionMinor === 1

const waits = (request: FastifyRequest): boolean =>
  request.headers.expect?.toLowerCase() === '100-continue' && isHttp11(request)

const mayGoOn = ({ headers, routeOptions }: FastifyRequest): boolean =>
  Number(headers['content-length'] ?? 0) <= routeOptions.bodyLimit
