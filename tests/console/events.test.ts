import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { languages } from '../../src/kernel/language.ts'
import { setAlerts, type AlertKind } from '../../src/store/alerts.ts'
import { latestEvents } from '../../src/store/console-events.ts'
import { openFhirWorld, type FhirWorld } from '../fhir/world.ts'
import { signIn } from '../support/sign-in.ts'

let world: FhirWorld
let cookie: string
beforeAll(async () => {
  // No node watches: what the screen says cannot come from an alert that was raised meanwhile.
  world = await openFhirWorld({ SLUIS_ROLES: 'intake,work,web' })
  cookie = await signIn(world.hub.url, world.hub.parts.db, 'operator', 'operator')
}, 120_000)
afterAll(() => world?.stop(), 60_000)
beforeEach(() => world.query('with a as (delete from alert) delete from destination_state'))

const raise = async (kind: AlertKind, scopes: readonly string[]): Promise<void> => {
  const now = scopes.map((scope) => ({ kind, scope, detail: {} }))
  await setAlerts(world.hub.parts.db, [kind], now)
}

/** The list of what happened, as text. */
async function happened(): Promise<string> {
  const answer = await fetch(`${world.hub.url}/`, { headers: { cookie, accept: 'text/html' } })
  const html = await answer.text()
  const section = html.slice(html.indexOf('id="events-title"'))
  return section.slice(0, section.indexOf('</section>')).replaceAll(/<[^>]*>/g, ' ')
}

test('a destination that is down stays among what happened, whatever came after it', async () => {
  await raise('breaker-open', ['sciensano'])
  await world.query(`update alert set since = now() - interval '2 hours'`)
  const feeds = Array.from({ length: 20 }, (_, n) => `lab-${n} lab`)
  for (let round = 0; round < 6; round++) {
    await raise('feed-disturbed', feeds)
    if (round < 5) await raise('feed-disturbed', [])
  }
  const events = await latestEvents(world.hub.parts.db, 10)
  expect(events).toHaveLength(10)
  expect(events.at(-1)).toMatchObject({ what: 'alert-began', kind: 'breaker-open', scope: 'sciensano' })
  expect(events.map(({ at }) => at.getTime())).toEqual(events.map(({ at }) => at.getTime()).toSorted((a, b) => b - a))
  expect(await happened()).toContain('Sciensano does not answer')
})

test('a queue that stands still is told before anybody raised an alert, also after one that is over', async () => {
  expect(await happened()).toContain('Nothing touched the flow today')
  const down = `insert into destination_state (destination, breaker, breaker_until)
    values ('sciensano', 'open', now() + interval '1 hour')`
  await world.query(down)
  expect(await happened()).toContain('Sciensano does not answer')
  expect(await happened()).not.toContain('Nothing touched')
  await raise('breaker-open', ['sciensano'])
  expect((await happened()).match(/does not answer/g)).toHaveLength(1)
  await raise('breaker-open', [])
  expect((await happened()).match(/does not answer/g)).toHaveLength(2)
})

test('unusually many refusals are told with what is refused and why, and lead to where they are listed', async () => {
  await raise('refusals-unusual', [
    'eforms rapid-test code-expired',
    'eforms sciensano wrong reason',
    'eforms  message-not-json',
  ])
  const told = await happened()
  expect(told).toContain('Unusually many refusals: Rapid test (code-expired)')
  expect(told).toContain('Unusually many refusals: Sciensano (wrong reason)')
  expect(told).toContain('Unusually many refusals: eForms (message-not-json)')
  const answer = await fetch(`${world.hub.url}/`, { headers: { cookie, accept: 'text/html' } })
  const links = [...(await answer.text()).matchAll(/<a[^>]*href="([^"]*)"[^>]*>Unusually/g)].map(([, to]) => to)
  expect(new Set(links)).toEqual(new Set(['/services/eforms', '/destinations/sciensano']))
  await raise('refusals-unusual', [])
  expect(await happened()).toContain('Refusals as usual again: Rapid test (code-expired)')
})

test('the live part of a page comes in the language of the page, also when the address chose it', async () => {
  const headers = { cookie, 'accept-language': 'nl' }
  const heading = (html: string) => /<h1>([^<]*)/.exec(html)?.[1]
  for (const language of languages) {
    const html = await (await fetch(`${world.hub.url}/?lang=${language}`, { headers })).text()
    const address = /hx-sse:connect="([^"]*)"/.exec(html)?.[1] ?? ''
    const stop = new AbortController()
    const stream = await fetch(world.hub.url + address, { headers, signal: stop.signal })
    const first = await stream.body!.pipeThrough(new TextDecoderStream()).getReader().read()
    stop.abort()
    expect(heading(html)).toBeDefined()
    expect(heading(first.value ?? '')).toBe(heading(html))
  }
})
