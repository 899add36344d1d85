import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { writeCookie } from '../../access/cookies.ts'
import { requireFormToken } from '../../access/sessions.ts'
import { errorRow, errorText, SluisError, type ErrorCode } from '../../kernel/errors.ts'
import { addresses, withQuery } from '../../web/addresses.ts'
import { signInPage } from '../../web/pages/sign-in.tsx'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'
import { longestPath, ownPath, queryText, readForm } from './forms.ts'
import { asLanguage, asTheme, languageCookie, readerView, themeCookie } from './reader.ts'
import { isForPeople, sendPage } from './screens.ts'

const limited = { config: { action: 'sign-in' as const }, bodyLimit: 16_384 }

/** Refusals after which the form is shown again, with what was wrong or how long to wait. */
const askedAgain: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['sign-in-refused', 'sign-in-wait', 'sign-in-busy'])

/** Signing in and out, and the choices of language and theme. */
export function signInRoutes(server: FastifyInstance, deps: ConsoleDeps): void {
  const { way, sessions } = deps

  server.get(addresses.signIn, limited, async (request, reply) => {
    const session = await sessions.find(request.headers.cookie).catch(() => null)
    const next = ownPath(queryText(request.query, 'next', longestPath))
    if (session !== null) return reply.redirect(next, 303)
    return sendPage(reply, pageFor(deps, request, { name: '', fault: null, next }))
  })

  server.post(addresses.signIn, limited, async (request, reply) => {
    if (way.state !== 'local') throw new SluisError('not-found', { path: addresses.signIn })
    const form = readForm(request.body)
    const [name, next] = [form.text('name'), ownPath(form.text('next'))]
    try {
      const person = await way.signIn({ login: name, password: form.text('password'), address: request.ip })
      return await reply.header('set-cookie', await sessions.begin(person)).redirect(next, 303)
    } catch (error) {
      if (!(error instanceof SluisError) || !askedAgain.has(error.code) || !isForPeople(request)) throw error
      return sendPage(refused(reply, error), pageFor(deps, request, { name, fault: error, next }))
    }
  })

  server.get(addresses.openId, limited, async (request, reply) => {
    if (way.state !== 'provider') throw new SluisError('not-found', { path: addresses.openId })
    const { url, cookie } = await way.provider.begin(ownPath(queryText(request.query, 'next', longestPath)))
    return reply.header('set-cookie', cookie).redirect(url, 303)
  })

  server.get(`${addresses.openId}/back`, limited, async (request, reply) => {
    if (way.state !== 'provider') throw new SluisError('not-found', { path: addresses.openId })
    const query = request.url.split('?')[1] ?? ''
    const { person, returnTo, cookie } = await way.provider.finish(query, request.headers.cookie)
    return reply.header('set-cookie', [cookie, await sessions.begin(person)]).redirect(returnTo, 303)
  })

  server.post(addresses.signOut, limited, async (request, reply) => {
    const session = await sessions.find(request.headers.cookie)
    if (session !== null) requireFormToken(session, readForm(request.body).text('token'))
    const cookie = await sessions.end(request.headers.cookie)
    return reply.header('set-cookie', cookie).redirect(addresses.signIn, 303)
  })

  preferenceRoute(server, deps)
}

/** Language and theme are a choice of this browser; they need no account. */
function preferenceRoute(server: FastifyInstance, deps: ConsoleDeps): void {
  server.post(addresses.preferences, limited, async (request, reply) => {
    const form = readForm(request.body)
    const [language, theme] = [asLanguage(form.text('language')), asTheme(form.text('theme'))]
    const keep = { secure: deps.secure, seconds: 31_536_000 }
    const cookies = [
      ...(language === undefined ? [] : [writeCookie(languageCookie, language, keep)]),
      ...(theme === undefined ? [] : [writeCookie(themeCookie, theme, keep)]),
    ]
    // A language in the address would go on winning over the choice just made.
    const back = withQuery(ownPath(form.text('back')), language === undefined ? {} : { lang: null })
    return reply.header('set-cookie', cookies).redirect(back, 303)
  })
}

/** Where somebody who is not signed in is sent, to come back afterwards. */
export function signInAddress(request: FastifyRequest): string {
  const wanted = ownPath(request.url)
  return wanted === '/' ? addresses.signIn : withQuery(addresses.signIn, { next: wanted })
}

function refused(reply: FastifyReply, { code, params }: SluisError): FastifyReply {
  if (params['seconds'] !== undefined) void reply.header('retry-after', params['seconds'])
  return reply.code(errorRow(code).status)
}

const sentenceOf = ({ t, language }: View, { code, params }: SluisError): string =>
  code === 'sign-in-refused' ? t.signIn.mismatch : errorText(code, params, language)

function pageFor(
  { way, now }: ConsoleDeps,
  request: FastifyRequest,
  { fault, ...data }: { name: string; fault: SluisError | null; next: string },
): string {
  const view = readerView(request, null, now())
  return signInPage(view, {
    ...data,
    fault: fault === null ? null : sentenceOf(view, fault),
    local: way.state === 'local',
    openId: way.state === 'provider' ? way.name : null,
    hint: way.state === 'local' && way.embedded,
  })
}
