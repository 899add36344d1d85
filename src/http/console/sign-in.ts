import type { FastifyInstance, FastifyRequest } from 'fastify'
import { writeCookie } from '../../access/cookies.ts'
import { requireFormToken } from '../../access/sessions.ts'
import { SluisError } from '../../kernel/errors.ts'
import { addresses, withQuery } from '../../web/addresses.ts'
import { signInPage } from '../../web/pages/sign-in.tsx'
import type { ConsoleDeps } from './deps.ts'
import { ownPath, queryText, readForm } from './forms.ts'
import { asLanguage, asTheme, languageCookie, readerView, themeCookie } from './reader.ts'
import { sendPage } from './screens.ts'

const limited = { config: { action: 'sign-in' as const }, bodyLimit: 16_384 }

/** Signing in and out, and the choices of language and theme. */
export function signInRoutes(server: FastifyInstance, deps: ConsoleDeps): void {
  const { way, sessions } = deps

  server.get(addresses.signIn, limited, async (request, reply) => {
    const session = await sessions.find(request.headers.cookie).catch(() => null)
    const next = ownPath(queryText(request.query, 'next'))
    if (session !== null) return reply.redirect(next, 303)
    return sendPage(reply, pageFor(deps, request, { name: '', mismatch: false, next }))
  })

  server.post(addresses.signIn, limited, async (request, reply) => {
    if (way.state !== 'local') throw new SluisError('not-found', { path: addresses.signIn })
    const form = readForm(request.body)
    const [name, next] = [form.text('name'), ownPath(form.text('next'))]
    try {
      const person = await way.signIn({ login: name, password: form.text('password'), address: request.ip })
      return await reply.header('set-cookie', await sessions.begin(person)).redirect(next, 303)
    } catch (error) {
      if (!(error instanceof SluisError) || error.code !== 'sign-in-refused') throw error
      return sendPage(reply.code(401), pageFor(deps, request, { name, mismatch: true, next }))
    }
  })

  server.get(addresses.openId, limited, async (request, reply) => {
    if (way.state !== 'provider') throw new SluisError('not-found', { path: addresses.openId })
    const { url, cookie } = await way.provider.begin(ownPath(queryText(request.query, 'next')))
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

function pageFor(
  { way, now }: ConsoleDeps,
  request: FastifyRequest,
  data: { name: string; mismatch: boolean; next: string },
): string {
  return signInPage(readerView(request, null, now()), {
    ...data,
    local: way.state === 'local',
    openId: way.state === 'provider' ? way.name : null,
    hint: way.state === 'local' && way.embedded,
  })
}
