import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pauseDelivery, resume } from '../../src/delivery/pauses.ts'
import { stopIntake } from '../../src/intake/stops.ts'
import { lastEnded, pausesSince } from '../../src/store/console-events.ts'
import { runningPauses } from '../../src/store/pauses.ts'
import { openWorld, type World } from './world.ts'

let world: World
let token = ''
let form = 0
const reason = 'they asked for a halt'

beforeAll(async () => {
  world = await openWorld()
  token = /name="token" value="([^"]+)"/.exec(await page('/destinations/sciensano'))?.[1] ?? ''
}, 300_000)
afterAll(() => world?.stop(), 120_000)

const headers = (accept = 'text/html') => ({ accept, cookie: world.cookies.operator, 'accept-language': 'en' })
const ask = (path: string) => fetch(world.hub.url + path, { redirect: 'manual', headers: headers() })
const page = async (path: string) => (await ask(path)).text()

async function post(path: string, fields: Readonly<Record<string, string>>, accept?: string): Promise<Response> {
  const body = new URLSearchParams({ token, form: String((form += 1)), reason, ...fields })
  return fetch(world.hub.url + path, { method: 'POST', redirect: 'manual', headers: headers(accept), body })
}

const db = () => world.hub.parts.db
const endAll = async () => {
  for (const pause of await runningPauses(db())) await resume(db(), pause.id, 'the test is over', 'somebody')
}

describe('what is held back and let go', () => {
  test('a form kind that nobody has is refused, wherever it is given', async () => {
    for (const path of [
      '/destinations/sciensano/pause',
      '/destinations/sciensano/pause?kind=vaccination',
      '/services/eforms/pause',
      '/services/lab/pause',
      '/services/lab/close',
      '/services/eforms/close?kind=observation',
    ]) {
      const [at = '', kind = 'kind=nonsense'] = path.split('?')
      expect([path, (await ask(`${at}?${kind}`)).status]).toEqual([path, 404])
      expect([path, (await post(at, { kind: kind.slice('kind='.length) })).status]).toEqual([path, 404])
    }
    // Of these nothing is forwarded, or taken, at all.
    for (const path of ['/services/lab/pause', '/services/gfd/pause', '/services/gfd/close']) {
      expect([path, (await ask(path)).status]).toEqual([path, 404])
      expect([path, (await post(path, {})).status]).toEqual([path, 404])
    }
    expect(await runningPauses(db())).toEqual([])
  })

  test('a pause of a kind that is no longer routed is shown where it belongs, and can be ended there', async () => {
    await pauseDelivery(db(), { destination: 'sciensano', formKind: 'nonsense' }, 'a slip of the pen', 'command:root')
    await pauseDelivery(db(), { service: 'lab', formKind: 'nonsense2' }, 'another slip', 'an')
    await stopIntake(db(), { service: 'gfd', formKind: null }, 'closed for the night', 'an')
    const destination = await page('/destinations/sciensano')
    expect(destination).toContain('Sciensano is passing')
    expect(destination).toContain('a slip of the pen')
    expect(destination).toContain('Paused by root (command line)')
    expect(destination).toMatch(/name="pause" value="\d+"/)
    const lab = await page('/services/lab')
    expect(lab).toContain('another slip')
    expect(lab).toMatch(/name="pause" value="\d+"/)
    const gfd = await page('/services/gfd')
    expect(gfd).toContain('closed for the night')
    expect(gfd).toContain('action="/services/gfd/open"')

    for (const { id, destination: named, what } of await runningPauses(db())) {
      if (what === 'intake') expect((await post('/services/gfd/open', { kind: '' })).status).toBe(303)
      else {
        const at = named === null ? '/services/lab' : `/destinations/${named}`
        expect((await post(`${at}/resume`, { pause: String(id) })).status).toBe(303)
      }
    }
    expect(await runningPauses(db())).toEqual([])
  })

  test('a pause of one form kind promises what that stops, and nothing of the others', async () => {
    const whole = 'Nothing more goes to this destination'
    expect(await page('/destinations/vaccinnet/pause?kind=')).toContain(whole)
    const part = await page('/destinations/vaccinnet/pause?kind=booster-1')
    expect(part).not.toContain(whole)
    expect(part).toContain('Nothing more of the kind First booster goes to this destination; other kinds still go.')
    const service = await page('/services/eforms/pause?kind=booster-1')
    expect(service).toContain(
      'Nothing more of the kind First booster leaves, for any destination; other kinds still go.',
    )
  })

  test('what somebody else ended is told with who it was, and offers nothing', async () => {
    const { id } = await pauseDelivery(db(), { destination: 'vaccinnet' }, reason, 'an')
    await resume(db(), id, 'they are back', 'karel')
    for (const query of [`pause=${id}`, 'kind=']) {
      const over = await page(`/destinations/vaccinnet/resume?${query}`)
      expect(over).toContain('This was already done by karel at')
      expect(over).not.toContain('name="reason"')
      expect(over).not.toContain('go again')
    }
    expect((await post('/destinations/vaccinnet/resume', { pause: String(id) })).status).toBe(303)
    const never = await page('/destinations/sciensano/resume?kind=rapid-test')
    expect(never).toContain('Nothing runs here that could be ended.')
    expect(never).not.toContain('name="reason"')
    for (const unknown of ['99999', 'x', '9'.repeat(30)]) {
      expect((await ask(`/destinations/vaccinnet/resume?pause=${unknown}`)).status).toBe(404)
      expect((await post('/destinations/vaccinnet/resume', { pause: unknown })).status).toBe(404)
    }
    expect(await lastEnded(db(), 99_999)).toBeNull()
  })

  test('letting go a part that a wider pause holds says that the wider one ends', async () => {
    await pauseDelivery(db(), { service: 'eforms' }, reason, 'an')
    const wide = await page('/destinations/sciensano/resume?kind=rapid-test')
    expect(wide).toContain('<h1>Resume eForms</h1>')
    expect(wide).toContain('This pause holds for all destinations.')
    await stopIntake(db(), { service: 'eforms', formKind: null }, reason, 'an')
    expect(await page('/services/eforms/open?kind=rapid-test')).toContain('<h1>Open eForms</h1>')
    await endAll()
  })

  test('the chart of a destination marks its own pauses, with the part they held', async () => {
    const since = new Date(Date.now() - 60_000)
    await pauseDelivery(db(), { formKind: 'rapid-test' }, 'tests are counted again', 'els')
    await pauseDelivery(db(), { service: 'lab' }, 'laboratories wait', 'els')
    await pauseDelivery(db(), { destination: 'sciensano' }, 'all of it waits', 'els')
    const marks = async (name: string) => {
      const found = (await page(`/destinations/${name}`)).match(/[^<>"]*paused by els: [^<>"]*/g) ?? []
      return [...new Set(found.map((mark) => mark.replace(/^.* CET |^.* CEST /, '')))].toSorted()
    }
    expect(await marks('sciensano')).toEqual([
      'Rapid test: paused by els: tests are counted again',
      'paused by els: all of it waits',
    ])
    expect(await marks('vaccinnet')).toEqual([])
    expect((await pausesSince(db(), 'vaccinnet', since)).map(({ service }) => service)).toContain('lab')
    await endAll()
  })

  test('the page of laboratories names what they send in the language of the reader', async () => {
    await stopIntake(db(), { service: 'lab', formKind: 'observation' }, reason, 'an')
    const lab = await page('/services/lab')
    expect(lab).toContain('Lab: Lab result closed')
    expect(lab).not.toContain('Open observation')
    await endAll()
  })
})

test('what the hub set by itself is told in the language of the reader', async () => {
  expect(await page('/packs/lab-quality')).toContain('first start of the hub')
  expect(await page('/packs/lab-quality?lang=fr')).toContain('premier démarrage du hub')
})

describe('what strangers write', () => {
  const signIn = (fields: Readonly<Record<string, string>>) =>
    fetch(`${world.hub.url}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) })

  test('control characters are refused by name before anything is looked up, signed in or not', async () => {
    const nameless = await signIn({ name: 'a\0b', password: 'x' })
    expect([nameless.status, await nameless.json()]).toMatchObject([400, { code: 'request-malformed' }])
    for (const path of [
      '/packs/a%00b',
      '/withheld?pack=%00',
      '/replays/new?destination=sciensano&sender=%00&from=%00',
      '/urgent?receipt=%00',
      '/trace?q=%1b',
      '/books?day=%7f',
      '/withheld?record=1&record=%00',
    ]) {
      const answer = await ask(path)
      expect([path, answer.status]).toEqual([path, 400])
      expect(await answer.text()).not.toContain('\0')
    }
    expect((await post('/destinations/sciensano/pause', { kind: '\0' })).status).toBe(400)
    expect((await post('/monitors/readers', { practice: '\0', readers: '' })).status).toBe(400)
  })

  test('a reason of several lines is kept as it was written', async () => {
    const lines = 'they asked for it\r\nby telephone\tat noon'
    expect((await post('/destinations/sciensano/pause', { kind: '', reason: lines })).status).toBe(303)
    expect((await runningPauses(db()))[0]?.reason).toBe(lines)
    await endAll()
  })

  test('a receipt that nobody has is told at once, and promises nothing', async () => {
    for (const receipt of ['zzz', '11111111-1111-8111-8111-111111111111']) {
      const answer = await ask(`/urgent?receipt=${receipt}`)
      expect(answer.status).toBe(404)
      expect(await answer.text()).toContain(`Nothing found for ${receipt}`)
    }
    const { receipt } = await world.send('rapid-test')
    expect((await ask(`/urgent?receipt=${receipt}`)).status).toBe(200)
  })

  test('a day that is none is said, never answered with another', async () => {
    for (const day of ['2026-13-45', '99999-01-01', '2026-02-30']) {
      expect(await page(`/books?day=${day}`)).toContain(`“${day}” is no day. Today is shown below.`)
      expect((await ask(`/books.csv?day=${day}`)).status).toBe(400)
    }
    expect(await page('/books?day=2026-02-28')).not.toContain('is no day')
  })

  test('a machine is told of a short reason in a problem document, a person on the page', async () => {
    const path = '/destinations/sciensano/pause'
    const machine = await post(path, { kind: '', reason: 'short' }, 'application/json')
    expect([machine.status, machine.headers.get('content-type')]).toEqual([
      422,
      expect.stringContaining('application/problem+json'),
    ])
    expect(await machine.json()).toMatchObject({ code: 'reason-short' })
    const person = await post(path, { kind: '', reason: 'short' })
    expect([person.status, await person.text()]).toEqual([422, expect.stringContaining('name="reason"')])
    const search = await post('/patients', { scheme: 'insz', number: '' }, 'application/json')
    expect(await search.json()).toMatchObject({ code: 'request-malformed' })
  })

  test('who failed too often is told how long to wait, with the form to try again', async () => {
    let answer = await signIn({ name: 'nobody', password: 'x' })
    for (let i = 0; i < 20 && answer.status !== 429; i++) {
      answer = await fetch(`${world.hub.url}/sign-in`, {
        method: 'POST',
        headers: { accept: 'text/html', 'accept-language': 'en' },
        body: new URLSearchParams({ name: 'nobody', password: 'x', next: '/books' }),
      })
    }
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    const told = await answer.text()
    expect(told).toContain('Too many sign-ins have failed')
    expect(told).toMatch(/name="next" value="\/books"/)
    expect(told).toContain('name="password"')
  })
})
