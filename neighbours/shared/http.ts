import type { IncomingMessage, ServerResponse } from 'node:http'

/** The most a neighbour reads of one request, in bytes. */
export const bodyLimit = 1_048_576

/** Reads a body whole and hands it on; over the limit the answer is 413 and `use` is not called. */
export function readBody(request: IncomingMessage, response: ServerResponse, use: (body: Buffer) => void): void {
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= bodyLimit) {
      chunks.push(chunk)
      return
    }
    request.removeAllListeners('data').resume()
    response.setHeader('connection', 'close')
    if (!response.headersSent) sendJson(response, 413, { error: `a body is ${bodyLimit} bytes at most` })
  })
  request.on('end', () => {
    if (length <= bodyLimit) use(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
  })
}

/** Answers with JSON, in one write. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers: HeaderList = []): void {
  const text = JSON.stringify(body)
  const length = Buffer.byteLength(text)
  response.writeHead(status, ['content-type', 'application/json', 'content-length', String(length), ...headers])
  // Plain ASCII needs no encoding, and most answers are that.
  response.end(text, length === text.length ? 'latin1' : 'utf8')
}

/** Names and values in turn, as `writeHead` takes them. */
export type HeaderList = readonly string[]

/** The value of a JSON text, or undefined when it is not JSON. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
