import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { errorRow, errorText, SluisError } from '../../kernel/errors.ts'
import { isDatabaseAway } from '../../store/connect.ts'
import { noticePage, type Notice } from '../../web/pages/notice.tsx'
import { sendProblem } from '../server.ts'
import type { ConsoleDeps } from './deps.ts'
import { readerView } from './reader.ts'
import { isForPeople, sendPage } from './screens.ts'
import { signInAddress } from './sign-in.ts'

/** Answers an error to a person: where to sign in, who may do it, or what is so; to a machine as a problem. */
export async function refuse(
  deps: ConsoleDeps,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const known = toSluisError(deps, error, request)
  const forPeople = isForPeople(request)
  if (known.code === 'session-missing' && request.method === 'GET' && forPeople) {
    return reply.redirect(signInAddress(request), 303)
  }
  if (!forPeople) {
    sendProblem(request, reply, known)
    return reply
  }
  const session = await deps.sessions.find(request.headers.cookie).catch(() => null)
  const view = readerView(request, session, deps.now())
  const { status } = errorRow(known.code)
  if (status === 503 || status === 429) void reply.header('retry-after', known.params['seconds'] ?? 30)
  const state = noticeOf(known.code, status)
  const sentence = state === 'refused' ? errorText(known.code, known.params, view.language) : null
  return sendPage(reply.code(status), noticePage(view, { state, sentence, code: known.code }))
}

function noticeOf(code: SluisError['code'], status: number): Notice['state'] {
  if (code === 'not-found') return 'not-found'
  if (code === 'right-missing') return 'forbidden'
  return code === 'database-away' || status === 500 ? 'unavailable' : 'refused'
}

function toSluisError({ log }: ConsoleDeps, error: unknown, request: FastifyRequest): SluisError {
  if (error instanceof SluisError) return error
  if (isDatabaseAway(error)) return new SluisError('database-away', { seconds: 5 }, { cause: error })
  const { statusCode, code } = error as FastifyError
  if (statusCode !== undefined && statusCode < 500) return new SluisError('request-malformed', { why: code })
  log.error('screen-failed', { method: request.method, route: request.routeOptions.url, request: request.id }, error)
  return new SluisError('unexpected', { trace: request.id }, { cause: error })
}
