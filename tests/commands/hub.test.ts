import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sealOnce } from '../../src/ledger/seal.ts'
import { jsonLines, sluis, until } from './support.ts'
import { startWholeHub, type WholeHub } from './whole-hub.ts'

let whole: WholeHub

beforeAll(async () => {
  whole = await startWholeHub(['sciensano', 'digitaal-vlaanderen', 'vaccinnet'])
})
afterAll(() => whole?.stop())

const query = async (text: string, values: unknown[] = []) =>
  (await whole.db.pool.query(text, values)).rows as Record<string, unknown>[]

async function sample(...more: string[]): Promise<string> {
  return (await sluis(['sample', ...more])).out
}

/** Sends samples and returns their receipts. */
async function send(...kind: string[]): Promise<string[]> {
  const said = await sluis(['send', '-', '--json'], await sample(...kind, '--json'))
  expect(said).toMatchObject({ code: 0 })
  return jsonLines(said).map((line) => String(line['receipt']))
}

interface Told {
  readonly messageId: string
  readonly records: readonly {
    readonly id: string
    readonly waitingFor: unknown
    readonly certificate?: { readonly hc1?: string }
  }[]
}

async function settled(receipt: string): Promise<Told> {
  const trace = async () => jsonLines(await sluis(['trace', receipt, '--json']))[0] as unknown as Told
  return until(trace, (told) => told.records.length > 0 && told.records.every((record) => record.waitingFor === null))
}

test('what is sent can be traced to its end by receipt, record and message id, and the books balance', async () => {
  const said = await sluis(['send', '-'], await sample('rapid-test'))
  expect(said.out).toMatch(
    /^-: 202 received at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d CES?T, receipt [0-9a-f-]{36}, stored\.\n$/,
  )
  const receipt = /receipt ([0-9a-f-]{36})/.exec(said.out)![1]!
  const { messageId, records } = await settled(receipt)

  const words = await sluis(['trace', receipt])
  expect(words).toMatchObject({ code: 0, err: '' })
  expect(words.out).toMatch(/^received .* ago\) from Apotheek Test, stored$/m)
  expect(words.out).toContain('Nothing further is expected.')
  expect(words.out).toMatch(/sciensano +result +acknowledged/)
  expect(words.out.indexOf('accepted')).toBeLessThan(words.out.indexOf('record read'))
  for (const name of [records[0]!.id, messageId]) expect((await sluis(['trace', name])).out).toContain(receipt)
  const overHttp = await sluis(['trace', receipt, '--url', whole.hub.url, '--json'])
  expect(jsonLines(overHttp)[0]).toMatchObject({ receipt, records: [{ id: records[0]!.id, state: 'passed' }] })
  expect(await sluis(['trace', 'no-such-thing'])).toMatchObject({ code: 1, out: '' })

  const books = await sluis(['account', '--neighbours'])
  expect(books).toMatchObject({ code: 0 })
  expect(books.out).toMatch(/sciensano +\S+ .*agrees|sciensano .*agrees/)
  expect(books.out).toMatch(/The books of \d{4}-\d\d-\d\d balance\./)
})

test('a certificate is given only for a purpose, and that is written down', async () => {
  // A sender that was given its own by the API stands there too.
  const [before] = await query('select coalesce(max(id), 0) as last from access_log')
  const written = () =>
    query(`select what, purpose, outcome from access_log where id > $1 order by id`, [before!['last']])
  const receipts = await send('rapid-test', '--count', '6', '--seed', '5')
  const told = await Promise.all(receipts.map(settled))
  const at = told.findIndex(({ records }) => records[0]!.certificate !== undefined)
  expect(at).toBeGreaterThanOrEqual(0)
  expect(told[at]!.records[0]!.certificate!.hc1).toBeUndefined()
  expect(await written()).toEqual([])
  const given = await sluis(['trace', receipts[at]!, '--json', '--purpose', 'traveller-waiting'])
  expect((jsonLines(given)[0] as unknown as Told).records[0]!.certificate!.hc1).toMatch(/^HC1:/)
  expect(await written()).toEqual([{ what: 'certificate', purpose: 'traveller-waiting', outcome: 'given' }])
  expect(await sluis(['trace', receipts[at]!, '--purpose', 'curious'])).toMatchObject({ code: 2 })
})

test('a form with faults gives 1 and its faults in the language of the reader', async () => {
  const faulty = await sample('rapid-test', '--faulty', '--seed', '3')
  const french = await sluis(['send', '-', '--language', 'fr'], faulty)
  expect(french.code).toBe(1)
  expect(french.out).toMatch(/^ {2}error: .+\([a-z-]+ \/\S+\)$/m)
  const again = await sluis(['send', '-', '--language', 'nl'], faulty)
  expect(again.out).toContain('received before')
  expect(again.out.split('\n')[1]).not.toBe(french.out.split('\n')[1])
  const [line] = jsonLines(await sluis(['send', '-', '--json'], faulty))
  expect(line).toMatchObject({ file: '-', index: 0, ok: false, status: 202, repeated: true })
  const unreadable = await sluis(['send', '-', '--type', 'application/json'], '{"broken')
  expect(unreadable).toMatchObject({ code: 1, out: expect.stringMatching(/^-: 422 received at .* receipt /) as string })
  expect(await sluis(['send', '-'], 'no message at all')).toMatchObject({ code: 1 })
  expect(await sluis(['send', '/no/such/file'])).toMatchObject({ code: 2 })
})

test('a paused destination keeps its deliveries and says why; an urgent one is marked; the end lets all go', async () => {
  const begun = await sluis([
    'pause',
    '--destination',
    'sciensano',
    '--reason',
    'they are moving',
    '--by',
    'an',
    '--json',
  ])
  expect(begun.code).toBe(0)
  const [pause] = JSON.parse(begun.out) as { id: number }[]
  expect((await sluis(['pause'])).out).toMatch(/forwarding +sciensano +any +any .* an +they are moving/)
  const [receipt = ''] = await send('rapid-test')
  const waiting = async () => sluis(['trace', receipt])
  const words = await until(waiting, ({ out }) => out.includes('Waits for sciensano'))
  expect(words.out).toMatch(new RegExp(`paused since .* by an: they are moving \\(pause ${pause!.id}\\)\\.`))
  expect((await sluis(['backlog'])).out).toMatch(/^sciensano +rapid-test +1 +0 .*paused since/m)
  const urgent = await sluis(['urgent', `${receipt}.0`, '--reason', 'boards at six', '--json'])
  expect((JSON.parse(urgent.out) as { hurried: number }).hurried).toBeGreaterThan(0)
  expect((await sluis(['backlog', '--json'])).out).toContain('"urgent":1')
  expect(await sluis(['pause', '--end', String(pause!.id), '--reason', 'moved'])).toMatchObject({ code: 0 })
  await settled(receipt)
  expect((await sluis(['backlog'])).out).toMatch(/^Nothing is waiting/)
  expect(await sluis(['pause', '--end', String(pause!.id), '--reason', 'again'])).toMatchObject({ code: 1 })
  expect(await sluis(['pause', '--destination', 'nobody', '--reason', 'x'])).toMatchObject({ code: 2 })
  expect(await sluis(['pause', '--destination', 'sciensano'])).toMatchObject({ code: 2 })
  expect(await sluis(['urgent', 'aaaaaaaa-aaaa-8aaa-8aaa-aaaaaaaaaaaa', '--reason', 'x'])).toMatchObject({ code: 1 })
})

test('a stop of intake turns one form kind away with its reason and leaves the others', async () => {
  const stop = ['pause', '--form-kind', 'vaccination', '--intake', '--reason', 'wrong batch list', '--json']
  const [{ id } = { id: 0 }] = JSON.parse((await sluis(stop)).out) as { id: number }[]
  const vaccination = await sample('vaccination')
  const offer = () => sluis(['send', '-', '--patience', '0', '--language', 'en'], vaccination)
  const away = await until(offer, ({ code }) => code === 1)
  expect(away.out).toMatch(/not accepted\..*wrong batch list.*\(service-stopped\)/)
  expect(await send('rapid-test')).toHaveLength(1)
  expect(await sluis(['pause', '--end', String(id), '--reason', 'corrected'])).toMatchObject({ code: 0 })
  await until(offer, ({ code }) => code === 0)
})

test('a replay counts first, starts when told to, asks and sends nothing twice, and ends in a count sheet', async () => {
  for (const receipt of await send('rapid-test', '--count', '3')) await settled(receipt)
  const today = new Date().toISOString().slice(0, 10)
  const choice = ['replay', '--destination', 'sciensano', '--from', '2022-07-01', '--to', `${today}T23:59:59Z`]
  const preview = JSON.parse((await sluis([...choice, '--json'])).out) as { total: number }
  expect(preview.total).toBeGreaterThanOrEqual(3)
  expect((await sluis(choice)).out).toMatch(/Nothing was changed; start it with --yes\.\n$/)
  expect(await sluis(['replay'])).toMatchObject({ code: 0, out: 'Nothing was replayed so far.\n' })
  expect(await sluis([...choice, '--yes'])).toMatchObject({ code: 2 })

  const done = await sluis([...choice, '--per-second', '500', '--reason', 'their backup', '--yes', '--json'])
  expect(done.code).toBe(0)
  const { id, sheet } = JSON.parse(done.out) as { id: number; sheet: Record<string, number> }
  expect(sheet).toMatchObject({ chosen: preview.total, acknowledged: preview.total, waiting: 0, sentAgain: 0 })
  expect((await sluis(['replay', '--show', String(id)])).out).toMatch(/^acknowledged +\d+$/m)
  expect(await sluis(['replay', '--stop', String(id)])).toMatchObject({ code: 1 })
  expect(await sluis(['replay', '--show', '999'])).toMatchObject({ code: 1 })
  expect(await sluis(['account', '--neighbours', '--destination', 'sciensano'])).toMatchObject({ code: 0 })
  expect(await sluis([...choice, '--form-kind', 'nothing'])).toMatchObject({ code: 2, out: '' })
})

test('a name that nobody has is refused with those there are: it would show or hold nothing, as if all were well', async () => {
  const services = /^--service takes one of eforms, gfd/
  const destinations = /^There is no destination nope; there are digitaal-vlaanderen, sciensano, vaccinnet$/m
  const kinds = /^There is no form kind rapid_test; there are rapid-test, vaccination, booster-1, booster-2$/m
  const kind = ['--form-kind', 'rapid_test']
  const why = ['--reason', 'x']
  const wrong: readonly [readonly string[], RegExp][] = [
    [['account', '--service', 'nope'], services],
    [['account', '--destination', 'nope'], destinations],
    [['account', '--destination', 'nope', '--neighbours'], destinations],
    [['backlog', '--destination', 'nope'], destinations],
    [['pause', '--destination', 'nope', ...why], destinations],
    [['pause', ...kind, ...why], kinds],
    [['pause', ...kind, '--service', 'eforms', ...why], kinds],
    [['pause', ...kind, '--service', 'eforms', '--intake', ...why], kinds],
    [['pause', ...kind, '--service', 'gfd', '--intake', ...why], /^Nothing of gfd is taken here$/m],
    [['pause', '--service', 'gfd', '--intake', ...why], /^Nothing of gfd is taken here$/m],
    [['pause', '--service', 'lab', ...why], /^Nothing of lab is forwarded$/m],
    [
      ['pause', ...kind, '--destination', 'sciensano', ...why],
      /^There is no form kind rapid_test; there are rapid-test$/m,
    ],
    [['pause', '--destination', 'sciensano', '--service', 'lab', ...why], /^Nothing of lab goes to sciensano$/m],
    [
      ['replay', '--destination', 'sciensano', ...kind, '--from', '2022-07-01', '--to', '2022-07-02'],
      /there are rapid-test$/m,
    ],
  ]
  for (const [command, words] of wrong) {
    const said = await sluis(command)
    expect({ command, ...said }).toMatchObject({ code: 2, out: '', err: expect.stringMatching(words) as string })
  }
  expect((await sluis(['pause'])).out).toBe('Nothing is paused.\n')
  expect(await sluis(['account', '--destination', 'sciensano'])).toMatchObject({ code: 0 })
})

test('books that differ give 1 and name the line', async () => {
  const [row] = await query(
    `select id, state from delivery where destination = 'sciensano' and state = 'acknowledged' limit 1`,
  )
  await query(`update delivery set state = 'refused' where id = $1`, [row!['id']])
  const theirs = await sluis(['account', '--neighbours', '--json', '--destination', 'sciensano'])
  expect(theirs.code).toBe(1)
  expect(JSON.parse(theirs.out)).toMatchObject({
    balanced: false,
    neighbours: [{ destination: 'sciensano', state: 'differs' }],
  })
  await query('update delivery set state = $2 where id = $1', [row!['id'], row!['state']])
  expect(await sluis(['account', '--neighbours'])).toMatchObject({ code: 0 })

  await query('alter table entry disable trigger all')
  const [told] = await query(`select xid::text, id from entry where kind = 'read' limit 1`)
  await query(`update entry set kind = 'seen' where xid = $1::xid8 and id = $2`, [told!['xid'], told!['id']])
  const own = await sluis(['account'])
  expect(own.code).toBe(1)
  expect(own.out).toMatch(/DIFFERS by 1/)
  expect(own.out).toMatch(/do not balance/)
  await query(`update entry set kind = 'read' where xid = $1::xid8 and id = $2`, [told!['xid'], told!['id']])
  expect(await sluis(['account', '--service', 'eforms'])).toMatchObject({ code: 0 })
  expect(await sluis(['account', '--day', 'today'])).toMatchObject({ code: 2 })
})

test('the doctor finds a hub good, then names the block that was tampered with, and a key that does not fit', async () => {
  while ((await sealOnce(whole.db)) > 0);
  const sound = await sluis(['doctor'])
  expect(sound).toMatchObject({ code: 0 })
  expect(sound.out).toMatch(/^good {2}chain of eforms: \d+ blocks over \d+ entries are as sealed$/m)

  const blocks = await query(
    `select number::int, from_id::int as first, entries from block where service = 'eforms' order by 1`,
  )
  const [one, two] = [blocks[0]!, blocks.at(-1)!]
  expect(one['number']).not.toBe(two['number'])
  const [entry] = await query('select actor from entry where id = $1', [one['first']])
  await query(`update entry set actor = 'somebody else' where id = $1`, [one['first']])
  const changed = await sluis(['doctor', '--json'])
  expect(changed.code).toBe(1)
  const bad = (JSON.parse(changed.out) as { checks: { state: string; says: string }[] }).checks.filter(
    (check) => check.state === 'bad',
  )
  expect(bad).toEqual([
    expect.objectContaining({ what: 'chain of eforms', says: `block ${String(one['number'])} is broken` }),
  ])
  await query('update entry set actor = $2 where id = $1', [one['first'], entry!['actor']])

  await query(
    `delete from entry where service = 'eforms' and (xid, id) >= (select from_xid, from_id from block where service = 'eforms' and number = $1)`,
    [two['number']],
  )
  expect((await sluis(['doctor'])).out).toContain(`bad   chain of eforms: block ${String(two['number'])} is broken`)

  vi.stubEnv('SLUIS_MASTER_KEY', Buffer.alloc(32, 1).toString('base64'))
  expect((await sluis(['doctor'])).out).toMatch(/^bad {3}master key: it does not open/m)
  vi.stubEnv('SLUIS_MASTER_KEY', undefined)
})

test('a sender is registered only when its key is kept', async () => {
  const [out, there] = ['new.json', 'there.json'].map((name) => join(whole.folder, name)) as [string, string]
  const register = (id: string, file: string) =>
    sluis(['client', 'register', '--name', 'Labo Key', '--kind', 'laboratory', '--id', id, '--out', file])
  await writeFile(there, 'theirs')
  for (const file of [join(whole.folder, 'none', 'key.json'), there, whole.folder]) {
    expect(await register('labo-key', file)).toMatchObject({ code: 2, err: expect.stringContaining(file) as string })
  }
  expect(await readFile(there, 'utf8')).toBe('theirs')
  expect(await register('labo-key', out)).toMatchObject({ code: 0 })
  expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ clientId: 'labo-key', privateJwk: { kty: 'EC' } })
  // A taken id leaves no key behind that opens nothing.
  expect(await register('labo-key', join(whole.folder, 'again.json'))).toMatchObject({ code: 1 })
  await expect(readFile(join(whole.folder, 'again.json'))).rejects.toThrow('ENOENT')
})

test('a key is kept when nobody says whether its sender was registered', async () => {
  const out = join(whole.folder, 'unsure.json')
  const register = ['client', 'register', '--name', 'Labo Unsure', '--kind', 'laboratory', '--id', 'labo-unsure']
  await query(`create function cut_off() returns trigger language plpgsql as $$ begin
    perform pg_terminate_backend(pg_backend_pid()); return new; end $$`)
  await query('create trigger cut_off after insert on sender for each row execute function cut_off()')
  try {
    const said = await sluis([...register, '--out', out])
    expect(said).toMatchObject({ code: 1, err: expect.stringMatching(/^Nobody said whether labo-unsure/) as string })
    expect(said.err).toContain(out)
    expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ clientId: 'labo-unsure' })
    expect(JSON.parse((await sluis(register)).out)).toMatchObject({ clientId: 'labo-unsure' })
  } finally {
    await query('drop trigger cut_off on sender')
    await query('drop function cut_off')
  }
})

test('senders are listed, told by webhook and ended', async () => {
  const made = await sluis(['client', 'register', '--name', 'Labo Test', '--kind', 'laboratory', '--id', 'labo-test'])
  expect(JSON.parse(made.out)).toMatchObject({ clientId: 'labo-test', privateJwk: { kty: 'EC' } })
  expect(
    await sluis(['client', 'register', '--name', 'Other', '--kind', 'laboratory', '--id', 'labo-test']),
  ).toMatchObject({ code: 1 })
  expect((await sluis(['client', 'webhook', 'labo-test', '--to', 'https://labo.example/told'])).out).toMatch(/^whsec_/)
  expect(await sluis(['client', 'webhook', 'labo-test', '--to', 'http://labo.example/told'])).toMatchObject({ code: 2 })
  expect(await sluis(['client', 'end', 'labo-test'])).toMatchObject({ code: 0 })
  expect((await sluis(['client', 'list'])).out).toMatch(/labo-test +Labo Test .*ended/)
  expect(await sluis(['client', 'end', 'labo-test'])).toMatchObject({ code: 1 })
})
