import fc from 'fast-check'
import { expect, test } from 'vitest'
import { retellRefusals } from '../../src/checking/retell.ts'
import { revertPack } from '../../src/checking/revert.ts'
import { decide, undecide } from '../../src/checking/withheld.ts'
import { figures, findingsVersion, silentVersion, unknownDevice } from '../checking/findings.ts'
import { makePackWorld, type PackWorld } from '../checking/world.ts'

/** One thing that may happen; `form` picks one of a few, so that they meet again and again. */
type Event =
  | { readonly what: 'send'; readonly form: number; readonly known: boolean }
  | { readonly what: 'correct'; readonly form: number; readonly known: boolean }
  | { readonly what: 'withdraw' | 'release' | 'confirm' | 'undecide'; readonly form: number }
  | { readonly what: 'flag' | 'refuse' | 'revert' | 'retell' | 'work' }

const form = fc.nat({ max: 3 })
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constantFrom('send', 'correct'), form, known: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constantFrom('withdraw', 'release', 'confirm', 'undecide'), form }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constantFrom('flag', 'refuse', 'revert', 'retell', 'work', 'work') }),
  },
)

const flags = findingsVersion('2.0.0', [{ code: 'code-unknown', severity: 'flag' }])

interface Run {
  readonly world: PackWorld
  readonly name: string
  /** Message ids of each form, newest last. */
  readonly sent: string[][]
}

/** Whatever is not there to be undone or decided on is refused by the hub, and that is all right. */
const orNot = (act: Promise<unknown>): Promise<unknown> => act.catch(() => undefined)

async function happen({ world, name, sent }: Run, one: Event): Promise<unknown> {
  if (one.what === 'work') return world.work()
  if (one.what === 'retell') return retellRefusals(world.db, 'hub:test')
  if (one.what === 'flag') return world.set(flags, 'active')
  if (one.what === 'refuse') return world.set(silentVersion, 'active')
  if (one.what === 'revert')
    return orNot(revertPack(world, { pack: 'eform-quality', source: null, actor: 'lea', why: 'test' }))
  if (!('form' in one)) return undefined
  const ids = sent[one.form]!
  const messageId = `${name}-${one.form}-${ids.length}`
  const replaces = ids.at(-1)
  if (one.what === 'send' || one.what === 'correct' || one.what === 'withdraw') {
    if (one.what !== 'send' && replaces === undefined) return undefined
    const made = unknownDevice(messageId)
    const { test: fact, patient, ...head } = made
    const action = one.what === 'send' ? {} : { action: one.what, replaces, motive: 'wrong' }
    const known = 'known' in one && one.known
    const facts = one.what === 'withdraw' ? {} : { patient, test: { ...fact, ...(known ? { device: '1232' } : {}) } }
    ids.push(messageId)
    return world.hand(1, [{ ...head, ...facts, ...action }])
  }
  const record = await world.count(
    `select coalesce(max(r.id), 0) as n from record r join message m on m.id = r.message where m.message_id = $1`,
    [replaces ?? ''],
  )
  if (one.what === 'undecide') return orNot(undecide(world.db, [record], 'jan', 'test'))
  const choice = { clientId: null, pack: null, rule: null, records: [record] }
  return orNot(decide(world.db, { choice, decision: one.what, actor: 'jan', why: 'test', expected: null }))
}

interface Row {
  readonly id: number
  readonly action: string
  readonly refused: boolean
  readonly held: boolean
  readonly told: string | null
  readonly wasRefused: boolean
  readonly replaced: boolean
  readonly owed: number
}

async function rowsOf(world: PackWorld, name: string): Promise<Row[]> {
  const { rows } = await world.db.query<Row>({
    text: `select r.id, r.action, exists (select from withheld w where w.record = r.id and w.refuses) as refused,
        exists (select from withheld w where w.record = r.id) as held,
        (select e.kind from entry e where e.record = r.id and e.tell
          and e.kind in ('record-refused', 'refused-later', 'reinstated', 'passed', 'withheld') order by e.id desc limit 1) as told,
        exists (select from rule_refusal x where x.record = r.id) as "wasRefused",
        exists (select from replacement p where p.record = r.id) as replaced,
        (select count(*) from delivery d where d.record = r.id and d.purpose = 'result') as owed
      from record r join message m on m.id = r.message where m.message_id like $1 || '-%' order by r.id`,
    values: [name],
  })
  return rows
}

test('whatever is sent, refused, let pass, corrected and decided: books balance, senders know, nothing goes out twice', async () => {
  const world = await makePackWorld()
  let runs = 0
  const property = fc.asyncProperty(fc.array(event, { minLength: 4, maxLength: 14 }), async (events) => {
    const name = `run${runs++}`
    await world.set(silentVersion, 'active')
    const run = { world, name, sent: [[], [], [], []] }
    for (const one of events) await happen(run, one)
    expect((await figures(world)).balanced).toBe(true)
    await world.work()
    await retellRefusals(world.db, 'hub:test')
    await world.work()
    expect((await figures(world)).balanced).toBe(true)
    expect(await retellRefusals(world.db, 'hub:test')).toBe(0)
    for (const row of await rowsOf(world, name)) {
      const { refused, told, wasRefused, replaced, owed, action } = row
      // The last that the sender was told of a refusal is how it stands.
      expect(['record-refused', 'refused-later'].includes(told ?? ''), JSON.stringify(row)).toBe(refused)
      if (refused || action === 'withdraw') continue
      // A fact that passes is owed, unless it was refused and its sender said it better before it passed.
      if (owed === 0) expect(wasRefused && replaced, JSON.stringify(row)).toBe(true)
      expect(owed, JSON.stringify(row)).toBeLessThanOrEqual(1)
    }
  })
  await fc.assert(property, { numRuns: 30 })
}, 120_000)
