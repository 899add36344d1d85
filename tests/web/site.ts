import { existsSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser } from 'playwright-core'
import type { Language } from '../../src/kernel/language.ts'
import { contentSecurityPolicy, loadAssets } from '../../src/web/assets.ts'
import { fixtureView } from '../../src/web/fixtures/context.ts'
import { fixturePages } from '../../src/web/fixtures/pages.ts'
import type { Role, ThemeChoice } from '../../src/web/view.ts'

const executablePath = process.env['SLUIS_CHROMIUM'] ?? '/usr/bin/chromium'

/** Whether a browser is there; without it the browser tests say so and are skipped. */
export const browserThere = existsSync(executablePath)

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
}

/** Serves the fixture pages and static files as the hub does: same policy, same compression. */
export interface Site {
  readonly server: Server
  base: string
  /** Bytes over the wire of every answer since the start, by path. */
  readonly sent: Map<string, number>
  /** How many live streams are refused with 503 before one opens. */
  refusals: number
  /** Open live streams by path. */
  readonly streams: Map<string, ServerResponse>
  address(page: string, language: Language, theme: ThemeChoice, role?: Role): string
}

export async function openSite(): Promise<Site> {
  const assets = loadAssets()
  const sent = new Map<string, number>()
  const streams = new Map<string, ServerResponse>()
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site')
    const answer = (type: string, body: Buffer, compressed: boolean) => {
      sent.set(pathname, body.length)
      response.writeHead(200, {
        'content-type': type,
        'content-security-policy': contentSecurityPolicy,
        'referrer-policy': 'no-referrer',
        ...(compressed && { 'content-encoding': 'gzip' }),
      })
      response.end(body)
    }
    if (pathname.startsWith('/live/')) {
      if (site.refusals-- > 0) return void response.writeHead(503, { 'content-type': 'text/plain' }).end('not now')
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.flushHeaders()
      streams.set(pathname, response)
      response.on('close', () => streams.get(pathname) === response && streams.delete(pathname))
      return
    }
    const asset = assets.get(pathname.replace('/static/', ''))
    if (asset !== undefined) return answer(asset.type, asset.gzip ?? asset.bytes, asset.gzip !== null)
    const page = fixturePages[pathname.slice(1)]
    if (page === undefined) return void response.writeHead(404).end()
    const choice = (name: string) => searchParams.get(name)
    const view = fixtureView(
      (choice('language') ?? 'nl') as Language,
      (choice('theme') ?? 'light') as ThemeChoice,
      (choice('role') ?? 'operator') as Role,
    )
    answer('text/html; charset=utf-8', Buffer.from(page(view, (data) => data)), false)
  })
  const site: Site = {
    server,
    base: '',
    sent,
    streams,
    refusals: 0,
    address: (page, language, theme, role = 'operator') =>
      `${site.base}/${page}?language=${language}&theme=${theme}&role=${role}`,
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  site.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return site
}

export async function closeSite(site: Site): Promise<void> {
  site.server.closeAllConnections()
  await new Promise((done) => site.server.close(done))
}
