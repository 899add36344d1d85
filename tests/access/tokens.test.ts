import { createHash, createHmac } from 'node:crypto'
import { exportJWK, generateKeyPair, importJWK, SignJWT, UnsecuredJWT, type JWK } from 'jose'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Access } from '../../src/access/access.ts'
import { changeSenderKeys, makeClient, registerSender, type Client } from '../../src/access/clients.ts'
import { deriveKeys } from '../../src/kernel/keys.ts'
import { endSender, type Sender } from '../../src/store/senders.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { assertionOf, formOf, handClock, open, refusal, removable, temporaryFolder, type Changes } from './support.ts'

let database: TestDatabase
let db: ReturnType<typeof removable>
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let access: Access
let client: Client
let sender: Sender
const clock = handClock()

beforeAll(async () => {
  database = await createTestDatabase()
  db = removable(database.url)
  folder = await temporaryFolder()
  access = await open(db, folder.path, clock)
  client = await makeClient('pharmacy')
  sender = await register(client)
})
afterAll(async () => {
  await access.close()
  await db.close()
  await folder[Symbol.asyncDispose]()
  await database.drop()
})

function register(one: Client): Promise<Sender> {
  return registerSender(db, { clientId: one.clientId, name: 'Apotheek', kind: 'pharmacy', publicJwks: [one.publicJwk] })
}
const ask = async (changes: Changes = {}, from = client) =>
  access.issueToken(formOf(await assertionOf(from, { at: clock.now(), ...changes })))
const refused = (changes: Changes, from = client) => refusal(() => ask(changes, from))

const asChanging = (one: Client) => ({ ...one, clientId: 'changing' })
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const refusedToken = async (authorization: string | undefined) =>
  (await refusal(() => access.verifyAccess(authorization))).code

test('an assertion gives a token, the token gives the sender, at once the second time', async () => {
  const answer = await ask()
  expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 600 })
  const authorization = `Bearer ${answer.access_token}`
  const first = access.verifyAccess(authorization)
  expect(first).toBeInstanceOf(Promise)
  expect(await first).toEqual(sender)
  expect(access.verifyAccess(authorization)).toEqual(sender)
})

test('at a new signing key every token it signed is let in on another node, also those that come together', async () => {
  await using other = await temporaryFolder()
  const later = handClock(clock.now())
  const node = await open(db, other.path, later)
  await using third = await temporaryFolder()
  const maker = await open(db, third.path, later)
  later.move(31 * 86_400)
  await maker.refresh()
  const tokens: string[] = []
  for (let one = 0; one < 3; one += 1) {
    const form = formOf(await assertionOf(client, { at: later.now() }))
    tokens.push((await maker.issueToken(form)).access_token)
  }
  const senders = await Promise.all(tokens.map(async (token) => node.verifyAccess(`Bearer ${token}`)))
  expect(senders).toEqual([sender, sender, sender])
  await maker.close()
  await node.close()
})

describe('an assertion is refused', () => {
  test('when it was used before', async () => {
    const form = formOf(await assertionOf(client, { at: clock.now() }))
    await access.issueToken(form)
    expect((await refusal(() => access.issueToken(form))).code).toBe('assertion-used')
  })
  test('when another node saw it', async () => {
    await using other = await temporaryFolder()
    const node = await open(db, other.path, clock)
    const form = formOf(await assertionOf(client, { at: clock.now() }))
    await node.issueToken(form)
    expect((await refusal(() => access.issueToken(form))).code).toBe('assertion-used')
    await node.close()
  })
  test('when used twice at the same moment', async () => {
    const form = formOf(await assertionOf(client, { at: clock.now() }))
    const outcomes = await Promise.allSettled([access.issueToken(form), access.issueToken(form)])
    expect(outcomes.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
  })
  test('when signed with another key, whatever kid it names', async () => {
    const stranger = await makeClient('stranger')
    const forged = { ...stranger, clientId: client.clientId }
    const kid = client.privateJwk.kid!
    expect((await refused({}, forged)).code).toBe('assertion-signature')
    expect((await refused({ header: { kid } }, forged)).code).toBe('assertion-signature')
    expect((await refused({ header: { kid: '../../etc/passwd' } })).code).toBe('assertion-signature')
    expect((await refused({ header: { kid, jwk: stranger.publicJwk } }, forged)).code).toBe('assertion-signature')
    expect((await refused({ header: { kid, jku: 'http://127.0.0.1:1/keys' } }, forged)).code).toBe(
      'assertion-signature',
    )
  })
  test('when it is not signed, or with the public key as a secret', async () => {
    const now = Math.floor(clock.now().getTime() / 1_000)
    const claims = { iss: client.clientId, sub: client.clientId, aud: 'x', exp: now + 60, jti: '1' }
    const bare = new UnsecuredJWT(claims).encode()
    expect((await refusal(() => access.issueToken(formOf(bare)))).code).toBe('assertion-algorithm')
    const secret = Buffer.from(JSON.stringify(client.publicJwk))
    const hmac = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret)
    expect((await refusal(() => access.issueToken(formOf(hmac)))).code).toBe('assertion-algorithm')
  })
  test('when its time does not fit, with the difference', async () => {
    const now = Math.floor(clock.now().getTime() / 1_000)
    const expired = await refused({ claims: { exp: now - 90 } })
    expect(expired).toMatchObject({ code: 'assertion-expired', params: { tolerance: 30 } })
    expect(expired.params['seconds']).toBeCloseTo(90, -1)
    const early = await refused({ claims: { iat: now + 120 } })
    expect(early.code).toBe('assertion-early')
    expect(early.params['seconds']).toBeCloseTo(120, -1)
    expect((await refused({ claims: { nbf: now + 120 } })).code).toBe('assertion-early')
    expect((await refused({ claims: { exp: now + 3_600 } })).code).toBe('assertion-too-long')
    await expect(ask({ claims: { iat: now + 20 } })).resolves.toBeDefined()
    await expect(ask({ claims: { exp: now - 20 } })).resolves.toBeDefined()
  })
  test('when a claim is missing or another', async () => {
    expect(await refused({ claims: { aud: 'https://other.example/oauth/token' } })).toMatchObject({
      code: 'assertion-claim',
      params: { claim: 'aud' },
    })
    expect(await refused({ claims: { sub: 'another' } })).toMatchObject({ params: { claim: 'sub' } })
    expect(await refused({ claims: { ['jti' as string]: undefined } })).toMatchObject({
      code: 'assertion-jti',
      params: { max: 500 },
    })
    for (const exp of [undefined, 'soon'])
      expect(await refused({ claims: { ['exp' as string]: exp } })).toMatchObject({
        code: 'assertion-time',
        params: { claim: 'exp', limit: 300 },
      })
  })
  test.each(['a\u0000b', 'a\nb', ''])('when a name is %j, before the database sees it', async (name) => {
    const unsigned = [part({ alg: 'ES256' }), part({ iss: name }), 'AAAA'].join('.')
    expect(await refusal(() => access.issueToken(formOf(unsigned)))).toMatchObject({
      code: 'assertion-claim',
      params: { claim: 'iss' },
    })
    expect(await refused({ claims: { jti: name } })).toMatchObject({ code: 'assertion-jti' })
  })
  test('when the client is unknown or ended', async () => {
    const nobody = await makeClient('nobody')
    expect(await refused({}, nobody)).toEqual({ code: 'client-unknown', params: { clientId: nobody.clientId } })
    const gone = await makeClient('gone')
    await register(gone)
    const { access_token } = await ask({}, gone)
    await access.verifyAccess(`Bearer ${access_token}`)
    await endSender(db, gone.clientId)
    await access.refresh()
    expect((await refused({}, gone)).code).toBe('client-ended')
    expect((await refusal(() => access.verifyAccess(`Bearer ${access_token}`))).code).toBe('client-ended')
  })
  test.each([
    [undefined, 'token-request-malformed'],
    ['text', 'token-request-malformed'],
    [{ ...formOf('a.b.c'), grant_type: 'password' }, 'grant-unsupported'],
    [{ ...formOf('a.b.c'), client_assertion_type: 'x' }, 'token-request-malformed'],
    [{ ...formOf('a.b.c'), client_assertion: ['a', 'b'] }, 'token-request-malformed'],
    [formOf('a.b.c'), 'token-request-malformed'],
    [formOf('....'), 'token-request-malformed'],
    [formOf('x'.repeat(1_000_000)), 'token-request-malformed'],
  ])('when the form is no token request (%#)', async (form, code) => {
    expect((await refusal(() => access.issueToken(form))).code).toBe(code)
  })
})

describe('keys', () => {
  test.each(['ES384', 'RS256', 'PS256', 'EdDSA'])('%s may sign', async (alg) => {
    const pair = await generateKeyPair(alg, { extractable: true })
    const privateJwk = { ...(await exportJWK(pair.privateKey)), alg }
    const one = { clientId: `alg-${alg}`, privateJwk, publicJwk: await exportJWK(pair.publicKey) }
    await register(one)
    const claims = { iss: one.clientId, sub: one.clientId, aud: 'http://127.0.0.1:8080/oauth/token', jti: alg }
    const signed = await new SignJWT({ ...claims, exp: Math.floor(clock.now().getTime() / 1_000) + 60 })
      .setProtectedHeader({ alg })
      .sign(await importJWK(privateJwk, alg))
    await expect(access.issueToken(formOf(signed))).resolves.toBeDefined()
  })
  test('two without a kid in the header are both tried, a replaced one is not taken', async () => {
    const [old, young] = [await makeClient('old'), await makeClient('young')]
    await registerSender(db, {
      clientId: 'changing',
      name: 'A',
      kind: 'pharmacy',
      publicJwks: [old.publicJwk, young.publicJwk],
    })
    const bare = { header: { kid: undefined } as unknown as NonNullable<Changes['header']> }
    await expect(ask(bare, asChanging(old))).resolves.toBeDefined()
    await expect(ask(bare, asChanging(young))).resolves.toBeDefined()
    await changeSenderKeys(db, 'changing', [young.publicJwk])
    await access.refresh()
    expect((await refused(bare, asChanging(old))).code).toBe('assertion-signature')
    await expect(ask(bare, asChanging(young))).resolves.toBeDefined()
  })
  test('a private, weak, absent or symmetric key is not registered, nor a client id twice', async () => {
    const weak: JWK = { kty: 'RSA', n: Buffer.alloc(128, 255).toString('base64url'), e: 'AQAB' }
    const offer = (publicJwks: unknown) =>
      refusal(() => registerSender(db, { clientId: 'x', name: 'x', kind: 'pharmacy', publicJwks }))
    expect((await offer([client.publicJwk, client.privateJwk])).code).toBe('client-key-private')
    for (const publicJwks of [[weak], [], 'text', [{ kty: 'oct', k: 'AAAA' }], [{ kty: 'EC', crv: 'P-256' }]]) {
      expect((await offer(publicJwks)).code).toBe('client-key-unusable')
    }
    expect((await refusal(() => register(client))).code).toBe('client-id-taken')
  })
})

describe('a token is refused', () => {
  test('when there is none, or it is none', async () => {
    expect(await refusedToken(undefined)).toBe('token-missing')
    for (const text of [
      '',
      'Bearer',
      'Bearer x',
      'Basic abc',
      'Bearer a.b.c',
      'Bearer ..',
      `Bearer ${'a'.repeat(100_000)}.b.c`,
    ]) {
      expect(await refusedToken(text)).toBe('token-unknown')
    }
  })
  test('when it has expired, also when it was seen before', async () => {
    const seen = `Bearer ${(await ask()).access_token}`
    const unseen = `Bearer ${(await ask()).access_token}`
    await access.verifyAccess(seen)
    clock.move(601)
    expect(await refusedToken(seen)).toBe('token-expired')
    expect(await refusedToken(unseen)).toBe('token-expired')
    clock.move(-601)
  })
  test('when it is another hub’s', async () => {
    const otherBase = await createTestDatabase()
    const otherDb = removable(otherBase.url)
    await using otherFolder = await temporaryFolder()
    const other = await open(otherDb, otherFolder.path, clock, deriveKeys(Buffer.alloc(32, 8)))
    await registerSender(otherDb, {
      clientId: client.clientId,
      name: 'A',
      kind: 'pharmacy',
      publicJwks: [client.publicJwk],
    })
    const { access_token } = await other.issueToken(formOf(await assertionOf(client, { at: clock.now() })))
    expect(await other.verifyAccess(`Bearer ${access_token}`)).toBeDefined()
    expect(await refusal(() => access.verifyAccess(`Bearer ${access_token}`))).toMatchObject({
      code: 'token-not-ours',
      params: { what: 'iss' },
    })
    await other.close()
    await otherDb.close()
    await otherBase.drop()
  })
  test('when it is the assertion, an id token, unsigned, changed, or signed with another key under our kid', async () => {
    const { access_token } = await ask()
    const [header = '', claims = '', signature = ''] = access_token.split('.')
    const headerOf = JSON.parse(Buffer.from(header, 'base64url').toString()) as {
      kid: string
      alg: string
      typ: string
    }
    const claimsOf = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
    expect(await refusedToken(`Bearer ${await assertionOf(client, { at: clock.now() })}`)).toBe('token-not-ours')
    expect(await refusedToken(`Bearer ${part({ ...headerOf, typ: 'JWT' })}.${claims}.${signature}`)).toBe(
      'token-not-ours',
    )
    expect(await refusedToken(`Bearer ${part({ ...headerOf, alg: 'none' })}.${claims}.`)).toBe('token-not-ours')
    const hs = `${part({ ...headerOf, alg: 'HS256' })}.${claims}`
    const mac = createHmac('sha256', createHash('sha256').update(headerOf.kid).digest()).update(hs).digest('base64url')
    expect(await refusedToken(`Bearer ${hs}.${mac}`)).toBe('token-not-ours')
    const longer = part({ ...claimsOf, exp: 9_999_999_999 })
    expect(await refusedToken(`Bearer ${header}.${longer}.${signature}`)).toBe('token-unknown')
    const forged = await new SignJWT(claimsOf)
      .setProtectedHeader(headerOf)
      .sign(await importJWK(client.privateJwk, 'ES256'))
    expect(await refusedToken(`Bearer ${forged}`)).toBe('token-unknown')
    const strange = `${part({ ...headerOf, kid: "x' or 1=1" })}.${claims}.${signature}`
    expect(await refusedToken(`Bearer ${strange}`)).toBe('token-unknown')
  })
})

test('whatever comes as header or form gets a typed answer', async () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.json())
  const token = fc
    .tuple(text, text, text)
    .map((parts) => parts.map((one) => Buffer.from(one).toString('base64url')).join('.'))
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, token), async (given) => {
      await refusal(() => access.verifyAccess(`Bearer ${given}`))
      await refusal(() => access.issueToken(formOf(given)))
    }),
    { numRuns: 200 },
  )
  await fc.assert(
    fc.asyncProperty(fc.anything(), async (form) => void (await refusal(() => access.issueToken(form)))),
    { numRuns: 100 },
  )
})
