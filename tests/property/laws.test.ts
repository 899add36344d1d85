import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkingStage } from '../../src/checking/check.ts'
import { acknowledge, readCallback } from '../../src/delivery/acknowledge.ts'
import { toSettlement } from '../../src/delivery/answers.ts'
import { loadDestinations, loadRoutes, type DestinationConfig } from '../../src/delivery/config.ts'
import { newCounters } from '../../src/delivery/counters.ts'
import { deliverOne } from '../../src/delivery/deliver-one.ts'
import { housekeeping } from '../../src/delivery/housekeeping.ts'
import { planningStage } from '../../src/delivery/plan.ts'
import { letter } from '../../src/delivery/transports/posting.ts'
import type { Outcome, Transport } from '../../src/delivery/transports/transport.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { sampleForm, type EForm } from '../../src/formats/eform/sample.ts'
import { formatNamed } from '../../src/formats/registry.ts'
import { brusselsDay } from '../../src/kernel/clock.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { account } from '../../src/ledger/account.ts'
import { makeBell } from '../../src/ledger/bell.ts'
import { sealOnce, verifyChain } from '../../src/ledger/seal.ts'
import { settle } from '../../src/ledger/settle.ts'
import { workOnce, type Stage } from '../../src/ledger/stage.ts'
import { readingStage } from '../../src/reading/read.ts'
import { inTransaction } from '../../src/store/connect.ts'
import { claimDeliveries, openLanes } from '../../src/store/delivery-claim.ts'
import { openLine, type Line } from '../support/line.ts'

/** One thing that may happen to the hub; `form` picks one of the few forms of a run, so that they meet again and again. */
type Event =
  | { readonly what: 'receive' | 'conflict' | 'correct' | 'withdraw'; readonly form: number }
  | { readonly what: 'work' | 'crash' | 'seal' | 'house'; readonly stage: number }
  | { readonly what: 'send'; readonly to: number; readonly fate: Fate }
  | {
      readonly what: 'call-back'
      readonly to: number
      readonly twist: 'true' | 'again' | 'other-bytes' | 'other-delivery'
    }

/** What becomes of one post and of its answer. */
type Fate = 'well' | 'answer-lost' | 'never-arrived' | 'node-dies-before' | 'node-dies-after' | 'empty-answer'

const few = fc.nat({ max: 4 })
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ what: fc.constantFrom('receive', 'conflict', 'correct', 'withdraw'), form: few }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constantFrom('work', 'work', 'crash', 'seal', 'house'),
      stage: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('send' as const),
      to: fc.nat({ max: 2 }),
      fate: fc.constantFrom<Fate>(
        'well',
        'answer-lost',
        'never-arrived',
        'node-dies-before',
        'node-dies-after',
        'empty-answer',
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('call-back' as const),
      to: fc.nat({ max: 2 }),
      twist: fc.constantFrom('true', 'again', 'other-bytes', 'other-delivery'),
    }),
  },
)

/** A destination that remembers what it did, counts what it did twice, and answers as fate wills. */
function makeDestination() {
  const done = new Map<string, { times: number; sha256: Buffer }>()
  const say = (uid: string): Outcome =>
    done.has(uid) ? { state: 'acknowledged', reference: `R-${uid}`, certificate: null } : { state: 'absent' }
  const open = (fate: Fate): Transport => ({
    write: (item) => letter('/', 'application/json', { uid: item.uid, record: item.record }),
    send: async (item, written) => {
      if (fate === 'never-arrived') return { state: 'failed', code: 'connection-refused', retryAfterMs: null }
      const known = done.get(item.uid)
      done.set(item.uid, { times: (known?.times ?? 0) + 1, sha256: written.sha256 })
      if (fate === 'answer-lost') return { state: 'unknown', code: 'connection-lost', retryAfterMs: null }
      if (fate === 'empty-answer') return { state: 'unknown', code: 'acknowledgement-missing', retryAfterMs: null }
      return say(item.uid)
    },
    ask: async (item) => say(item.uid),
    close: async () => undefined,
  })
  return { done, open }
}

/** The hub of one run: the real ledger, stages and delivery on a database of its own. */
function makeHub(line: Line) {
  const { db, vault } = line
  const destinations = loadDestinations({ environment: {} })
  const routes = loadRoutes(destinations)
  const sides = destinations.map((config) => ({ config, side: makeDestination() }))
  const deps = { db, bell: makeBell(), log: silentLog }
  const stages: Stage[] = [
    readingStage({ vault, node: 'test', formatNamed }, 'eforms'),
    checkingStage({ vault, node: 'test' }, 'eforms'),
    planningStage({ vault, node: 'test', destinations, routes }, 'eforms'),
  ]
  const dying = (stage: Stage): Stage => ({
    ...stage,
    // As when the connection breaks just before the commit: all is rolled back, and nobody is told.
    handle: async (tx, steps) => {
      await stage.handle(tx, steps)
      throw Object.assign(new Error('Connection terminated'), { code: '08006' })
    },
  })

  async function send({ config, side }: (typeof sides)[number], fate: Fate): Promise<number> {
    const lease = randomUUID()
    const lanes = (await openLanes(db, config.name)).map((lane) => ({ ...lane, share: 5 }))
    // Leases of a node that died run out, and what is put off comes due: the schedule has no clock.
    await db.pool.query(`update delivery set leased_until = now() - interval '1 s' where leased_until is not null`)
    await db.pool.query(`update delivery set due_at = now() where state in ('waiting', 'unknown', 'pending')`)
    const claim = { destination: config.name, lanes, total: 5, lease, leaseMs: 60_000, node: 'test' }
    const claimed = await claimDeliveries(db, claim)
    if (fate === 'node-dies-before') return claimed.length
    const answers = []
    for (const delivery of claimed) {
      const job = { delivery, lease, leaseEnds: { steady: Infinity, wall: Infinity }, written: null }
      answers.push((await deliverOne({ db, vault, destination: config }, side.open(fate), newCounters(), job))!)
    }
    if (fate === 'node-dies-after') return claimed.length
    const settlements = answers.map((answer) => toSettlement(answer, config as DestinationConfig, Math.random))
    await settle(db, { answers: settlements, certificates: [], node: 'test', destination: config.name })
    return claimed.length
  }

  async function callBack({ config, side }: (typeof sides)[number], twist: string): Promise<void> {
    for (const [uid, { sha256 }] of side.done) {
      const said = readCallback(config.name, {
        deliveryId: twist === 'other-delivery' ? randomUUID() : uid,
        state: 'acknowledged',
        reference: `R-${uid}`,
        sha256: twist === 'other-bytes' ? '0'.repeat(64) : sha256.toString('hex'),
      })!
      await acknowledge(db, said, 'test')
      if (twist === 'again') await acknowledge(db, said, 'test')
    }
  }

  return {
    sides,
    work: async (stage: number) => workOnce(deps, stages[stage]!),
    crash: async (stage: number) => workOnce(deps, dying(stages[stage]!)).catch(() => false),
    house: () => inTransaction(db, (tx) => housekeeping(tx, 'hub:test')),
    send: (to: number, fate: Fate) => send(sides[to]!, fate),
    callBack: (to: number, twist: string) => callBack(sides[to]!, twist),
    async finish() {
      for (let moved = true; moved;) {
        moved = false
        for (const stage of stages) moved = (await workOnce(deps, stage)) || moved
        await this.house()
        for (const one of sides) moved = (await send(one, 'well')) > 0 || moved
      }
      while ((await sealOnce(db)) > 0);
    },
  }
}

/** The bytes of a form of this run: the same ones each time, other ones for a conflict. */
function writeForm(run: number, form: number, what: Event['what']): { id: string; text: string } {
  const kinds = ['rapid-test', 'vaccination', 'booster'] as const
  const random = seededRandom(run * 100 + form)
  const made: EForm = sampleForm(kinds[form % kinds.length]!, { random, at: new Date(), positiveShare: 0.3 })
  const id = `form-${form}`
  if (what === 'receive') return { id, text: JSON.stringify({ ...made, messageId: id }) }
  if (what === 'conflict') return { id, text: JSON.stringify({ ...made, messageId: id, motive: 'other bytes' }) }
  const second = `${id}-${what}`
  const { form: named, version, pharmacy, pharmacist, software } = made
  const whole = what === 'correct' ? made : { form: named, version, pharmacy, pharmacist, software }
  return {
    id: second,
    text: JSON.stringify({ ...whole, messageId: second, action: what, replaces: id, motive: 'a mistake' }),
  }
}

async function happen(
  hub: ReturnType<typeof makeHub>,
  line: Line,
  run: number,
  one: Event,
  texts: Map<string, string>,
) {
  switch (one.what) {
    case 'work':
      return hub.work(one.stage)
    case 'crash':
      return hub.crash(one.stage)
    case 'seal':
      return sealOnce(line.db)
    case 'house':
      return hub.house()
    case 'send':
      return hub.send(one.to, one.fate)
    case 'call-back':
      return hub.callBack(one.to, one.twist)
    default: {
      const { id, text } = writeForm(run, one.form, one.what)
      // The same event again is the same bytes again, also when the clock has moved on.
      const key = `${one.what} ${one.form}`
      const bytes = texts.get(key) ?? text
      texts.set(key, bytes)
      return line.accept(bytes, id)
    }
  }
}

const today = () => ({ from: brusselsDay(new Date(Date.now() - 3_600_000)), to: brusselsDay(new Date()) })
const numRuns = process.env['SLUIS_LONG'] === '1' ? 300 : 12

test(
  'whatever happens in whatever order, the books balance at every moment and no effect is doubled',
  { timeout: 600_000 },
  async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 10, maxLength: 40 }), async (events) => {
        run += 1
        const line = await openLine()
        try {
          const hub = makeHub(line)
          const texts = new Map<string, string>()
          for (const [place, one] of events.entries()) {
            await happen(hub, line, run, one, texts)
            if (place % 5 === 4) expect(await account(line.db, today())).toMatchObject({ balanced: true })
          }
          await hub.finish()
          expect(await account(line.db, today())).toMatchObject({ balanced: true })
          expect(await verifyChain(line.db, 'eforms')).toMatchObject({ broken: [] })
          const { rows } = await line.db.pool.query<{ uid: string; destination: string; state: string }>(
            'select uid, destination, state from delivery',
          )
          for (const { config, side } of hub.sides) {
            for (const [uid, { times }] of side.done) expect({ uid, times }).toEqual({ uid, times: 1 })
            const owed = rows.filter((row) => row.destination === config.name)
            const wrong = owed.filter(({ uid, state }) => (state === 'acknowledged') !== side.done.has(uid))
            expect(wrong).toEqual([])
            expect(
              owed.filter(({ state }) => state !== 'acknowledged' && state !== 'withdrawn' && state !== 'blocked'),
            ).toEqual([])
            expect([...side.done.keys()].filter((uid) => !owed.some((row) => row.uid === uid))).toEqual([])
          }
        } finally {
          await line.close()
        }
      }),
      { numRuns },
    )
  },
)
