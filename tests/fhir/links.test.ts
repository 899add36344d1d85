import { once } from 'node:events'
import { get } from 'node:http'
import type { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeInsz } from '../../src/identifiers/insz.ts'
import { labBundle, openFhirWorld, type FhirWorld } from './world.ts'

const insz = makeInsz('1960-02-29', 1)
let world: FhirWorld

beforeAll(async () => {
  const SLUIS_PUBLIC_URL = 'https://lab.example,https://hub.example'
  world = await openFhirWorld({ SLUIS_PUBLIC_URL, SLUIS_TRUST_PROXY: '127.0.0.1' })
  await world.letIn(insz)
  await world.hand(labBundle({ insz, results: [{ value: 51 }, { value: 52, at: '2026-06-01T08:00:00+02:00' }] }))
}, 120_000)
afterAll(() => world?.stop(), 60_000)

test.each([
  ['hub.example', 'https://hub.example/fhir'],
  ['127.0.0.1:8080', 'https://lab.example/fhir'],
])('behind TLS whoever asked %s is led on at %s', async (host, base) => {
  // `fetch` sends no other Host than that of the address; a balancer that is believed says it like this.
  const headers = { 'x-forwarded-host': host }
  const ask = async (path: string) => (await world.ask(path, { as: 'practice', headers })).body
  const found = await ask(`/fhir/Observation?patient.identifier=${insz}&_count=1`)
  expect(found.link.map(({ relation }) => relation)).toEqual(['self', 'next'])
  const next = found.link[1]?.url ?? ''
  expect(next.startsWith(`${base}/Observation?_page=`)).toBe(true)
  const more = await ask(next.slice(next.indexOf('/fhir/')))
  const { id = '' } = found.entry[0]?.resource ?? {}
  const history = await ask(`/fhir/Observation/${id}/_history`)
  const urls = [found, more, history].flatMap(({ link, entry }) => [
    ...link.map(({ url }) => url),
    ...entry.flatMap((one) => (one as { fullUrl?: string }).fullUrl ?? []),
  ])
  expect(urls).toHaveLength(7)
  expect(urls.filter((url) => !url.startsWith(`${base}/`))).toEqual([])
  expect(await ask('/fhir/metadata')).toMatchObject({ implementation: { url: base } })
  // The usual balancer hands the Host on.
  const [answer] = (await once(get(`${world.hub.url}/fhir/metadata`, { headers: { host } }), 'response')) as [Readable]
  expect(await json(answer)).toMatchObject({ implementation: { url: base } })
})
