import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { requireRight, type Action } from '../../access/rights.ts'
import { requireFormToken, type Session } from '../../access/sessions.ts'
import { SluisError } from '../../kernel/errors.ts'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'
import { readForm, type Form } from './forms.ts'
import { makeOnce } from './once.ts'
import { readerView } from './reader.ts'

/** One visit of somebody who has signed in and may be here. */
export interface Visit {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly session: Session
  readonly view: View
}

/** A page as text, or an answer that the handler has sent itself. */
export type Shown = string | FastifyReply

/** Adds screens to a server; no screen without the right it takes. */
export interface Screens {
  show(path: string, action: Action, page: (visit: Visit) => Promise<Shown>): void
  /** An act: its form is checked, posted twice it is done once. Answers with a page, or the address to go on to. */
  act(path: string, action: Action, work: (visit: Visit, form: Form) => Promise<Done>): void
}

/** Where an act leads: on to an address, or to a page that says what is missing; `refusal` says it to a machine. */
export type Done =
  | { readonly state: 'done'; readonly to: string }
  | { readonly state: 'asks'; readonly page: string; readonly refusal: SluisError }

const formLimit = 16_384

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The right a screen takes. */
    action?: Action
  }
}

export function makeScreens(server: FastifyInstance, deps: ConsoleDeps): Screens {
  const once = makeOnce<Done>(deps.now, ({ state }) => state === 'done')
  const options = (action: Action): RouteShorthandOptions => ({ config: { action }, bodyLimit: formLimit })
  const enter = async (request: FastifyRequest, reply: FastifyReply, action: Action): Promise<Visit> => {
    const session = await deps.sessions.find(request.headers.cookie)
    requireRight(session?.person.role ?? 'nobody', action)
    if (session === null) throw new SluisError('session-missing')
    return { request, reply, session, view: readerView(request, session, deps.now()) }
  }
  return {
    show(path, action, page) {
      server.get(path, options(action), async (request, reply) =>
        sendPage(reply, await page(await enter(request, reply, action))),
      )
    },
    act(path, action, work) {
      server.post(path, options(action), async (request, reply) => {
        const visit = await enter(request, reply, action)
        const form = readForm(request.body)
        requireFormToken(visit.session, form.text('token'))
        const done = await once(postKey(visit), () => work(visit, form))
        if (done.state === 'done') return reply.redirect(done.to, 303)
        if (!isForPeople(request)) throw done.refusal
        return sendPage(reply.code(422), done.page)
      })
    },
  }
}

/**
 * What makes two posts one: the same person, address and fields, the id of the rendered form among them. A page holds
 * several forms with one id, and a form that is filled in anew is another post.
 */
function postKey({ session, request: { url, body } }: Visit): string {
  const fields = createHash('sha256').update(Buffer.isBuffer(body) ? body : '')
  return `${session.person.id} ${url} ${fields.digest('base64')}`
}

/** Whether who asks reads pages; a machine gets problem documents. */
export const isForPeople = ({ headers }: FastifyRequest): boolean => (headers.accept ?? '').includes('text/html')

/** Sends a page of the console; it is about patients or about the state of now, so nobody keeps it. */
export function sendPage(reply: FastifyReply, page: Shown): FastifyReply {
  if (typeof page !== 'string') return page
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('vary', 'cookie, accept-language')
    .send(page)
}
