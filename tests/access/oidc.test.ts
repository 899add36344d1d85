import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeProviderSignIn, type ProviderSignIn } from '../../src/access/oidc.ts'
import { hashPassword } from '../../src/access/passwords.ts'
import { endPerson, insertLocalPerson } from '../../src/store/people.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startProvider, type FakeProvider } from './provider.ts'
import { handClock, keys, refusal, removable } from './support.ts'

let database: TestDatabase
let db: ReturnType<typeof removable>
let provider: FakeProvider
let signIn: ProviderSignIn
const clock = handClock()
const redirectUri = 'http://127.0.0.1:8080/sign-in/back'
const roleValues = { operator: ['hub-ops'], helper: ['hub-help'] }

beforeAll(async () => {
  database = await createTestDatabase()
  db = removable(database.url)
  provider = await startProvider('sluis', 'secret')
  signIn = make()
})
beforeEach(() => {
  provider.fault = 'none'
  provider.claims = { groups: ['hub-help'], preferred_username: 'an', name: 'An' }
})
afterAll(async () => {
  await provider.close()
  await db.close()
  await database.drop()
})

function make(clientSecret = 'secret'): ProviderSignIn {
  const { issuer } = provider
  return makeProviderSignIn({
    db,
    clock,
    keys,
    provider: { issuer, clientId: 'sluis', clientSecret, redirectUri, roleClaim: 'groups', roleValues },
  })
}
const carried = (cookie: string) => cookie.split(';')[0]
async function goThrough(by = signIn) {
  const { url, cookie } = await by.begin('/trace?x=1')
  return by.finish(await provider.visit(url), carried(cookie))
}

test('somebody signs in, with the role the provider says at each time, and comes back to the page', async () => {
  const first = await goThrough()
  expect(first).toMatchObject({ person: { login: 'an', name: 'An', role: 'helper' }, returnTo: '/trace?x=1' })
  expect(first.cookie).toMatch(/^sluis_sign_in=; .*Max-Age=0/)
  provider.claims['groups'] = ['x', 'hub-ops', 'hub-help']
  expect((await goThrough()).person).toEqual({ ...first.person, role: 'operator' })
})

test('the request carries PKCE, state and nonce; the cookie hides them', async () => {
  const { url, cookie } = await signIn.begin('/')
  const query = new URL(url).searchParams
  expect(query.get('code_challenge_method')).toBe('S256')
  for (const name of ['state', 'nonce', 'code_challenge']) expect(query.get(name)?.length).toBeGreaterThan(20)
  expect(cookie).toMatch(/HttpOnly; SameSite=Lax/)
  expect(Buffer.from(cookie, 'base64url').includes(query.get('state')!)).toBe(false)
})

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', '/a b'])(
  'nobody is sent on to %s',
  async (returnTo) => {
    const { url, cookie } = await signIn.begin(returnTo)
    expect((await signIn.finish(await provider.visit(url), carried(cookie))).returnTo).toBe('/')
  },
)

test('an answer that was not asked for by this browser is refused', async () => {
  const mine = await signIn.begin('/')
  const other = await signIn.begin('/')
  const query = await provider.visit(other.url)
  for (const cookie of [undefined, 'sluis_sign_in=abc', carried(mine.cookie)]) {
    expect((await refusal(() => signIn.finish(query, cookie))).code).toBe('provider-answer-refused')
  }
  await signIn.finish(query, carried(other.cookie))
  expect((await refusal(() => signIn.finish(query, carried(other.cookie)))).code).toBe('provider-answer-refused')
  expect((await refusal(() => signIn.finish('?error=access_denied', carried(mine.cookie)))).code).toBe(
    'provider-answer-refused',
  )
})

test('an answer after ten minutes is refused', async () => {
  const { url, cookie } = await signIn.begin('/')
  const query = await provider.visit(url)
  clock.move(601)
  expect((await refusal(() => signIn.finish(query, carried(cookie)))).code).toBe('provider-answer-refused')
  clock.move(-601)
})

test.each([
  ['signed with another key', { fault: 'other-key' }],
  ['refused at the token endpoint', { fault: 'refuse' }],
  ['for another client', { claims: { aud: 'another' } }],
  ['of another issuer', { claims: { iss: 'https://other.example' } }],
  ['with another nonce', { claims: { nonce: 'other' } }],
  ['that has expired', { claims: { exp: 1_600_000_000 } }],
] as const)('an id token %s is refused', async (_, change) => {
  provider.fault = 'fault' in change ? change.fault : 'none'
  if ('claims' in change) Object.assign(provider.claims, change.claims)
  expect((await refusal(() => goThrough())).code).toBe('provider-answer-refused')
})

test('a wrong secret is refused, an absent provider said to be away, and asked again later', async () => {
  expect((await refusal(() => goThrough(make('other')))).code).toBe('provider-answer-refused')
  provider.fault = 'down'
  const late = make()
  expect((await refusal(() => late.begin('/'))).code).toBe('provider-away')
  provider.fault = 'none'
  await expect(goThrough(late)).resolves.toBeDefined()
})

test('without a role there is no way in, nor for an ended person', async () => {
  provider.claims['groups'] = ['visitors']
  expect((await refusal(() => goThrough())).code).toBe('role-missing')
  Object.assign(provider.claims, { groups: 'hub-help', sub: 'u-2', preferred_username: 'bo' })
  await goThrough()
  await endPerson(db, 'bo')
  expect((await refusal(() => goThrough())).code).toBe('person-ended')
})

test('a provider’s login does not take over a local account', async () => {
  const local = { login: 'chief', name: 'Chief', role: 'operator', language: 'nl' } as const
  const kept = await insertLocalPerson(db, { ...local, passwordHash: await hashPassword('x') })
  Object.assign(provider.claims, { sub: 'u-3', preferred_username: 'chief' })
  const { person } = await goThrough()
  expect(person.id).not.toBe(kept!.id)
  expect(person.login).not.toBe('chief')
})
