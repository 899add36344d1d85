import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { receiptNumber, sha256 } from '../../src/kernel/ids.ts'
import { trace } from '../../src/ledger/trace.ts'
import { insertCertificates } from '../../src/store/certificates.ts'
import { connect } from '../../src/store/connect.ts'
import { signOfLife } from '../../src/store/nodes.ts'
import { insertMissing } from '../../src/store/spooled-missing.ts'
import { labBundle, openFhirWorld, type FhirWorld } from '../fhir/world.ts'
import { signIn } from '../support/sign-in.ts'

describe('the page of one message', { timeout: 120_000 }, () => {
  let world: FhirWorld
  let cookie: string

  beforeAll(async () => {
    world = await openFhirWorld()
    cookie = await signIn(world.hub.url, world.hub.parts.db, 'els', 'operator')
  }, 300_000)
  afterAll(() => world?.stop(), 120_000)

  const ask = (path: string): Promise<Response> =>
    fetch(world.hub.url + path, {
      redirect: 'manual',
      headers: { accept: 'text/html', 'accept-language': 'en', cookie },
    })

  async function page(query: Readonly<Record<string, string>>, status = 200): Promise<string> {
    const answer = await ask(`/trace?${new URLSearchParams(query)}`)
    expect(answer.status).toBe(status)
    return answer.text()
  }

  /** Hands over a message of many results, told before they were taken but for the first so many; gives its receipt. */
  async function handMany(count: number, fine = 0): Promise<string> {
    const results = Array.from({ length: count }, (_, n) => (n < fine ? {} : { issued: '2026-06-29T14:00:00+02:00' }))
    await world.hand(labBundle({ insz: '85073003328', results }))
    const [newest] = await world.query<{ receipt: string }>('select receipt from message order by id desc limit 1')
    return newest!.receipt
  }

  test('a message of many faulty results is read once a page, and the page says of how many it tells what is in them', async () => {
    const receipt = await handMany(300)
    const [faulty] = await world.query<{ n: number }>(`select count(*) as n from record where fault_codes <> '{}'`)
    expect(faulty).toEqual({ n: 300 })
    const asked = vi.spyOn(pg.Client.prototype, 'query')
    onTestFinished(() => asked.mockRestore())
    const readings = () =>
      asked.mock.calls.filter(([one]) => String((one as { name?: string } | undefined)?.name).startsWith('records-'))
    const closed = await page({ q: receipt })
    expect(readings()).toHaveLength(2)
    expect(closed).toContain('In 300 records of this message something is wrong.')
    expect(closed).not.toContain('What is in them')
    asked.mockClear()
    const opened = await page({ q: receipt, purpose: 'question-of-sender' })
    expect(opened.match(/class="content"/g)).toHaveLength(200)
    expect(readings().length).toBeLessThanOrEqual(3)
    expect(opened).toContain('This message has 300 records. What is in them is shown of the first 200.')
    expect(opened).toContain('In which field is shown of the first 200 of these;')
  })

  test('what is said to be cut is what is cut: faults are counted among the faulty, contents among all', async () => {
    const few = await handMany(260, 200)
    const closed = await page({ q: few })
    expect(closed).not.toContain('shown of the first')
    const opened = await page({ q: few, purpose: 'question-of-sender' })
    expect(opened).toContain('This message has 260 records. What is in them is shown of the first 200.')
    expect(opened).not.toContain('something is wrong.')
    expect(opened.match(/resource\/issued/g)).toHaveLength(60)
    expect(opened.match(/issued lies before effective\[x\]/g)).toHaveLength(60)
    expect(opened).not.toContain('<dt>Pharmacy')
    const many = await page({ q: await handMany(240, 30) })
    expect(many).toContain(
      'In 210 records of this message something is wrong. In which field is shown of the first 200',
    )
  })

  test('the history of a message of many results is told to its end', async () => {
    const receipt = await handMany(1_100)
    const found = await trace(world.hub.parts, receipt)
    if (found?.state !== 'message') throw new Error(`${receipt} is ${found?.state}`)
    const passed = new Set(found.entries.filter(({ kind }) => kind === 'passed').map(({ recordName }) => recordName))
    expect(found.records).toHaveLength(1_100)
    expect(found.records.filter(({ id }) => !passed.has(id))).toEqual([])
    const shown = await page({ q: receipt })
    expect(shown.match(/id="record-/g)).toHaveLength(1_100)
  })

  const number = (messageId: string, bytes: Buffer) => {
    const senderId = world.senderId('pharmacy')
    return {
      ...receiptNumber(world.hub.parts.vault.keys.receipt, senderId, messageId, sha256(bytes)),
      senderId,
      messageId,
    }
  }

  test('a message that lies on the disk of this node is told as that, with its sender', async () => {
    const apart = connect({ url: world.env['DATABASE_URL']!, connections: 1 })
    const held = await apart.pool.connect()
    await held.query('begin')
    // Until it is let go nothing is stored, and all can be read.
    await held.query('lock table message_key in exclusive mode')
    onTestFinished(async () => {
      await held.query('rollback')
      held.release()
      await apart.close()
    })
    const body = Buffer.from('{"no": "form"}')
    const kept = {
      ...number('on-disk', body),
      service: 'eforms',
      format: 'eform-json',
      body,
      traceparent: null,
    } as const
    await world.hub.parts.spool.append({ ...kept, receivedAt: new Date(), sha256: sha256(body) })
    const shown = await page({ q: kept.receipt })
    expect(shown).toContain('Kept on one server, not in the database yet')
    expect(shown).toContain('Test pharmacy')
    expect(shown).toContain('on-disk')
  })

  test('where nothing is found it is said whose disk was not looked at', async () => {
    const body = Buffer.from('never sent')
    const { receipt } = number('never sent', body)
    const started = new Date()
    const other = { name: 'node-b', url: 'http://127.0.0.1:1', roles: ['intake'], version: '1', state: 'up' } as const
    await signOfLife(world.hub.parts.db, { ...other, facts: { spoolFrames: 0, spoolAside: 0 } }, started)
    expect(await page({ q: receipt })).not.toContain('node-b')
    for (const facts of [{ spoolFrames: 3 }, { spoolFrames: 0, spoolAside: 1 }]) {
      await signOfLife(world.hub.parts.db, { ...other, facts }, started)
      expect(await page({ q: receipt })).toContain('We could not look on the disk of node-b')
    }
    expect(await page({ q: 'A-NUMBER-OF-THE-SENDER' })).toContain('We could not look on the disk of node-b')
  })

  test('a receipt whose message a disk has lost is told as that', async () => {
    const { receipt, prefix, senderId } = number('lost', Buffer.from('lost'))
    await insertMissing(world.hub.parts.db, 'node-b', [
      { receipt, prefix, senderId, spooledAt: new Date(), refused: false },
    ])
    expect(await page({ q: receipt }, 404)).toContain('on the disk of node node-b, where the message was lost')
  })

  test('a certificate is found by its number as Belgium writes it, by search and by address', async () => {
    const receipt = await handMany(1)
    const { db, vault } = world.hub.parts
    const [delivery] = await world.query<{ id: number; receivedAt: Date }>(
      `insert into delivery (uid, destination, purpose, service, form_kind, sender_id, message, record, receipt, ordinal,
          received_at, state, due_at, settled_at)
        select gen_random_uuid(), 'digitaal-vlaanderen', 'certificate', r.service, r.form_kind, r.sender_id, r.message, r.id,
          m.receipt, r.ordinal, r.received_at, 'acknowledged', now(), now()
        from record r join message m on m.id = r.message where m.receipt = $1
        returning id, received_at as "receivedAt"`,
      [receipt],
    )
    const uvci = '01BEVLA1B2C3D4E5F6G7H8J9K0#2'
    const key = await vault.forPeriod('lab', delivery!.receivedAt)
    const certificate = {
      delivery: delivery!.id,
      uvci,
      hc1: vault.seal(key, Buffer.from('HC1:of this test'), `${receipt} ${uvci}`),
      dataKey: key.id,
      hashUci: Buffer.alloc(16),
      hashSignature: Buffer.alloc(16),
      issuedAt: new Date(),
      expiresAt: new Date(Date.now() + 86_400_000),
    }
    await insertCertificates(db, [certificate], 'hub:a')
    const found = await ask(`/trace?${new URLSearchParams({ q: uvci })}`)
    expect([found.status, found.headers.get('location')]).toEqual([303, `/trace?q=${receipt}`])
    const named = await ask(`/certificates/${encodeURIComponent(uvci)}`)
    expect(named.status).toBe(200)
    expect(await named.text()).toContain(receipt)
  })
})
