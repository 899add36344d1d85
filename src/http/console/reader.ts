import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { readCookie } from '../../access/cookies.ts'
import type { Session } from '../../access/sessions.ts'
import { languages, pickLanguage, type Language } from '../../kernel/language.ts'
import { version } from '../../kernel/version.ts'
import { assetsVersion, loadAssets } from '../../web/assets.ts'
import { viewOf, type ThemeChoice, type View } from '../../web/view.ts'

const assets = assetsVersion(loadAssets())

export const languageCookie = 'sluis_language'
export const themeCookie = 'sluis_theme'

const themes: readonly ThemeChoice[] = ['auto', 'light', 'dark']

export const asLanguage = (text: unknown): Language | undefined => languages.find((language) => language === text)

export const asTheme = (text: unknown): ThemeChoice | undefined => themes.find((theme) => theme === text)

/** The language of a reader: what the address says, then the choice made before, then the browser's wish. */
export function languageOfReader(request: FastifyRequest, session: Session | null): Language {
  const { lang } = request.query as { lang?: unknown }
  return (
    asLanguage(lang) ??
    asLanguage(readCookie(request.headers.cookie, languageCookie)) ??
    pickLanguage(request.headers['accept-language'], session?.person.language ?? 'nl')
  )
}

/** What a page knows of its reader. */
export function readerView(request: FastifyRequest, session: Session | null, now: Date): View {
  return viewOf({
    language: languageOfReader(request, session),
    theme: asTheme(readCookie(request.headers.cookie, themeCookie)) ?? 'auto',
    address: request.url.slice(0, 2_000),
    now: now.toISOString(),
    hub: 'Sluis',
    version,
    assets,
    person: session === null ? null : { name: session.person.name, role: session.person.role },
    token: session?.formToken ?? '',
    form: randomUUID(),
    banner: null,
  })
}
