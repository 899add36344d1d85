import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { startHub, type Hub } from '../../src/main.ts'
import { startProvider, type FakeProvider } from '../access/provider.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let provider: FakeProvider
let hub: Hub
let data: string

beforeAll(async () => {
  ;[database, provider] = await Promise.all([createTestDatabase(), startProvider('sluis', 'secret')])
  data = await mkdtemp(join(tmpdir(), 'sluis-openid-'))
  const environment = {
    DATABASE_URL: database.url,
    SLUIS_MASTER_KEY: randomBytes(32).toString('base64'),
    SLUIS_LOG: 'error',
    SLUIS_DRAIN_MS: '0',
    SLUIS_OIDC_ISSUER: provider.issuer,
    SLUIS_OIDC_CLIENT_ID: 'sluis',
    SLUIS_OIDC_CLIENT_SECRET: 'secret',
  }
  hub = await startHub(readConfig({ port: 0, data, node: 'a' }, environment), {}, () => undefined)
  await hub.ready
}, 120_000)
beforeEach(() => {
  provider.fault = 'none'
  provider.claims = { sluis_role: 'helper', preferred_username: 'an', name: 'An' }
})
afterAll(async () => {
  await hub?.stop()
  await provider?.close()
  await database?.drop()
  await rm(data, { recursive: true, force: true })
}, 60_000)

/** A browser as far as signing in needs one: it keeps cookies and stops at every redirect. */
function openBrowser() {
  const cookies = new Map<string, string>()
  const go = async (path: string): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(hub.url + path, { redirect: 'manual', headers: { accept: 'text/html', cookie } })
    for (const [name = '', value = ''] of answer.headers
      .getSetCookie()
      .map((one) => (one.split(';')[0] ?? '').split('=')))
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    return answer
  }
  return {
    go,
    cookies,
    /** Follows the button of the sign-in page to the provider and signs in there; the query it comes back with. */
    async toProvider(wanted: string): Promise<string> {
      const signIn = (await go(wanted)).headers.get('location') ?? ''
      const button = /href="(\/sign-in\/openid[^"]*)"/.exec(await (await go(signIn)).text())?.[1] ?? ''
      return provider.visit((await go(button.replaceAll('&amp;', '&'))).headers.get('location') ?? '')
    },
    back: (query: string) => go(`/sign-in/openid/back${query}`),
  }
}

const textOf = async (answer: Response): Promise<string> => (await answer.text()).replaceAll(/<[^>]+>/g, ' ')

test('somebody is sent to the provider, comes back to the page they wanted, and has the role it says', async () => {
  const browser = openBrowser()
  const back = await browser.back(await browser.toProvider('/books?day=2026-07-01'))
  expect([back.status, back.headers.get('location')]).toEqual([303, '/books?day=2026-07-01'])
  const page = await browser.go('/books?day=2026-07-01')
  expect([page.status, (await textOf(page)).includes('An')]).toEqual([200, true])
  expect((await browser.go('/replays/new')).status).toBe(403)

  provider.claims['sluis_role'] = 'operator'
  const again = openBrowser()
  await again.back(await again.toProvider('/'))
  expect((await again.go('/replays/new')).status).toBe(200)
})

test('an answer another browser asked for, or one used before, opens no session', async () => {
  const [mine, theirs] = [openBrowser(), openBrowser()]
  const query = await theirs.toProvider('/')
  await mine.toProvider('/')
  const refused = await mine.back(query)
  expect([refused.status, await textOf(refused)]).toEqual([401, expect.stringContaining('provider-answer-refused')])
  expect((await mine.go('/')).headers.get('location')).toBe('/sign-in')
  expect((await theirs.back(query)).status).toBe(303)
  expect((await theirs.back(query)).status).toBe(401)
})

test('a token that has expired is refused, and a session that has leads to signing in again', async () => {
  provider.claims['exp'] = 1_600_000_000
  const late = openBrowser()
  expect((await late.back(await late.toProvider('/'))).status).toBe(401)

  delete provider.claims['exp']
  const browser = openBrowser()
  await browser.back(await browser.toProvider('/'))
  await hub.parts.db.query({ text: `update session set expires_at = now() - interval '1 second'` })
  expect((await browser.go('/nodes')).headers.get('location')).toBe('/sign-in?next=%2Fnodes')
})

test('without a role there is a sentence that says whom to ask; while the provider is away, when to come back', async () => {
  provider.claims['sluis_role'] = 'visitor'
  const stranger = openBrowser()
  const refused = await stranger.back(await stranger.toProvider('/'))
  expect([refused.status, await textOf(refused)]).toEqual([403, expect.stringContaining('Vraag die aan de beheerder')])
  expect((await stranger.go('/')).headers.get('location')).toBe('/sign-in')

  const waiting = openBrowser()
  const query = await waiting.toProvider('/')
  provider.fault = 'down'
  const away = await waiting.back(query)
  expect([away.status, Number(away.headers.get('retry-after')) > 0]).toEqual([503, true])
})

test('who comes back without a role is signed out everywhere, and signs in again once there is one', async () => {
  const other = openBrowser()
  provider.claims['sub'] = 'u-2'
  await other.back(await other.toProvider('/'))
  provider.claims['sub'] = 'u-1'
  const browser = openBrowser()
  await browser.back(await browser.toProvider('/'))
  expect((await browser.go('/nodes')).status).toBe(200)

  provider.claims['sluis_role'] = 'visitor'
  const again = openBrowser()
  expect((await again.back(await again.toProvider('/'))).status).toBe(403)
  // A node believes a session for ten seconds without asking.
  const leadsTo = async () => (await browser.go('/nodes')).headers.get('location')
  await expect.poll(leadsTo, { timeout: 20_000, interval: 500 }).toBe('/sign-in?next=%2Fnodes')
  expect((await other.go('/nodes')).status).toBe(200)

  provider.claims['sluis_role'] = 'helper'
  const back = await again.back(await again.toProvider('/'))
  expect([back.status, (await again.go('/nodes')).status]).toEqual([303, 200])
}, 60_000)

test('no password is asked for, and none is taken', async () => {
  expect(await (await openBrowser().go('/sign-in')).text()).not.toContain('type="password"')
  const body = new URLSearchParams({ name: 'operator', password: 'x', next: '/' })
  const answer = await fetch(`${hub.url}/sign-in`, { method: 'POST', redirect: 'manual', body })
  expect(answer.status).toBe(404)
})
