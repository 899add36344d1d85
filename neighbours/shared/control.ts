import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseJson, readBody, sendJson } from './http.ts'

/** One call of a control port: gets the parsed body (undefined without one) and the query, gives the answer's body. */
export type ControlCall = (body: unknown, query: URLSearchParams, response: ServerResponse) => unknown

/** A wrong use of the control port; its text is the answer. */
export class WrongUse extends Error {}

/**
 * Makes the handler of a control port from its calls, named as `PUT /control/faults`. A call that answers by itself (a
 * stream of lines) gives back undefined.
 */
export function controlHandler(calls: Readonly<Record<string, ControlCall>>) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
    const call = calls[`${request.method} ${path}`]
    if (!call) {
      request.resume()
      sendJson(response, 404, { error: `there is no ${request.method} ${path}`, calls: Object.keys(calls) })
      return
    }
    readBody(request, response, (bytes) => {
      const body = bytes.length === 0 ? undefined : parseJson(bytes)
      void answer(call, body, new URLSearchParams(query), response)
    })
  }
}

async function answer(
  call: ControlCall,
  body: unknown,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  try {
    const result = await call(body, query, response)
    if (result !== undefined) sendJson(response, 200, result)
  } catch (error) {
    if (response.headersSent) response.destroy()
    else sendJson(response, error instanceof WrongUse ? 400 : 500, { error: String(error) })
  }
}
