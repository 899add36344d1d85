import type { ComponentChildren } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { languages } from '../../kernel/language.ts'
import { addresses } from '../addresses.ts'
import { serviceWords } from '../texts/words.ts'
import type { Banner as BannerData, ThemeChoice, View } from '../view.ts'
import { roleWords } from '../texts/words.ts'
import { Chip } from './chip.tsx'
import { Guard } from './form.tsx'
import { Icon, Mark, Sprite } from './icon.tsx'
import { Keys } from './keys.tsx'

/** Which shell: the console with its navigation, or one plain sheet (sign-in, certificate on a phone). */
export interface PageFrame {
  /** The sentence of the page, also the start of the title. */
  readonly title: string
  /** Path of the navigation entry this page belongs to. */
  readonly section?: string
  readonly plain?: boolean
}

/**
 * A whole page as text.
 *
 * @example page(view, { title: 'Trace' }, <h1>Trace</h1>) // '<!doctype html><html lang="en"...'
 */
export function page(view: View, frame: PageFrame, main: ComponentChildren): string {
  return `<!doctype html>${renderToString(
    <html lang={view.language} data-theme={view.theme === 'auto' ? undefined : view.theme}>
      <Head view={view} title={frame.title} />
      <body data-now={view.now}>
        <Sprite />
        <a class="skip" href="#main">
          {view.t.skip}
        </a>
        <Bar view={view} frame={frame} />
        <div class="sheet">
          {view.banner !== null && <Banner view={view} banner={view.banner} />}
          <main id="main" tabindex={-1}>
            {main}
          </main>
        </div>
        <Foot view={view} />
        <output class="said" id="said" />
        {view.person !== null && <Keys view={view} />}
      </body>
    </html>,
  )}`
}

/** A fragment as text, for the live stream. */
export function fragment(part: ComponentChildren): string {
  return renderToString(<>{part}</>)
}

function Head({ view, title }: { view: View; title: string }) {
  const asset = (name: string) => addresses.asset(name, view.assets)
  return (
    <head>
      <meta charset="utf-8" />
      <title>{`${title} – ${view.hub}`}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta
        name="htmx-config"
        content='{"includeIndicatorCSS":false,"history":false,"defaultSwap":"innerMorph","morphIgnore":["data-htmx-powered","open"],"sse":{"reconnectMaxDelay":4000,"connectTimeout":10000}}'
      />
      <link rel="icon" href={asset('mark.svg')} type="image/svg+xml" />
      <link rel="preload" href="/static/atkinson.woff2" as="font" type="font/woff2" crossorigin="anonymous" />
      <link rel="stylesheet" href={asset('sluis.css')} />
      {['htmx.js', 'live.js', 'copy.js', 'keys.js'].map((name) => (
        <script key={name} defer src={asset(name)} />
      ))}
    </head>
  )
}

function Bar({ view, frame }: { view: View; frame: PageFrame }) {
  const { t } = view
  return (
    <header class="bar">
      <div class="bar-in">
        <a class="brand" href={addresses.overview}>
          <Mark />
          <span>{view.hub}</span>
        </a>
        {view.person !== null && frame.plain !== true && (
          <>
            <form class="find" action={addresses.trace} method="get" role="search">
              <label class="unseen" for="find">
                {t.findLabel}
              </label>
              <Icon name="search" />
              <input id="find" name="q" type="search" placeholder={t.findHint} autocomplete="off" spellcheck={false} />
            </form>
            <button type="button" class="quiet menu-button" popovertarget="menu">
              <Icon name="menu" />
              {t.menu}
            </button>
          </>
        )}
        <div class="menu" id="menu" popover="auto">
          {view.person !== null && frame.plain !== true && <Navigation view={view} section={frame.section} />}
          <Languages view={view} />
          {view.person !== null && <Person view={view} person={view.person} />}
        </div>
      </div>
    </header>
  )
}

function Navigation({ view, section }: { view: View; section: string | undefined }) {
  const { t } = view
  const link = (address: string, text: string) => (
    <li>
      <a href={address} aria-current={address === section ? 'page' : undefined}>
        {text}
      </a>
    </li>
  )
  return (
    <nav class="main-nav" aria-label={t.navigation}>
      <ul>
        {link(addresses.overview, t.nav.overview)}
        {link(addresses.trace, t.nav.trace)}
        {link(addresses.books, t.nav.books)}
        {link(addresses.replays, t.nav.replays)}
        {link(addresses.nodes, t.nav.nodes)}
      </ul>
      <ul class="nav-services" aria-label={t.lab.nav.title}>
        {link(addresses.packs, t.lab.nav.packs)}
        {link(addresses.withheld(), t.lab.nav.withheld)}
        {link(addresses.patients, t.lab.nav.patients)}
        {link(addresses.practices(), t.lab.nav.monitors)}
        {link(addresses.feeds(), t.lab.nav.feeds)}
      </ul>
      <ul class="nav-services" aria-label={t.nav.services}>
        {Object.entries(serviceWords).map(([id, words]) => link(addresses.service(id), words[view.language]))}
      </ul>
    </nav>
  )
}

const languageNames = { nl: 'Nederlands', fr: 'Français', de: 'Deutsch', en: 'English' } as const

function Languages({ view }: { view: View }) {
  return (
    <form class="languages" action={addresses.preferences} method="post" aria-label={view.t.language}>
      <Guard view={view} back />
      {languages.map((language) => (
        <button
          key={language}
          class="quiet"
          name="language"
          value={language}
          lang={language}
          aria-pressed={language === view.language}
        >
          {language} <span class="unseen">{languageNames[language]}</span>
        </button>
      ))}
    </form>
  )
}

function Person({ view, person }: { view: View; person: NonNullable<View['person']> }) {
  return (
    <form class="person" action={addresses.signOut} method="post">
      <Guard view={view} />
      <span class="person-name">
        <Icon name="circle-user-round" />
        <span>
          {person.name} <small>{roleWords[person.role][view.language]}</small>
        </span>
      </span>
      <button class="quiet">
        <Icon name="log-out" />
        {view.t.signOut}
      </button>
    </form>
  )
}

function Banner({ view, banner }: { view: View; banner: BannerData }) {
  const chip = { disturbance: 'late', maintenance: 'paused', rehearsal: 'not-known' } as const
  return (
    <div class="banner" role="status">
      <Chip view={view} state={chip[banner.state]} />
      <p>{banner.sentence}</p>
      {banner.link !== null && <a href={banner.link.address}>{banner.link.text}</a>}
    </div>
  )
}

const themes: readonly ThemeChoice[] = ['auto', 'light', 'dark']

function Foot({ view }: { view: View }) {
  const { t, f } = view
  return (
    <footer class="foot">
      <div class="foot-in">
        <p>
          Sluis {view.version} · {t.asOf} <time datetime={view.now}>{f.moment(view.now)}</time>
          {view.language === 'fr' && ' (heure belge)'}
        </p>
        <form class="themes" action={addresses.preferences} method="post" aria-label={t.theme}>
          <Guard view={view} back />
          {themes.map((theme) => (
            <button key={theme} class="quiet" name="theme" value={theme} aria-pressed={theme === view.theme}>
              {t.themes[theme]}
            </button>
          ))}
        </form>
        <p>
          <a href={addresses.asset('licences.txt', view.assets)}>{t.licences}</a>
        </p>
      </div>
    </footer>
  )
}
