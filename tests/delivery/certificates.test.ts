import { expect, test } from 'vitest'
import type { CertificateRequest } from '../../src/formats/certificate-request.ts'
import { acknowledgement, sendJson } from './fake-destination.ts'
import { certificateFor } from './issue-certificate.ts'
import { certificatesOf, fake, neighbours, putCertified, revocations } from './neighbours.ts'
import { makeWorld, until } from './world.ts'

test('a negative test gets one certificate after the result was taken, and the sender is told', async () => {
  const world = await makeWorld()
  await neighbours(world)
  const [negative] = await world.put({ result: 'negative' }, { result: 'positive' })
  await until(
    () => certificatesOf(world),
    ({ length }) => length === 1,
  )
  expect(await certificatesOf(world)).toEqual([{ record: negative!.id, revoked: false }])
  const kinds = await world.query<{ kind: string; tell: boolean }>(
    'select kind, tell from entry where record = $1 and delivery is not null order by id',
    [negative!.id],
  )
  expect(kinds.map(({ kind }) => kind)).toEqual(['owed', 'owed', 'acknowledged', 'acknowledged', 'certified'])
  expect(kinds.at(-1)?.tell).toBe(true)
  const [row] = await world.query<{ uci: number; signature: number }>(
    'select length(hash_uci) as uci, length(hash_signature) as signature from certificate',
  )
  expect(row).toEqual({ uci: 16, signature: 16 })
})

test('a correction revokes the certificate and gets its own; a withdrawal revokes without another', async () => {
  const world = await makeWorld()
  const { sciensano, issuer } = await neighbours(world)
  const first = await putCertified(world, { insz: '1' })
  const [second] = await world.put({
    messageId: 'm2',
    result: 'negative',
    insz: '1',
    action: { state: 'correct', replacesMessageId: 'm1' },
  })
  await until(
    () => certificatesOf(world),
    ({ length }) => length === 2,
  )
  await until(
    async () => revocations(issuer).length,
    (count) => count === 1,
  )
  expect(await certificatesOf(world)).toEqual([
    { record: first.id, revoked: true },
    { record: second!.id, revoked: false },
  ])
  // A correction of the first message again means the record that took its place.
  await world.put({ messageId: 'm3', action: { state: 'withdraw', replacesMessageId: 'm1', motive: 'wrong person' } })
  await until(
    async () => revocations(issuer).length,
    (count) => count === 2,
  )
  const names = revocations(issuer).map(({ body }) => (JSON.parse(body) as { recordId: string }).recordId)
  expect(names).toEqual([`${first.receipt}.0`, `${second!.receipt}.0`])
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 3,
  )
  expect(sciensano.posts.at(-1)!.body).toContain('entered-in-error')
  await until(
    () => world.query<{ open: boolean }>('select open from replacement'),
    (rows) => rows.length === 2 && rows.every(({ open }) => !open),
  )
})

test('another sender cannot replace a record', async () => {
  const world = await makeWorld()
  const { issuer } = await neighbours(world)
  await putCertified(world, { senderId: 1 })
  await world.put({
    messageId: 'x',
    senderId: 2,
    action: { state: 'withdraw', replacesMessageId: 'm1', motive: 'not theirs' },
  })
  await world.put({ messageId: 'y', senderId: 2 })
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 2,
  )
  expect(revocations(issuer)).toHaveLength(0)
  expect((await certificatesOf(world))[0]?.revoked).toBe(false)
})

test('a withdrawal that comes before what it withdraws waits for it, and no certificate is made', async () => {
  const world = await makeWorld()
  const { issuer } = await neighbours(world)
  const [early] = await world.put({
    messageId: 'm2',
    action: { state: 'withdraw', replacesMessageId: 'm1', motive: 'sent twice' },
  })
  expect(await world.states()).toEqual({})
  await world.put({ messageId: 'm1', result: 'negative' })
  const steps = await world.query('select stage, record from step where stage = $1', ['plan'])
  expect(steps).toEqual([{ stage: 'plan', record: early!.id }])
  await world.plan([early!])
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 2,
  )
  expect(issuer.posts).toHaveLength(0)
  expect(await world.states('digitaal-vlaanderen')).toEqual({})
})

test('a certificate that arrives after its record was replaced is revoked when it arrives', async () => {
  const world = await makeWorld()
  const { issuer } = await neighbours(world)
  const usual = issuer.behave
  let hold = true
  issuer.behave = (posted, response, self) => (hold ? sendJson(response, 503, {}) : usual(posted, response, self))
  await world.put({ messageId: 'm1', result: 'negative' })
  await until(
    async () => issuer.posts.length,
    (posts) => posts > 0,
  )
  await until(
    () => world.query<{ attempts: number }>(`select attempts from delivery where destination = 'digitaal-vlaanderen'`),
    ([row]) => (row?.attempts ?? 0) > 0,
  )
  await world.put({ messageId: 'm2', result: 'positive', action: { state: 'correct', replacesMessageId: 'm1' } })
  hold = false
  await until(
    () => certificatesOf(world),
    ([one]) => one?.revoked === true,
  )
  await until(
    async () => revocations(issuer).length,
    (count) => count === 1,
  )
})

test('a sender is told when what was made is the certificate of another record and cannot be kept', async () => {
  const world = await makeWorld()
  const [sciensano, issuer] = [await fake(), await fake()]
  let first: object | undefined
  issuer.behave = (posted, response) => {
    const certificate = certificateFor(JSON.parse(posted.body) as CertificateRequest)
    first ??= certificate
    return sendJson(response, 200, { ...acknowledgement(posted), certificate: first })
  }
  // One person and one sample, handed over twice: what was made for the one fits the other.
  const same = { insz: '90010100001', result: 'negative' } as const
  const [one, other] = await world.put(same, same)
  world.deliver({ sciensano: sciensano.url, 'digitaal-vlaanderen': issuer.url }, { timeoutMs: 3_000, leaseMs: 10_000 })
  const told = await until(
    () =>
      world.query<{ record: number; kind: string; code: string | null }>(
        `select record, kind, detail->>'code' as code from entry where tell order by id`,
      ),
    ({ length }) => length === 2,
  )
  expect(new Set(told.map(({ record }) => record))).toEqual(new Set([one!.id, other!.id]))
  expect(told.map(({ kind, code }) => ({ kind, code }))).toEqual([
    { kind: 'certified', code: null },
    { kind: 'not-certified', code: 'certificate-differs' },
  ])
})

test('a sender whose record passed is told when no certificate can be asked for', async () => {
  const world = await makeWorld()
  const { url } = await fake()
  const { issuer } = await neighbours(world)
  world.deliver({ vaccinnet: url }, {}, 'second')
  const [impossible] = await world.put({ kind: 'vaccination', doses: { dose: 3, doses: 2 } })
  const told = () =>
    world.query<{ kind: string; detail: object }>('select kind, detail from entry where record = $1 and tell', [
      impossible!.id,
    ])
  await until(told, ({ length }) => length > 0)
  expect(await told()).toEqual([
    {
      kind: 'not-certified',
      detail: {
        destination: 'digitaal-vlaanderen',
        purpose: 'certificate',
        code: 'certificate-doses-impossible',
      },
    },
  ])
  expect(issuer.posts).toEqual([])
  expect(await world.states('digitaal-vlaanderen')).toEqual({ withdrawn: 1 })
})

test('the sender of a replaced record is not told that it gets no certificate: who replaced it knows', async () => {
  const world = await makeWorld()
  const { issuer } = await neighbours(world)
  const [first] = await world.store({ messageId: 'm1', result: 'negative' })
  const usual = issuer.behave
  const fails: typeof usual = (posted, response, self) =>
    posted.body.includes(first!.receipt) ? sendJson(response, 503, {}) : usual(posted, response, self)
  issuer.behave = fails
  await world.plan([first!])
  // It was asked for, and may have been made: it is not simply taken back.
  await until(
    () => world.query(`select from delivery where purpose = 'certificate' and attempts > 0`),
    ({ length }) => length > 0,
  )
  const action = { state: 'correct', replacesMessageId: 'm1' } as const
  const [second] = await world.put({ messageId: 'm2', result: 'negative', action })
  await until(
    () => world.states('digitaal-vlaanderen'),
    ({ withdrawn }) => withdrawn === 1,
  )
  expect(await world.query(`select record, last_code as code from delivery where state = 'withdrawn'`)).toEqual([
    { record: first!.id, code: 'replaced' },
  ])
  expect(await world.query('select record, kind from entry where tell')).toEqual([
    { record: second!.id, kind: 'certified' },
  ])
})
