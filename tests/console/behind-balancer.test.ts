import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/access/passwords.ts'
import { insertLocalPerson } from '../../src/store/people.ts'
import { openFhirWorld, type FhirWorld } from '../fhir/world.ts'

interface Answer {
  readonly status: number
  readonly cookie: string
  readonly text: string
}

/** Asks as a balancer does, which `fetch` cannot: with the host the client asked for. */
function ask(url: string, headers: Readonly<Record<string, string>>, body?: URLSearchParams): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const sent = request(url, { method: body === undefined ? 'GET' : 'POST', headers: { ...type, ...headers } })
    sent.on('error', reject).on('response', (answer) => {
      const cookie = (answer.headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ')
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => (text += part))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, cookie, text }))
    })
    sent.end(body?.toString())
  })
}

describe.each([
  { trusted: '127.0.0.0/8, ::1', origin: '198.51.100.7' },
  { trusted: '10.0.0.5', origin: '127.0.0.1' },
])('a hub that believes $trusted', { timeout: 120_000 }, ({ trusted, origin }) => {
  let world: FhirWorld
  beforeAll(async () => {
    world = await openFhirWorld({ SLUIS_TRUST_PROXY: trusted })
    const passwordHash = await hashPassword('operator-secret')
    const person = { login: 'operator', name: 'op', role: 'operator', language: 'en', passwordHash } as const
    await insertLocalPerson(world.hub.parts.db, person)
  }, 120_000)
  afterAll(() => world?.stop(), 60_000)

  const signIn = (from: string, password: string) =>
    ask(
      `${world.hub.url}/sign-in`,
      { 'x-forwarded-for': from },
      new URLSearchParams({ name: 'operator', password, next: '/' }),
    )

  test(`writes down ${origin} for a reader behind 127.0.0.1`, async () => {
    const { cookie } = await signIn('198.51.100.7', 'operator-secret')
    const patient = '0'.repeat(32)
    // What the client itself put in front of the header is the client's word.
    const from = '203.0.113.9, 198.51.100.7'
    const page = await ask(`${world.hub.url}/patients/${patient}?purpose=care`, { cookie, 'x-forwarded-for': from })
    expect(page.status).toBe(200)
    expect(await world.query('select distinct origin from access_log where patient is not null')).toEqual([
      { origin: `console ${origin}` },
    ])
  })

  test('keeps waiting whoever guesses, by the address it believes', async () => {
    for (let i = 0; i < 3; i++) expect((await signIn('203.0.113.1', 'wrong')).status).toBe(401)
    expect((await signIn('203.0.113.1', 'operator-secret')).status).toBe(429)
    expect((await signIn('198.51.100.7', 'operator-secret')).status).toBe(origin === '127.0.0.1' ? 429 : 303)
  })
})
