import { randomUUID } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadDestinations, type DestinationConfig } from '../../src/delivery/config.ts'
import { openTransport } from '../../src/delivery/transports/open-transport.ts'
import type { DeliveryItem, Envelope, Outcome, Transport } from '../../src/delivery/transports/transport.ts'
import type { CertificateRequest } from '../../src/formats/certificate-request.ts'
import { acknowledgement, sendJson, startFakeDestination, type Posted } from './fake-destination.ts'
import { certificateFor } from './issue-certificate.ts'
import { makeRecord } from './world.ts'

// Every kind of transport, against every way a destination can answer wrongly. One suite: a new kind joins the list.

const shipped = loadDestinations({ environment: {} })
// Long for answers that come, short for those that never do.
const patient = 8_000
const short = 300

const kinds = [
  { kind: 'fhir-http', purpose: 'result', record: makeRecord({ result: 'negative' }) },
  { kind: 'async-result', purpose: 'vaccination', record: makeRecord({ kind: 'vaccination' }) },
  { kind: 'certificate', purpose: 'certificate', record: makeRecord({ result: 'negative' }) },
] as const

type Kind = (typeof kinds)[number]

function itemOf(kind: Kind): DeliveryItem & Envelope {
  return { ...namesAndRecord(kind), open: () => kind.record }
}

function namesAndRecord({ purpose, record }: Kind): DeliveryItem {
  return {
    uid: randomUUID().replace(/^(.{14})./, '$18'),
    purpose,
    recordName: '3f0c7a52-11d0-8a6e-9c1b-0b64f1a2c3d4.0',
    receivedAt: new Date('2022-07-01T07:15:00Z'),
    traceparent: null,
    record,
    replaces: null,
    earlier: null,
    uvci: null,
  }
}

function open(kind: Kind, baseUrl: string, timeoutMs = patient): Transport {
  const config = shipped.find(({ transport }) => transport === kind.kind)!
  const transport = openTransport({ ...config, baseUrl, secret: 's', timeoutMs, concurrency: 2 } as DestinationConfig)
  onTestFinished(() => transport.close())
  return transport
}

async function post(kind: Kind, url: string, timeoutMs = patient): Promise<Outcome> {
  const transport = open(kind, url, timeoutMs)
  const item = itemOf(kind)
  return transport.send(item, transport.write(item))
}

const proof = (kind: Kind, posted: Posted, over: object = {}): object => ({
  ...acknowledgement(posted, over),
  ...(kind.kind === 'certificate'
    ? { certificate: certificateFor(JSON.parse(posted.body) as CertificateRequest) }
    : {}),
})

/** A server that speaks bytes: what it does with each connection's first request is up to `speak`. */
async function rawServer(speak: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    socket.once('data', () => speak(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function fake() {
  const destination = await startFakeDestination()
  onTestFinished(() => destination.stop())
  return destination
}

describe.each(kinds)('$kind', (kind) => {
  test('an honest acknowledgement counts', async () => {
    const destination = await fake()
    destination.behave = (posted, response) => sendJson(response, 200, proof(kind, posted))
    expect(await post(kind, destination.url)).toMatchObject({ state: 'acknowledged', reference: expect.any(String) })
  })

  test('the same item gives the same bytes', () => {
    const transport = open(kind, 'http://127.0.0.1:9')
    const item = namesAndRecord(kind)
    expect(transport.write(item)).toEqual(transport.write(structuredClone(item)))
  })

  // It may have been done: where ids are not remembered that must be asked.
  const doubtful = kind.kind === 'async-result' ? 'unknown' : 'failed'
  const lies: [string, (posted: Posted) => { status: number; body: unknown; headers?: object }, Partial<Outcome>][] = [
    ['2xx without acknowledgement', () => ({ status: 200, body: {} }), { state: 'unknown' }],
    ['2xx that is no JSON', () => ({ status: 200, body: 'thank you' }), { state: 'unknown' }],
    ['2xx null', () => ({ status: 200, body: null }), { state: 'unknown' }],
    [
      'for another delivery',
      (posted) => ({ status: 200, body: proof(kind, posted, { deliveryId: randomUUID() }) }),
      { state: 'unknown' },
    ],
    [
      'for other bytes',
      (posted) => ({ status: 200, body: proof(kind, posted, { sha256: '0'.repeat(64) }) }),
      { state: 'unknown' },
    ],
    [
      'pending',
      (posted) => ({ status: 202, body: { deliveryId: posted.uid, state: 'pending', ticket: 't' } }),
      { state: 'pending' },
    ],
    [
      'refused',
      () => ({ status: 422, body: { state: 'refused', code: 'c\u0000d', text: 't' } }),
      { state: 'refused', code: 'c d', text: 't' },
    ],
    [
      'busy',
      () => ({ status: 429, body: {}, headers: { 'retry-after': '7' } }),
      { state: 'failed', retryAfterMs: 7_000 },
    ],
    [
      'rest until a date',
      () => ({ status: 503, body: {}, headers: { 'retry-after': 'Thu, 01 Jan 2099 00:00:00 GMT' } }),
      { state: 'failed', retryAfterMs: 3_600_000 },
    ],
    ['broken inside', () => ({ status: 500, body: 'x' }), { state: doubtful, code: 'status-500' }],
    ['given up by a gateway', () => ({ status: 504, body: 'x' }), { state: doubtful, code: 'status-504' }],
    ['slow to read', () => ({ status: 408, body: {} }), { state: doubtful, code: 'status-408' }],
    ['our secret is not theirs', () => ({ status: 401, body: {} }), { state: 'failed', code: 'status-401' }],
  ]
  test.each(lies)('%s', async (_name, answer, outcome) => {
    const destination = await fake()
    destination.behave = (posted, response) => {
      const { status, body, headers } = answer(posted)
      sendJson(response, status, body, headers)
    }
    expect(await post(kind, destination.url)).toMatchObject(outcome)
  })

  test('a redirect is not followed', async () => {
    const destination = await fake()
    destination.behave = (_posted, response) =>
      sendJson(response, 307, {}, { location: `${destination.url}/elsewhere` })
    expect(await post(kind, destination.url)).toMatchObject({ state: 'failed', code: 'status-307' })
    expect(destination.posts).toHaveLength(1)
  })

  test('nobody there: nothing was done', async () => {
    const destination = await startFakeDestination()
    await destination.stop()
    expect(await post(kind, destination.url)).toMatchObject({ state: 'failed', code: 'connection-refused' })
  })

  test('a half-open line, a slow drip, a reset in the middle and an endless answer are all unknown', async () => {
    const silent = await rawServer(() => undefined)
    expect(await post(kind, silent, short)).toMatchObject({ state: 'unknown', code: 'timed-out' })
    const dripping = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n')
      const drip = setInterval(() => socket.write('{'), 20)
      socket.on('close', () => clearInterval(drip))
    })
    expect(await post(kind, dripping, short)).toMatchObject({ state: 'unknown', code: 'timed-out' })
    const resetting = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"delive')
      setTimeout(() => socket.resetAndDestroy(), 20)
    })
    expect(await post(kind, resetting)).toMatchObject({ state: 'unknown', code: 'connection-lost' })
    const endless = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n')
      const pour = (): void =>
        void (socket.destroyed || socket.write(Buffer.alloc(65_536, 32), () => setImmediate(pour)))
      pour()
    })
    expect(await post(kind, endless)).toMatchObject({ state: 'unknown', code: 'answer-too-large' })
  })

  test('asked for: known, unknown there, wrong words, silence', async () => {
    const destination = await fake()
    const transport = open(kind, destination.url)
    const item = itemOf(kind)
    const letter = transport.write(item)
    const posted = { uid: item.uid, path: letter.path, body: letter.body.toString(), headers: {} }
    const ask = (): Promise<Outcome> => transport.ask(item, [letter.sha256])

    expect(await ask()).toEqual({ state: 'absent' })
    destination.answerAsk = (_uid, response) => sendJson(response, 404, { error: 'no such page' })
    expect(await ask()).toMatchObject({ state: 'unknown' })
    destination.answerAsk = (uid, response) => sendJson(response, 404, { deliveryId: `${uid}0`, state: 'unknown' })
    expect(await ask()).toMatchObject({ state: 'unknown' })
    destination.answerAsk = (_uid, response) => sendJson(response, 200, proof(kind, posted))
    expect(await ask()).toMatchObject({ state: 'acknowledged' })
    destination.answerAsk = (_uid, response) => sendJson(response, 200, proof(kind, posted, { sha256: '1'.repeat(64) }))
    expect(await ask()).toMatchObject({ state: 'unknown', code: 'acknowledgement-of-other-bytes' })
    destination.answerAsk = (_uid, response) => sendJson(response, 503, {}, { 'retry-after': '3' })
    expect(await ask()).toMatchObject({ state: 'unknown', retryAfterMs: 3_000 })
    destination.answerAsk = () => undefined
    expect(await open(kind, destination.url, short).ask(item, [letter.sha256])).toMatchObject({
      state: 'unknown',
      code: 'ask-timed-out',
    })
  })
})

test('a certificate of another person, another test or another identifier is no acknowledgement', async () => {
  const kind = kinds[2]
  const wrong: ((request: CertificateRequest) => object)[] = [
    (request) => certificateFor({ ...request, person: { ...request.person, familyName: 'Janssens' } }),
    (request) => certificateFor(request, { fn: 'Janssens', fnt: 'JANSSENS' }),
    (request) => certificateFor(request, { fn: 'Peetersen', fnt: 'PEETERSEN' }),
    (request) => certificateFor({ ...request, person: { ...request.person, birthDate: '1990-01-02' } }),
    (request) => certificateFor({ ...request, test: { ...request.test!, sampledAt: '2022-07-01T09:13:00+02:00' } }),
    (request) => ({ ...certificateFor(request), uvci: 'URN:UVCI:01:BE:OTHER#A' }),
    (request) => ({ ...certificateFor(request), hc1: 'HC1:NOTHING' }),
  ]
  for (const make of wrong) {
    const destination = await fake()
    destination.behave = (posted, response) => {
      const request = JSON.parse(posted.body) as CertificateRequest
      sendJson(response, 200, { ...acknowledgement(posted), certificate: make(request) })
    }
    expect(await post(kind, destination.url)).toMatchObject({ state: 'unknown', code: 'certificate-of-another' })
  }
  const without = await fake()
  expect(await post(kind, without.url)).toMatchObject({ state: 'unknown', code: 'certificate-missing' })
})

test('an issuer that writes names in A-Z by another table has certified the same person', async () => {
  const record = makeRecord({ result: 'negative' })
  const kind = { ...kinds[2], record: { ...record, subject: { ...record.subject!, familyName: ' m\u00e4el ' } } }
  const names: Parameters<typeof certificateFor>[1][] = [{}, { fnt: 'MAEL' }, { fn: 'ma\u0308el', fnt: 'MAEL' }]
  for (const name of names) {
    const destination = await fake()
    destination.behave = (posted, response) =>
      sendJson(response, 200, {
        ...acknowledgement(posted),
        certificate: certificateFor(JSON.parse(posted.body) as CertificateRequest, name),
      })
    expect(await post(kind, destination.url)).toMatchObject({ state: 'acknowledged' })
  }
})
