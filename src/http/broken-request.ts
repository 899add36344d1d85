import type { Socket } from 'node:net'
import { SluisError, toProblem } from '../kernel/errors.ts'

const statuses: Readonly<Record<string, 408 | 431>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }
const reasons = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' } as const

/**
 * Answers bytes that are no HTTP request, too slow or with too large a head: a problem like any other, and the end of the
 * connection. No route ever sees these, so the answer is written here, in the hub's own words and none of the sender's.
 */
export function answerBroken(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = statuses[error.code ?? ''] ?? 400
  const problem = toProblem(new SluisError('request-malformed', { why: error.code ?? 'unknown' }), 'en')
  // A slow line may be faster next time; a broken request stays broken.
  const body = JSON.stringify({ ...problem, status, temporary: status === 408 })
  socket.end(
    `HTTP/1.1 ${status} ${reasons[status]}\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
