import { expect, test } from 'vitest'
import { describeTrace } from '../../src/commands/shared/describe-trace.ts'
import { toldTrace } from '../../src/commands/shared/told-trace.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { sampleForm, type SampleKind } from '../../src/formats/eform/sample.ts'
import { tellMessage } from '../../src/http/console/tell-message.ts'
import { tellTrace } from '../../src/http/tell-trace.ts'
import { statusFeed } from '../../src/ledger/status-feed.ts'
import { trace } from '../../src/ledger/trace.ts'
import { fixtureView } from '../../src/web/fixtures/context.ts'
import { tracePage } from '../../src/web/pages/trace.tsx'
import { figures, told } from './findings.ts'
import { makePackWorld, type PackWorld } from './world.ts'

const random = seededRandom(31)

const form = (kind: SampleKind, messageId: string, change: object = {}) => ({
  ...sampleForm(kind, { random, at: new Date(), positiveShare: 0 }),
  messageId,
  ...change,
})

/** A withdrawal on the form of a kind, as software sends it: without the fact. */
function withdrawal(kind: SampleKind, messageId: string, replaces: string) {
  const head = form(kind, messageId, { action: 'withdraw', replaces, motive: 'wrong person' })
  return Object.fromEntries(Object.entries(head).filter(([name]) => !['patient', 'test', 'vaccination'].includes(name)))
}

async function send(world: PackWorld, body: Readonly<Record<string, unknown>>): Promise<string> {
  const [receipt] = await world.hand(1, [body])
  await world.work()
  return receipt!
}

/** Open deliveries of a message, by purpose. */
async function owed(world: PackWorld, receipt: string): Promise<string[]> {
  const { rows } = await world.db.query<{ line: string }>({
    text: `select d.purpose || case when d.replaces is null then '' else ' for another' end as line
      from delivery d join message m on m.id = d.message where m.receipt = $1 and d.state <> 'withdrawn' order by d.id`,
    values: [receipt],
  })
  return rows.map(({ line }) => line)
}

/** The page of a message in the console, in English. */
async function page(world: PackWorld, receipt: string): Promise<string> {
  const found = await trace(world, receipt)
  if (found?.state !== 'message') throw new Error('no message')
  const view = fixtureView('en')
  const message = tellMessage(found, {
    view,
    destinations: [],
    at: new Date(),
    about: null,
    backlog: { lines: [], destinations: [], pauses: [], uncarried: [] },
    chain: 'whole',
    opened: { state: 'closed' },
    faults: new Map(),
  })
  return tracePage(view, { asOf: view.now, query: receipt, result: { state: 'found', message } })
}

/** The told entries of the status feed; they come once every transaction before them has ended, those of other tests too. */
async function feed(world: PackWorld) {
  const { events } = await statusFeed(world.db, 1, { xid: '0', id: 0 }, 100)
  return events.map(({ state, messageId, recordId, detail }) => ({ state, messageId, recordId, detail }))
}

test.each([
  ['a withdrawal', withdrawal('rapid-test', 'second', 'first')],
  ['a correction', form('rapid-test', 'second', { action: 'correct', replaces: 'first' })],
])('%s on another form than what it names changes nothing, and its sender is told why', async (_name, second) => {
  const world = await makePackWorld()
  const booster = await send(world, form('booster', 'first'))
  expect(await owed(world, booster)).toEqual(['vaccination', 'certificate'])
  const receipt = await send(world, second)
  expect(await owed(world, booster)).toEqual(['vaccination', 'certificate'])
  expect(await owed(world, receipt)).toEqual([])
  expect(await world.count(`select count(*) as n from entry where kind = 'corrected'`)).toBe(0)
  await expect
    .poll(() => feed(world))
    .toEqual([
      {
        state: 'replaces-nothing',
        messageId: 'second',
        recordId: `${receipt}.0`,
        detail: { code: 'replaces-other-form', ordinal: 0, named: booster },
      },
    ])
  expect(await told(world, receipt)).toMatchObject({
    waitingFor: null,
    errors: ['replaces-other-form'],
    deliveries: [],
  })
  expect(await page(world, receipt)).toContain('names a message with another form')
  expect(await figures(world)).toMatchObject({ balanced: true, passed: 2, refused: 0 })
})

test('the same is found out when what it names comes later', async () => {
  const world = await makePackWorld()
  const early = await send(world, withdrawal('rapid-test', 'second', 'first'))
  expect(await told(world, early)).toMatchObject({ waitingFor: { what: 'replaced', messageId: 'first' }, errors: [] })
  const booster = await send(world, form('booster', 'first'))
  expect(await owed(world, booster)).toEqual(['vaccination', 'certificate'])
  expect(await owed(world, early)).toEqual([])
  await expect
    .poll(async () => (await feed(world)).map(({ state, messageId }) => `${messageId} ${state}`))
    .toEqual(['second replaces-nothing'])
  expect(await told(world, early)).toMatchObject({ waitingFor: null, errors: ['replaces-other-form'] })
})

test.each([
  ['a withdrawal', withdrawal('vaccination', 'second', 'first'), ['vaccination for another']],
  [
    'a correction',
    form('booster', 'second', { action: 'correct', replaces: 'first' }),
    ['vaccination for another', 'certificate for another'],
  ],
])('%s of another round of a vaccination is one of the same form, and counts', async (_name, second, expected) => {
  const world = await makePackWorld()
  const first = await send(world, form('vaccination', 'first'))
  const receipt = await send(world, second)
  expect(await owed(world, receipt)).toEqual(expected)
  expect(await owed(world, first)).toEqual(['vaccination'])
  expect(await feed(world)).toEqual([])
})

test('of a message with several forms only one of its own form is meant; which one must be clear', async () => {
  const world = await makePackWorld()
  const forms = [form('booster', ''), form('rapid-test', ''), form('rapid-test', '')]
  await send(world, { messageId: 'mixed', forms })
  await send(world, { messageId: 'pair', forms: forms.slice(0, 2) })
  const clear = await send(world, withdrawal('rapid-test', 'second', 'pair'))
  expect(await owed(world, clear)).toEqual(['result for another'])
  const unclear = await send(world, withdrawal('rapid-test', 'third', 'mixed'))
  expect(await owed(world, unclear)).toEqual([])
  expect(await told(world, unclear)).toMatchObject({ waitingFor: null, errors: ['replaces-unclear'] })
  await expect.poll(async () => (await feed(world)).map(({ detail }) => detail['code'])).toEqual(['replaces-unclear'])
})

test('a correction of what the form refused goes out as new, and touches nothing that came beside it', async () => {
  const world = await makePackWorld()
  const refused = { ...form('rapid-test', ''), patient: undefined }
  const forms = [refused, form('rapid-test', ''), form('booster', '')]
  const message = await send(world, { messageId: 'first', forms })
  const before = await owed(world, message)
  const receipt = await send(world, form('rapid-test', 'second', { action: 'correct', replaces: 'first' }))
  await send(world, { messageId: 'pair', forms: [refused, form('booster', '')] })
  const other = await send(world, form('rapid-test', 'third', { action: 'correct', replaces: 'pair' }))
  expect(await owed(world, receipt)).toEqual(['result', 'certificate'])
  expect(await owed(world, other)).toEqual(['result', 'certificate'])
  expect(await owed(world, message)).toEqual(before)
  const states = async () => (await feed(world)).map(({ state }) => state)
  await expect.poll(states).toEqual(['record-refused', 'record-refused'])
})

test('a withdrawal or correction of what has not come says what it waits for, until it comes', async () => {
  const world = await makePackWorld()
  const early = await send(world, withdrawal('rapid-test', 'second', 'first'))
  const answer = toldTrace.parse(JSON.parse(JSON.stringify(tellTrace((await trace(world, early))!, 'x'))))
  expect(answer.records[0]).toMatchObject({
    state: 'passed',
    waitingFor: { what: 'replaced', messageId: 'first' },
    deliveries: [],
  })
  const words = describeTrace(answer, { now: new Date(), language: 'en', obstacle: () => '' })
  expect(words).toContain('Waits for what it replaces: no record of message first that it can replace')
  expect(await page(world, early)).toContain(
    'no record of message first of this sender that it can replace has been accepted yet',
  )

  // A correction goes out as new meanwhile, and waits when that is done.
  const correction = await send(world, form('rapid-test', 'other', { action: 'correct', replaces: 'nowhere' }))
  expect((await told(world, correction)).waitingFor).toMatchObject({ what: 'destination' })
  await world.db.query({ text: `update delivery set attempts = 1, state = 'acknowledged', settled_at = now()` })
  expect((await told(world, correction)).waitingFor).toEqual({ what: 'replaced', messageId: 'nowhere' })

  await send(world, form('rapid-test', 'first'))
  expect((await told(world, early)).waitingFor).toMatchObject({ what: 'destination', destination: 'sciensano' })
  expect(await owed(world, early)).toEqual(['result for another'])
})
