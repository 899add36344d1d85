import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signWebhook } from '../../src/access/webhook-signature.ts'
import { mayDo, personRoles } from '../../src/access/rights.ts'
import { openApi } from '../../src/contract/openapi.ts'
import { listAccess } from '../../src/store/access-log.ts'
import { aboutMessage } from '../../src/store/console-trace.ts'
import { prefixOf } from '../../src/kernel/ids.ts'
import { comers, machineRoutes, stops, whatIsTold } from './comers.ts'
import { openWorld, plantedName, type World } from './world.ts'

let world: World
let receipt = ''
let familyName = ''

beforeAll(async () => {
  world = await openWorld()
  ;({ receipt, familyName } = await world.send('vaccination'))
  await world.certified(receipt)
}, 300_000)
afterAll(() => world?.stop(), 120_000)

interface Asked {
  readonly as?: 'operator' | 'helper' | 'reader'
  readonly method?: string
  readonly accept?: string
  readonly body?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

async function ask(path: string, asked: Asked = {}): Promise<Response> {
  const { as, method = 'GET', accept = 'text/html', body, headers = {} } = asked
  return fetch(world.hub.url + path, {
    method,
    redirect: 'manual',
    headers: { accept, ...(as === undefined ? {} : { cookie: world.cookies[as] }), ...headers },
    ...(body === undefined ? {} : { body: new URLSearchParams(body) }),
  })
}

const page = async (path: string, asked: Asked = {}): Promise<string> => (await ask(path, asked)).text()

const readings = async () => {
  const about = await aboutMessage(world.hub.parts.db, receipt, prefixOf(receipt))
  return (await listAccess(world.hub.parts.db, about!.message!)).map(({ actor, what, purpose, outcome }) =>
    [actor, what, purpose, outcome].join(' '),
  )
}

/** All that is there without signing in: the door itself, what it looks like, and the page that says there is none. */
const openToNobody = [
  'GET /*',
  'GET /favicon.ico',
  'GET /sign-in',
  'GET /sign-in/openid',
  'GET /sign-in/openid/back',
  'GET /static/:name',
  'POST /preferences',
  'POST /sign-in',
  'POST /sign-out',
]

describe('who may open what', () => {
  test('every screen, act and stream takes its right, and nothing can be read without signing in', async () => {
    const routes = (await world.routes()).screens.filter((route) => ['GET', 'POST'].includes(String(route.method)))
    expect(routes.length).toBeGreaterThan(30)
    const open = routes.filter(({ config }) => config?.action !== undefined && mayDo('nobody', config.action))
    // Whoever opens another one to nobody has to say so here.
    expect(open.map(({ method, url }) => `${String(method)} ${url}`).toSorted()).toEqual(openToNobody)
    const wrong: string[] = []
    for (const route of routes) {
      const action = route.config?.action
      if (action === undefined) wrong.push(`${route.url} takes no right`)
      if (action === undefined || mayDo('nobody', action)) continue
      const path = addressOf(route.url)
      for (const role of [undefined, ...personRoles]) {
        const code = await refusalOf(path, String(route.method), role)
        // Nobody has a form token here: who may act is stopped there, after the right was seen.
        const expected = mayDo(role ?? 'nobody', action)
          ? 'let in'
          : role === undefined
            ? 'session-missing'
            : 'right-missing'
        if (code !== expected)
          wrong.push(`${String(route.method)} ${path} as ${role ?? 'nobody'}: ${code}, not ${expected}`)
      }
    }
    expect(wrong).toEqual([])
  }, 120_000)

  test('of every route each kind of client, and whoever comes with no token or a wrong one, is told what is theirs', async () => {
    const { machine, screens } = await world.routes()
    const routes = [...machine, ...screens].filter(({ method }) => method === 'GET' || method === 'POST')
    const named = machine.map(({ method, url }) => `${String(method)} ${url}`).filter((one) => !one.startsWith('HEAD '))
    expect(named.toSorted()).toEqual(Object.keys(machineRoutes).toSorted())
    const authorizations = await comers(world)
    // Of a positive test there is no certificate, whose giving would stand in the access log.
    const { receipt: own } = await world.send('rapid-test', 1)
    const wrong: string[] = []
    for (const { method, url } of routes) {
      const route = `${String(method)} ${url}`
      const whose = machineRoutes[route] ?? (openToNobody.includes(route) ? 'anybody' : 'people')
      for (const [who, authorization] of Object.entries(authorizations)) {
        const code = await codeOf(addressOf(url.replace(':receipt', own)), String(method), authorization)
        const expected = whatIsTold(whose, who)
        if (code !== expected) wrong.push(`${route} as ${who}: ${code}, not ${expected}`)
      }
    }
    expect(wrong).toEqual([])
  }, 120_000)

  /** With what somebody is stopped at the door, or `in`: what is told inside, such as that a form is none, is no refusal. */
  async function codeOf(path: string, method: string, authorization: string | undefined): Promise<string> {
    const type = path.startsWith('/messages') ? 'application/json' : 'application/fhir+json'
    const answer = await fetch(world.hub.url + path, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        ...(authorization !== undefined && { authorization }),
        ...(method === 'POST' && { 'content-type': type }),
      },
      ...(method === 'POST' && { body: '{' }),
    })
    const text = await answer.text()
    if (answer.status >= 500) return `status ${answer.status}`
    return (answer.status >= 400 && stops.find((code) => text.includes(`"${code}"`))) || 'in'
  }

  const addressOf = (url: string): string =>
    url
      .replace('/destinations/:id', '/destinations/sciensano')
      .replace('/services/:id', '/services/eforms')
      .replace(':record', `${receipt}.0`)
      .replace('/live/:page/:of', '/live/destination/sciensano')
      .replace('/live/:page', '/live/overview')
      .replace(':id', '1')

  async function refusalOf(path: string, method: string, as: Asked['as']): Promise<string> {
    const stop = new AbortController()
    const answer = await fetch(world.hub.url + path, {
      method,
      redirect: 'manual',
      signal: stop.signal,
      headers: { accept: 'application/json', ...(as === undefined ? {} : { cookie: world.cookies[as] }) },
    })
    const refused = answer.status === 401 || answer.status === 403
    const { code } = refused ? ((await answer.json()) as { code: string }) : { code: 'let in' }
    stop.abort()
    return code === 'form-token-differs' ? 'let in' : code
  }

  test('who is not signed in is sent to sign in and comes back to a path of ours only', async () => {
    const answer = await ask('/books?day=2026-07-01')
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe('/sign-in?next=%2Fbooks%3Fday%3D2026-07-01')
    // A link for a second person carries a reason, signed: not a character of it may be lost on the way.
    const link = `/packs/lab-quality/acts/activate?proposal=${'Ab0-_'.repeat(300)}.${'x'.repeat(43)}`
    const first = await ask(link)
    const asked = await page(first.headers.get('location') ?? '')
    const next = /name="next" value="([^"]*)"/.exec(asked)?.[1] ?? ''
    expect(next).toBe(link)
    const body = { name: 'reader', password: world.passwords.reader, next }
    expect((await ask('/sign-in', { method: 'POST', body })).headers.get('location')).toBe(link)
    const known = await ask(first.headers.get('location') ?? '', { as: 'reader' })
    expect(known.headers.get('location')).toBe(link)
    const away = await ask('/sign-in', {
      method: 'POST',
      body: { name: 'reader', password: world.passwords.reader, next: '//evil.example' },
    })
    expect(away.headers.get('location')).toBe('/')
    const wrong = await ask('/sign-in', { method: 'POST', body: { name: 'reader', password: 'x', next: '/' } })
    expect(wrong.status).toBe(401)
    expect(await wrong.text()).toContain('horen niet bij elkaar')
  })

  test('a page that is not for a role says why and who may', async () => {
    const answer = await ask('/replays/new', { as: 'helper' })
    expect(answer.status).toBe(403)
    expect(await answer.text()).toMatch(/niet voor uw rol.*operator/s)
  })

  test('a form of another site, and one without its token, change nothing', async () => {
    const body = { kind: '', reason: 'a reason long enough', token: '', form: 'x' }
    const elsewhere = { 'sec-fetch-site': 'cross-site' }
    for (const headers of [{}, elsewhere]) {
      const answer = await ask('/destinations/sciensano/pause', { as: 'operator', method: 'POST', body, headers })
      expect(answer.status).toBe(403)
    }
    expect(await page('/destinations/sciensano', { as: 'reader' })).toContain('Sciensano loopt door')
  })

  test('every page carries its policy and is kept by nobody', async () => {
    const { headers } = await ask('/', { as: 'reader' })
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-frame-options')).toBe('DENY')
    const script = /\/static\/live\.js\?v=[\w-]+/.exec(await page('/', { as: 'reader' }))?.[0] ?? ''
    expect((await ask(script)).headers.get('cache-control')).toContain('immutable')
  })
})

describe('what belongs to a person', () => {
  test('a sender who is given the certificate of its own message stands in the access log, once a look', async () => {
    const { db } = world.hub.parts
    const linesOf = async (one: string) => listAccess(db, (await aboutMessage(db, one, prefixOf(one)))!.message!)
    const positive = await world.send('rapid-test', 1)
    expect((await world.asSender(positive.receipt)).records).toBeDefined()
    expect(await linesOf(positive.receipt)).toEqual([])
    const other = await world.send('vaccination')
    await world.certified(other.receipt)
    expect((await world.asSender(other.receipt)).records[0]?.certificate?.hc1).toMatch(/^HC1:/)
    const lines = await linesOf(other.receipt)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      actor: world.clientId,
      role: 'sender',
      what: 'certificate',
      purpose: 'own-message',
      outcome: 'given',
    })
    expect(lines[0]!.record).not.toBeNull()
    expect(lines[0]!.patient).toHaveLength(16)
  })

  test('a certificate is shown to who says what for, and every view is written down', async () => {
    const address = `/certificates/${receipt}.0`
    expect((await page(address, { as: 'helper' })).includes('Waarvoor bekijkt u dit?')).toBe(true)
    expect(await readings()).toEqual([])
    const shown = await page(`${address}?purpose=traveller-waiting`, { as: 'helper' })
    expect(shown.includes('class="qr"')).toBe(true)
    expect(shown.includes(familyName.slice(0, 3))).toBe(true)
    const image = await ask(`${address}/qr.png?purpose=traveller-waiting`, { as: 'helper' })
    expect(image.headers.get('content-type')).toBe('image/png')
    expect((await ask(`${address}/qr.svg`, { as: 'helper' })).status).toBe(400)
    const line = 'helper certificate traveller-waiting given'
    expect(await readings()).toEqual([line, line])
  })

  test('contents are for an operator with a purpose; a helper who asks is refused, and both are written down', async () => {
    const before = (await readings()).length
    const address = `/trace?q=${receipt}`
    expect(await page(address, { as: 'operator' })).not.toContain(familyName)
    expect(await page(`${address}&purpose=audit`, { as: 'operator' })).toContain(familyName)
    expect(await page(`${address}&purpose=audit`, { as: 'helper' })).not.toContain(familyName)
    expect((await readings()).slice(before)).toEqual([
      'operator trace-with-content audit given',
      'helper trace-with-content audit refused',
    ])
  })

  test('a script in the name of a sender stays text', async () => {
    const html = await page(`/trace?q=${receipt}`, { as: 'reader' })
    expect(html.includes('Lelie&quot; &lt;img src=x')).toBe(true)
    expect(html.includes(plantedName.slice(11))).toBe(false)
  })
})

test('a late acknowledgement counts when its destination signed it, and is taken when it fits nothing', async () => {
  const body = JSON.stringify({ destination: 'sciensano', deliveryId: crypto.randomUUID(), state: 'acknowledged' })
  const post = (secret: string) =>
    fetch(`${world.hub.url}/acknowledgements`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signWebhook(secret, 'evt-1', new Date(), body) },
      body,
    })
  expect((await post(world.secret)).status).toBe(204)
  expect((await post(`whsec_${Buffer.alloc(32).toString('base64')}`)).status).toBe(401)
})

test('beside the console, too, a wrong method is told which are right and a wrong address that it is one', async () => {
  const refusal = async (method: string, path: string) => {
    const answer = await ask(path, { method, accept: 'application/json' })
    return [answer.status, ((await answer.json()) as { code: string }).code, answer.headers.get('allow')]
  }
  for (const path of ['/messages', '/oauth/token', '/acknowledgements'])
    for (const method of ['GET', 'PUT']) expect(await refusal(method, path)).toEqual([405, 'method-other', 'POST'])
  expect((await ask('/messages', { method: 'HEAD' })).headers.get('allow')).toBe('POST')
  expect(await refusal('POST', '/status')).toEqual([405, 'method-other', 'GET, HEAD'])
  for (const path of ['/message', '/nothing/at/all', '/messages/'])
    for (const method of ['GET', 'POST', 'DELETE'])
      expect(await refusal(method, path)).toEqual([404, 'not-found', null])
  const forPeople = await ask('/nothing/at/all', { as: 'reader' })
  expect([forPeople.status, forPeople.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
})

test('the contract names every route of the machine API, and no other', async () => {
  const { machine } = await world.routes()
  const there = machine.flatMap(({ method, url }) =>
    [method].flat().map((one) => `${one} ${url.replaceAll(/:(\w+)/g, '{$1}')}`),
  )
  const answer = await fetch(`${world.hub.url}/openapi.json`)
  const { paths } = (await answer.json()) as typeof openApi
  expect(paths).toEqual(openApi.paths)
  const told = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  // Whatever can be got can be asked for its head alone; the contract need not say so.
  expect(there.filter((route) => !route.startsWith('HEAD ')).sort()).toEqual(told.sort())
})
