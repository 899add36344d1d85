import { expect, test } from 'vitest'
import { decide } from '../../src/checking/withheld.ts'
import { revertPack } from '../../src/checking/revert.ts'
import { retellRefusals } from '../../src/checking/retell.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { sampleForm } from '../../src/formats/eform/sample.ts'
import { tellTrace } from '../../src/http/tell-trace.ts'
import { trace } from '../../src/ledger/trace.ts'
import { loadPacks } from '../../src/rules/load.ts'
import { readPack, type Pack } from '../../src/rules/pack.ts'
import { makePackWorld, type PackWorld } from './world.ts'

const shipped = loadPacks().filter(({ name }) => name === 'eform-quality')
const [first] = shipped

interface FindingRule {
  readonly code: string
  readonly fields?: readonly string[]
  readonly severity: 'flag' | 'withhold' | 'refuse'
}

/** A version of the pack of findings with these rules and nothing else. */
export function findingsVersion(version: string, rules: readonly FindingRule[]): Pack {
  const text = { nl: 'nl {path}', fr: 'fr {path}', de: 'de {path}', en: 'en {path}' }
  const reading = readPack({
    pack: JSON.stringify({
      name: 'eform-quality',
      version,
      service: 'eforms',
      owner: 'test',
      limits: { maxShareNewlyWithheld: 1, maxPerHourPerSource: 1_000, minSample: 5 },
      rules: rules.map(({ severity, ...finding }, at) => ({
        id: `rule-${at}`,
        class: 'meaning',
        severity,
        finding,
        text,
        explain: 'test',
      })),
    }),
    cases: null,
    notes: '',
  })
  if (reading.state !== 'loaded') throw new Error(JSON.stringify(reading.faults))
  return reading.pack
}

const random = seededRandom(11)

/** A good form but for a device nobody knows. */
function unknownDevice(messageId: string, change: object = {}) {
  const form = sampleForm('rapid-test', { random, at: new Date(), positiveShare: 0 })
  if (form.form !== 'rapid-test') throw new Error('no rapid test')
  return { ...form, test: { ...form.test, result: 'negative', device: '9999' }, messageId, ...change }
}

async function told(world: PackWorld, receipt: string) {
  const found = await trace(world, receipt)
  const answer = JSON.parse(JSON.stringify(tellTrace(found!, 'x'))) as {
    records: { state: string; waitingFor: unknown; refusedBy: unknown; errors: string[]; deliveries: unknown[] }[]
  }
  return answer.records[0]!
}

async function figures(world: PackWorld) {
  const { balanced, records } = await world.books()
  const sum = (name: 'read' | 'passed' | 'withheld' | 'refused' | 'waiting') =>
    records.reduce((total, line) => total + line[name], 0)
  return { balanced, passed: sum('passed'), withheld: sum('withheld'), refused: sum('refused'), waiting: sum('waiting') }
}

const toldKinds = async (world: PackWorld): Promise<string[]> => {
  const { rows } = await world.db.query<{ kind: string }>({ text: 'select kind from entry where tell order by id' })
  return rows.map(({ kind }) => kind)
}

test('a finding refuses as the form does where the version says nothing of it', async () => {
  const world = await makePackWorld()
  await world.set(first!, 'active')
  const [receipt] = await world.hand(1, [unknownDevice('f-1')])
  await world.work()
  expect(await told(world, receipt!)).toMatchObject({
    state: 'refused',
    waitingFor: null,
    errors: ['code-unknown'],
    refusedBy: { pack: 'eform-quality', version: '1.0.0', rule: 'finding-code-unknown' },
    deliveries: [],
  })
  expect(await toldKinds(world)).toEqual(['record-refused'])
  expect(await figures(world)).toEqual({ balanced: true, passed: 0, withheld: 0, refused: 1, waiting: 0 })
})

test('a version that only flags it lets it pass, also what was refused before; the revert refuses it again', async () => {
  const world = await makePackWorld()
  await world.set(first!, 'active')
  const [receipt] = await world.hand(1, [unknownDevice('f-1')])
  await world.work()
  await world.set(findingsVersion('1.1.1', [{ code: 'code-unknown', fields: ['test.device'], severity: 'flag' }]), 'active')
  expect((await told(world, receipt!)).state).toBe('passed')
  expect(await figures(world)).toEqual({ balanced: true, passed: 1, withheld: 0, refused: 0, waiting: 0 })
  expect(await retellRefusals(world.db, 'hub:test')).toBe(1)
  await world.work()
  expect((await told(world, receipt!)).deliveries).toHaveLength(2)
  expect(await toldKinds(world)).toEqual(['record-refused', 'reinstated'])

  await revertPack(world, { pack: 'eform-quality', source: null, actor: 'lea', why: 'the list is right' })
  expect((await told(world, receipt!)).state).toBe('refused')
  expect(await figures(world)).toEqual({ balanced: true, passed: 0, withheld: 0, refused: 1, waiting: 0 })
  expect(await retellRefusals(world.db, 'hub:test')).toBe(1)
  expect(await retellRefusals(world.db, 'hub:test')).toBe(0)
  expect(await toldKinds(world)).toEqual(['record-refused', 'reinstated', 'refused-later'])
  expect((await figures(world)).balanced).toBe(true)
})

test('a person releases a single refused record', async () => {
  const world = await makePackWorld()
  await world.set(first!, 'active')
  const [receipt, other] = await world.hand(1, [unknownDevice('f-1'), unknownDevice('f-2')])
  await world.work()
  const record = await world.count('select min(id) as n from record')
  const all = { clientId: null, pack: null, rule: null, records: null }
  await expect(
    decide(world.db, { choice: all, decision: 'release', actor: 'lea', why: 'all', expected: null }),
  ).rejects.toMatchObject({ code: 'record-not-withheld' })
  const choice = { ...all, records: [record] }
  await decide(world.db, { choice, decision: 'release', actor: 'lea', why: 'the device is new', expected: 1 })
  expect((await told(world, receipt!)).state).toBe('passed')
  expect((await told(world, other!)).state).toBe('refused')
  expect(await figures(world)).toEqual({ balanced: true, passed: 1, withheld: 0, refused: 1, waiting: 0 })
})
