import { createHash, randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { importJWK, SignJWT, type JWTPayload } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askToken } from '../../src/access/ask-token.ts'
import type { ClientFile } from '../../src/access/development-client.ts'
import { brusselsDay } from '../../src/kernel/clock.ts'
import { account } from '../../src/ledger/account.ts'
import { lookAt, until } from '../crash/laws.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startHubProcess, type HubProcess } from '../support/hub.ts'
import { contradict, makeSender, registerClient, writeLetter, type Sender } from '../support/sender.ts'
import { contractFaults } from './contract.ts'
import { flood, hold, speak, type WireAnswer } from './wire.ts'

let database: TestDatabase
let client: ClientFile
let hub: HubProcess
let token = ''
let sender: Sender

beforeAll(async () => {
  database = await createTestDatabase()
  client = await registerClient(database.url)
  hub = await startHubProcess({ databaseUrl: database.url, roles: ['intake', 'work'], env: { SLUIS_LOG: 'debug' } })
  await hub.ready
  token = await signIn(client)
  sender = makeSender(client, [hub.url])
})
afterAll(async () => {
  await sender.close()
  await hub[Symbol.asyncDispose]()
  await database.drop()
})

async function signIn(who: ClientFile): Promise<string> {
  return until(
    async () => {
      const outcome = await askToken(hub.url, who)
      return outcome.state === 'given' ? outcome.access_token : ''
    },
    (given) => given !== '',
  )
}

interface Told {
  readonly status: number
  readonly contentType: string
  readonly body: Readonly<Record<string, unknown>>
}

async function post(
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = {},
  path = '/messages',
): Promise<Told> {
  const answer = await fetch(hub.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: new Uint8Array(Buffer.from(body)),
  })
  const contentType = answer.headers.get('content-type') ?? ''
  const told = { status: answer.status, contentType, body: (await answer.json()) as Told['body'] }
  if (path === '/messages') expect(contractFaults('post', path, told.status, told.body)).toEqual([])
  return told
}

type Heads = Readonly<Record<string, string>>

const raw = (path: string, headers: Heads, body?: string | Buffer): Promise<Response> =>
  fetch(hub.url + path, {
    headers,
    ...(body === undefined ? {} : { method: 'POST', body: new Uint8Array(Buffer.from(body)) }),
  })

const signedBy = async ({ privateJwk }: ClientFile, claims: JWTPayload): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(await importJWK(privateJwk, 'ES256'))

const asked = async (path: string, options: RequestInit = {}): Promise<Told> => {
  const answer = await fetch(hub.url + path, options)
  const contentType = answer.headers.get('content-type') ?? ''
  return { status: answer.status, contentType, body: (await answer.json()) as Told['body'] }
}

/** A refusal everybody can read: by code, by whether trying again helps, and in four languages. */
function expectProblem(told: Told, status: number, code?: string): void {
  expect(told).toMatchObject({
    status,
    contentType: 'application/problem+json; charset=utf-8',
    body: { status, temporary: expect.any(Boolean), code: code ?? expect.any(String) },
  })
  const texts = told.body['texts'] as Record<string, string>
  expect(Object.keys(texts).sort()).toEqual(['de', 'en', 'fr', 'nl'])
  for (const text of Object.values(texts)) expect(text).not.toMatch(/\{\w+\}|undefined/)
}

const ofWire = ({ status, headers, body }: WireAnswer): Told => ({
  status,
  contentType: headers['content-type'] ?? '',
  body: JSON.parse(body) as Told['body'],
})

const form = (change: (text: string) => string = (text) => text): string => change(writeLetter().bytes.toString())

const unreadable: Readonly<Record<string, () => Buffer | string>> = {
  'broken JSON': () => form().slice(0, -20),
  'a number': () => '42',
  'a text': () => '"form"',
  nothing: () => 'null',
  'two values': () => `${form()}${form()}`,
  'deep nesting': () => '['.repeat(400_000),
  'deep nesting of objects': () => '{"a":'.repeat(150_000),
  'not UTF-8': () => Buffer.concat([Buffer.from('{"messageId":"'), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from('"}')]),
  'UTF-16': () => Buffer.from(form(), 'utf16le'),
  'a key twice': () => form((text) => `{"messageId":"twice-${Date.now()}",${text.slice(1)}`),
  'XML with entities': () => '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
}

test('what cannot be read is kept, receipted and told why', async () => {
  for (const [name, make] of Object.entries(unreadable)) {
    const told = await post(make())
    expect({ name, status: told.status }).toEqual({ name, status: 422 })
    expectProblem(told, 422)
    expect(told.body).toMatchObject({ receipt: expect.any(String), level: 'stored', sha256: expect.any(String) })
    expect((told.body['errors'] as unknown[]).length).toBeGreaterThan(0)
  }
})

const readableAndWrong: Readonly<Record<string, (text: string) => string>> = {
  'an escaped NUL in a name': (text) => text.replace(/"familyName":"/, '"familyName":"\\u0000'),
  'an escaped NUL in the id': (text) => text.replace(/"messageId":"/, '"messageId":"\\u0000'),
  'half a character': (text) => text.replace(/"givenName":"/, '"givenName":"\\ud800'),
  'half a character in the id': (text) => text.replace(/"messageId":"/, '"messageId":"\\udfff'),
  'a version nobody knows': (text) => text.replace('"version":"2.0"', '"version":"9.9"'),
  'an id of 100 kB': (text) => text.replace(/"messageId":"/, `"messageId":"${'i'.repeat(100_000)}`),
  'a huge number': (text) => text.replace(/"sex":"\w+"/, '"sex":1e999'),
  'a prototype': (text) => `{"__proto__":{"form":"x"},"constructor":{"prototype":{}},${text.slice(1)}`,
  'no patient': (text) => text.replace('"patient":{', '"patients":{'),
  'an impossible date': (text) => text.replace(/"birthDate":"[^"]+"/, '"birthDate":"2021-02-30"'),
}

test('what can be read and is wrong gets a receipt and all its faults', async () => {
  for (const [name, spoil] of Object.entries(readableAndWrong)) {
    const told = await post(form(spoil))
    expect({ name, status: [202, 422].includes(told.status), answer: told.status }).toMatchObject({
      name,
      status: true,
    })
    expect({ name, body: told.body }).toMatchObject({ name, body: { receipt: expect.any(String), level: 'stored' } })
    expect({ name, faults: (told.body['errors'] as unknown[] | undefined)?.length ?? 0 }).not.toEqual({
      name,
      faults: 0,
    })
  }
})

test('what is not for the hub is turned away with a reason', async () => {
  expectProblem(await post(form(), { 'content-type': 'text/html' }), 415, 'content-type-unknown')
  expectProblem(await post(form(), { 'content-type': 'x'.repeat(5_000) }), 415)
  expectProblem(await post(''), 400, 'message-empty')
  expectProblem(await post('x'.repeat(1_048_577)), 413, 'message-too-large')
  expectProblem(await post(form(), {}, `/nowhere/${'%00'.repeat(50)}`), 404, 'not-found')
  const [head = '', payload = '', signature = ''] = token.split('.')
  const other = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'x' }))
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
  const stolen = [
    `${head}.${other.toString('base64url')}.${signature}`,
    `${none}.${payload}.`,
    `${head}.${payload}.${signature.slice(0, -4)}AAAA`,
    'x'.repeat(9_000),
    '',
  ]
  for (const bearer of stolen) {
    const told = await post(form(), { authorization: `Bearer ${bearer}` })
    expectProblem(told, 401)
  }
})

test('a compressed body is not unpacked and not kept, whatever it holds', async () => {
  const letter = writeLetter()
  const turnedAway = async () =>
    Number((await (await fetch(`${hub.url}/metrics`)).text()).match(/content-coded"\S* (\d+)/)?.[1] ?? 0)
  const before = await turnedAway()
  for (const [bytes, coding] of [
    [gzipSync(letter.bytes), 'gzip'],
    [gzipSync(Buffer.alloc(50_000_000)), 'GZIP'],
    [letter.bytes, 'br, gzip'],
  ] as const)
    expectProblem(await post(bytes, { 'content-encoding': coding }), 415, 'content-coded')
  expect(await turnedAway()).toBe(before + 3)
  expect((await post(letter.bytes, { 'content-encoding': 'identity' })).body).not.toHaveProperty('repeated')
})

test('a wrong method is told which are right, a wrong address that it is one', async () => {
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'GET']) {
    const answer = await fetch(`${hub.url}/messages`, { method })
    expect(answer.headers.get('allow')).toBe('POST')
    const told = { status: answer.status, contentType: answer.headers.get('content-type')!, body: await answer.json() }
    expectProblem(told as Told, 405, 'method-other')
  }
  const { answers } = await speak(hub.port, 'PROPFIND /messages/abc HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n')
  expect(answers[0]!.headers['allow']).toBe('GET, HEAD')
  expectProblem(ofWire(answers[0]!), 405, 'method-other')
  for (const path of ['/messages/%zz', '/%', '/healthz/%c0%']) {
    const broken = await speak(hub.port, `GET ${path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n`)
    expectProblem(ofWire(broken.answers[0]!), 400, 'request-malformed')
  }
})

test('a sender is answered in its own language, unless it asks for another', async () => {
  const french = await registerClient(database.url, 'Pharmacie des Tilleuls')
  await using db = lookAt(database.url)
  await db.pool.query("update sender set language = 'fr' where client_id = $1", [french.clientId])
  const authorization = `Bearer ${await signIn(french)}`
  const refusals = {
    straight: (headers: Heads) => raw('/messages', { ...headers, 'content-type': 'application/json' }, '{'),
    routed: (headers: Heads) => raw('/messages', { ...headers, 'content-type': 'application/json; v=1' }, '{'),
    'turned away': (headers: Heads) => raw('/messages', { ...headers, 'content-type': 'text/html' }, '{'),
    fhir: (headers: Heads) => raw('/fhir', { ...headers, 'content-type': 'text/html' }, '{'),
    'nowhere to be found': (headers: Heads) => raw(`/messages/${randomUUID()}`, headers),
    status: (headers: Heads) => raw('/status?after=x', headers),
  }
  for (const [name, ask] of Object.entries(refusals)) {
    const language = async (headers: Heads) => (await ask(headers)).headers.get('content-language')
    expect({ name, own: await language({ authorization }) }).toEqual({ name, own: 'fr' })
    expect({ name, asked: await language({ authorization, 'accept-language': 'de' }) }).toEqual({ name, asked: 'de' })
    expect({ name, nobody: await language({}) }).toEqual({ name, nobody: 'nl' })
  }
})

test('every answer to a message with words in it says in which language', async () => {
  const [letter, authorization] = [writeLetter(), `Bearer ${token}`]
  for (const type of ['application/json', 'application/json; v=1']) {
    const language = async (body: string | Buffer) => {
      const answer = await raw('/messages', { authorization, 'content-type': type, 'accept-language': 'de' }, body)
      return [answer.status, answer.headers.get('content-language')]
    }
    expect(await language(letter.bytes)).toEqual([202, null])
    expect(await language(contradict(letter).bytes)).toEqual([409, 'de'])
    expect(await language('{')).toEqual([422, 'de'])
    expect(await language(form((text) => text.replace('"version":"2.0"', '"version":"9.9"')))).toEqual([
      202,
      'nl, fr, de, en',
    ])
  }
})

test('what is wrong is told in words that fit', async () => {
  const authorization = `Bearer ${token}`
  expectProblem(await post(form(), { 'content-type': '' }), 415, 'content-type-missing')
  for (const path of ['/messages', '/fhir']) {
    const head = `POST ${path} HTTP/1.1\r\nhost: h\r\nauthorization: ${authorization}\r\ncontent-length: 2\r\n\r\n{}`
    const { answers } = await speak(hub.port, head)
    expect(answers[0]).toMatchObject({ status: 415, body: expect.stringContaining('content-type-missing') })
  }
  const large = await asked('/oauth/token', { method: 'POST', body: 'x'.repeat(20_000) })
  expectProblem(large, 413, 'request-too-large')
  const { clientId } = client
  const exp = Math.floor(Date.now() / 1_000) + 60
  const signed = await asked('/oauth/token', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await signedBy(client, { iss: clientId, sub: clientId, aud: 'x', exp }),
    }),
  })
  expectProblem(signed, 401, 'assertion-claim')
  const addresses = String(signed.body['title']).match(/http\S+?(?=[,.]? |\.?$)/g) ?? []
  expect(addresses.length).toBeGreaterThan(0)
  expect(new Set(addresses).size).toBe(addresses.length)
  for (const [version, status] of [
    ['5.0', 415],
    ['4.0', 422],
    ['4.0.1', 422],
    ['"3.0"', 415],
  ] as const)
    for (const path of ['/messages', '/fhir']) {
      const type = `application/fhir+json; fhirVersion=${version}`
      const answer = await raw(path, { authorization, 'content-type': type }, '{}')
      expect({ path, version, status: answer.status }).toEqual({ path, version, status })
    }
})

test('a receipt is read in capitals, too', async () => {
  const kept = await sender.send(writeLetter())
  const receipt = String(kept!.body.receipt).toUpperCase()
  for (const name of [receipt, `${receipt}.0`])
    expect((await raw(`/messages/${name}`, { authorization: `Bearer ${token}` })).status).toBe(200)
})

test('the contract says what is answered', async () => {
  const [letter, bearer] = [writeLetter(), { headers: { authorization: `Bearer ${token}` } }]
  const first = await post(letter.bytes)
  const other = contradict(letter).bytes
  const conflict = await post(other)
  expect(conflict.status).toBe(409)
  expect((await post(other)).body).toEqual({ ...conflict.body, repeated: true })
  expect(await post(letter.bytes)).toMatchObject({ status: 202, body: { repeated: true } })
  expect(await post('{')).toMatchObject({ status: 422 })
  const oauth = (body: string) => ({
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  const receipt = String(first.body['receipt'])
  const answers: readonly ['get' | 'post', string, Told][] = [
    ['get', '/forms', await asked('/forms')],
    ['get', '/messages/{receipt}', await asked(`/messages/${receipt}`, bearer)],
    ['get', '/messages/{receipt}', await asked(`/messages/${receipt}`)],
    ['get', '/messages/{receipt}', await asked(`/messages/${randomUUID()}`, bearer)],
    ['get', '/status', await asked('/status')],
    ['get', '/status', await asked('/status?after=x', bearer)],
    [
      'get',
      '/status',
      await until(
        () => asked('/status', bearer),
        ({ body }) => (body['events'] as unknown[]).length > 1,
      ),
    ],
    ['post', '/oauth/token', await asked('/oauth/token', oauth('grant_type=x'))],
    ['post', '/oauth/token', await asked('/oauth/token', oauth('x'.repeat(20_000)))],
  ]
  for (const [method, path, { status, body }] of answers)
    expect({ path, status, faults: contractFaults(method, path, status, body) }).toEqual({ path, status, faults: [] })
})

test('a content type that cannot be read is told which can', async () => {
  const told = await post(form(), { 'content-type': 'application/json, application/xml' })
  expectProblem(told, 415, 'content-type-unknown')
  expect(told.body['title']).toContain('application/fhir+json')
})

test("a token opens its own sender's messages only", async () => {
  const kept = await sender.send(writeLetter())
  const stranger = await signIn(await registerClient(database.url, 'Apotheek Ander'))
  const look = async (bearer: string) =>
    (await fetch(`${hub.url}/messages/${kept!.body.receipt}`, { headers: { authorization: `Bearer ${bearer}` } }))
      .status
  expect(await look(token)).toBe(200)
  expect(await look(stranger)).toBe(404)
})

const request = (lines: readonly string[], body = ''): string =>
  ['POST /messages HTTP/1.1', 'host: hub', `authorization: Bearer ${token}`, ...lines, '', body].join('\r\n')

test('games with the head of a request end in a refusal and the end of the connection', async () => {
  const json = 'content-type: application/json'
  const games: Readonly<Record<string, string>> = {
    'two lengths': request([json, 'content-length: 5', 'content-length: 9'], '{}{}{}'),
    'length and chunks': request(
      [json, 'content-length: 4', 'transfer-encoding: chunked'],
      '0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n',
    ),
    'chunks twice over': request([json, 'transfer-encoding: chunked, identity'], '0\r\n\r\n'),
    'a negative length': request([json, 'content-length: -1']),
    'a length in hex': request([json, 'content-length: 0x10'], 'x'.repeat(16)),
    'a chunk of too many digits': request([json, 'transfer-encoding: chunked'], `${'f'.repeat(20)}\r\nx\r\n0\r\n\r\n`),
    'a head of 40 kB': request([json, `x-long: ${'y'.repeat(40_000)}`]),
    'a space before the colon': request([json, 'content-length : 2'], '{}'),
    'a NUL in a name': request([json, 'x-a\u0000b: c', 'content-length: 2'], '{}'),
    'no HTTP at all': 'MSH|^~\\&|LAB\r\rGO AWAY\r\n\r\n',
    'TLS on a plain port': '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\r\n\r\n',
  }
  for (const [name, bytes] of Object.entries(games)) {
    const { answers, end } = await speak(hub.port, Buffer.from(bytes, 'latin1'), 2)
    expect({ name, end, answers: answers.length }).toEqual({ name, end: 'closed', answers: 1 })
    expect({ name, refused: [400, 431].includes(answers[0]!.status) }).toEqual({ name, refused: true })
    expectProblem(ofWire(answers[0]!), answers[0]!.status)
  }
})

test('a head that Node would answer without a word is answered with words', async () => {
  const length = ['content-type: application/json', 'content-length: 2']
  const noHost = await speak(hub.port, request(length, '{}').replace('host: hub\r\n', ''))
  expectProblem(ofWire(noHost.answers[0]!), 400, 'request-malformed')
  for (const path of ['/messages', '/oauth/token', '/nowhere']) {
    const expecting = request([...length, 'expect: 200-ok'], '{}').replace('/messages', path)
    expectProblem(ofWire((await speak(hub.port, expecting)).answers[0]!), 417, 'expectation-unknown')
  }
})

test('who waits before the body is told to go on only when it may come in', async () => {
  const waiting = (bytes: number, bearer = token, path = '/messages') =>
    request(['content-type: application/json', `content-length: ${bytes}`, 'expect: 100-continue'])
      .replace(token, bearer)
      .replace('/messages', path)
  const status = async (head: string) => (await speak(hub.port, head)).answers.map((answer) => answer.status)
  expect(await status(waiting(1024 ** 3))).toEqual([413])
  expect(await status(waiting(2, 'nobody'))).toEqual([401])
  const nowhere = await speak(hub.port, `${waiting(2, token, '/nowhere')}{}`, 2)
  expect(nowhere.answers.map((answer) => answer.status)).toEqual([100, 404])
  expect(await status(waiting(2))).toEqual([100])
  const letter = writeLetter()
  const { answers } = await speak(hub.port, waiting(letter.bytes.length) + letter.bytes.toString(), 2)
  expect(answers.map((answer) => answer.status)).toEqual([100, 202])
})

test('messages in one breath are answered in their order, each with its own hash', async () => {
  const letters = [writeLetter(), writeLetter('booster'), writeLetter()]
  const breath = letters.map(({ bytes }) =>
    request(['content-type: application/json', `content-length: ${bytes.length}`], bytes.toString()),
  )
  const { answers } = await speak(hub.port, breath.join(''), 3)
  expect(answers.map(({ status, body }) => [status, (JSON.parse(body) as { sha256: string }).sha256])).toEqual(
    letters.map(({ bytes }) => [202, createHash('sha256').update(bytes).digest('hex')]),
  )
})

test('a message is answered alike whether its length is told or it comes in chunks', async () => {
  const kept = writeLetter()
  await sender.send(kept)
  const other = { authorization: 'Bearer nobody', 'accept-language': 'fr' }
  const cases: Readonly<Record<string, { body: string; headers: Readonly<Record<string, string>> }>> = {
    'sent again': { body: kept.bytes.toString(), headers: {} },
    'in conflict': { body: contradict(kept).bytes.toString(), headers: { 'accept-language': 'de' } },
    unreadable: { body: '{"messageId":"é', headers: {} },
    'of a stranger': { body: form(), headers: other },
    'without a token': { body: form(), headers: { authorization: '' } },
    'of no format': { body: form(), headers: { 'content-type': 'application/pdf' } },
  }
  const base = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  for (const [name, { body, headers }] of Object.entries(cases)) {
    const head = Object.entries({ ...base, ...headers }).map(([key, value]) => `${key}: ${value}`)
    const start = ['POST /messages HTTP/1.1', 'host: hub', ...head].join('\r\n')
    const length = Buffer.byteLength(body)
    const plain = `${start}\r\ncontent-length: ${length}\r\n\r\n${body}`
    // Twice, so that to either of the compared it is a repetition.
    await speak(hub.port, plain)
    const whole = await speak(hub.port, plain)
    const chunked = `${length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    const chunks = await speak(hub.port, `${start}\r\ntransfer-encoding: chunked\r\n\r\n${chunked}`)
    const alike = ({ answers: [answer] }: typeof whole): unknown => {
      const { date: _, connection: __, 'keep-alive': ___, ...rest } = answer!.headers
      // Each has its own time of receipt, and a conflict is kept under one number.
      const told = JSON.parse(answer!.body.replace(/"receivedAt":"[^"]+"/, '"receivedAt":""')) as unknown
      return { name, status: answer!.status, headers: rest, told }
    }
    expect(alike(whole)).toEqual(alike(chunks))
    // The rest of what a stranger sends is read past, but only as far as its length is told.
    const stranger = whole.answers[0]!.status === 401
    expect(whole.answers[0]!.headers['connection']).toBe('keep-alive')
    expect(chunks.answers[0]!.headers['connection']).toBe(stranger ? 'close' : 'keep-alive')
    expect(whole.answers[0]!.status).not.toBe(500)
  }
})

test('a message that breaks off is counted as turned away', async () => {
  await using db = lookAt(database.url)
  const broken = async (): Promise<number> =>
    Number(
      (
        await db.pool.query<{ n: string }>(
          "select coalesce(sum(count), 0) as n from turned_away where code = 'request-malformed' and service = 'eforms'",
        )
      ).rows[0]!.n,
    )
  const before = await broken()
  const socket = connect(hub.port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(request(['content-type: application/json', 'content-length: 100'], '{"messageId":'), () => {
    setTimeout(() => socket.destroy(), 200)
  })
  await until(broken, (now) => now > before)
})

test('a body of a gigabyte costs the hub no memory', { timeout: 120_000 }, async () => {
  for (let i = 0; i < 20; i += 1) await sender.send(writeLetter())
  const before = await hub.rss()
  const gigabyte = 1024 ** 3
  const head = request(['content-type: application/json', 'transfer-encoding: chunked'])
  const floods = [flood(hub.port, head, gigabyte), flood(hub.port, head.replace(token, 'nobody'), gigabyte)]
  const refused = [413, 401]
  let most = before
  const watching = setInterval(() => void hub.rss().then((now) => (most = Math.max(most, now))), 20)
  for (const [index, { sent, status }] of (await Promise.all(floods)).entries()) {
    expect(sent).toBeLessThan(gigabyte / 8)
    expect([refused[index], null]).toContain(status)
  }
  clearInterval(watching)
  expect((most - before) / 1024 ** 2).toBeLessThan(60)
  const { answers } = await speak(hub.port, request(['content-type: application/json', `content-length: ${gigabyte}`]))
  expectProblem(ofWire(answers[0]!), 413, 'message-too-large')
})

/** So many connections that each send all but the end of a large message, and wait; `answered` of them are told something. */
async function unfinished(
  count: number,
  bearer: string,
  answered: number,
): Promise<{ told: WireAnswer[]; end: () => void }> {
  const large = Buffer.alloc(1_000_000, 'x')
  const head = request(['content-type: application/json', `content-length: ${large.length + 1}`]).replace(token, bearer)
  const lines: Awaited<ReturnType<typeof hold>>[] = []
  for (let begun = 0; begun < count; begun += 50) {
    const some = Array.from({ length: Math.min(50, count - begun) }, () =>
      hold(hub.port, Buffer.concat([Buffer.from(head), large])),
    )
    lines.push(...(await Promise.all(some)))
  }
  const told = (): WireAnswer[] => lines.flatMap((line) => line.answer() ?? [])
  await until(
    () => Promise.resolve(told().length),
    (now) => now >= answered,
  )
  // One more than those would come about now.
  await sleep(300)
  return { told: told(), end: () => lines.forEach((line) => line.end()) }
}

test('what strangers send is not kept, however many they are', { timeout: 120_000 }, async () => {
  const before = await hub.rss()
  const { told, end } = await unfinished(300, 'nobody', 300)
  expect(((await hub.rss()) - before) / 1024 ** 2).toBeLessThan(60)
  expect(told).toHaveLength(300)
  for (const answer of told) expectProblem(ofWire(answer), 401)
  end()
})

test(
  'a sender that fills its share of the room is told so, and the others are served',
  { timeout: 120_000 },
  async () => {
    const before = await hub.rss()
    const { told, end } = await unfinished(100, token, 84)
    // A quarter of 64 MiB, 1 MB each.
    expect(told).toHaveLength(84)
    for (const answer of told) {
      expectProblem(ofWire(answer), 503, 'intake-full')
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    }
    expect(((await hub.rss()) - before) / 1024 ** 2).toBeLessThan(120)
    const other = makeSender(await registerClient(database.url, 'Apotheek Ander'), [hub.url])
    expect((await other.send(writeLetter()))?.status).toBe(202)
    await other.close()
    end()
    await until(
      async () => (await post(Buffer.alloc(1_000_000, 'x'))).status,
      (status) => status === 422,
    )
  },
)

test('slow and silent connections keep nobody waiting, and slow ones are ended', { timeout: 120_000 }, async () => {
  const before = await hub.rss()
  const sockets: Socket[] = Array.from({ length: 500 }, () =>
    connect(hub.port, '127.0.0.1').on('error', () => undefined),
  )
  const slow = speak(hub.port, request(['content-type: application/json', 'content-length: 100'], '{'), 1, 60_000)
  const slowHead = speak(hub.port, 'POST /messages HTTP/1.1\r\nhost: h', 1, 60_000)
  await sleep(500)
  expect((await sender.send(writeLetter()))?.status).toBe(202)
  expect(((await hub.rss()) - before) / 1024 ** 2).toBeLessThan(60)
  for (const patient of [await slowHead, await slow]) {
    expectProblem(ofWire(patient.answers[0]!), 408)
  }
  for (const socket of sockets) socket.destroy()
})

test('whatever bytes come, every answer is typed and the hub lives', { timeout: 120_000 }, async () => {
  const mutated = fc
    .tuple(fc.nat(), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 12 }))
    .map(([, changes]) => {
      const bytes = Buffer.from(form())
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      return bytes
    })
  const random = fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes))
  const json = fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text))
  const types = fc.constantFrom('application/json', 'application/fhir+json', 'application/json; charset=latin1')
  await fc.assert(
    fc.asyncProperty(fc.oneof(mutated, random, json), types, async (bytes, type) => {
      const told = await post(bytes, { 'content-type': type })
      if (told.status === 202 || told.status === 422) expect(told.body['receipt']).toEqual(expect.any(String))
      if (told.status === 202) return
      expect([400, 409, 415, 422]).toContain(told.status)
      expectProblem(told, told.status)
    }),
    { numRuns: process.env['SLUIS_LONG'] === '1' ? 5_000 : 150 },
  )
})

test('after all of it the hub is the same process, logged no fault of its own, and its books balance', async () => {
  expect(hub.alive()).toBe(true)
  expect(
    hub
      .output()
      .split('\n')
      .filter((line) => line.includes('"level":"error"')),
  ).toEqual([])
  await using db = lookAt(database.url)
  await until(
    async () => (await db.pool.query('select 1 from step')).rowCount,
    (left) => left === 0,
  )
  const days = { from: brusselsDay(new Date(Date.now() - 3_600_000)), to: brusselsDay(new Date()) }
  expect(await account(db, days)).toMatchObject({ balanced: true })
})
