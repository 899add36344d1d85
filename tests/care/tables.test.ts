import { expect, test } from 'vitest'
import { followActivation } from '../../src/care/activations.ts'
import { openCare } from '../../src/care/deps.ts'
import { enrol } from '../../src/care/enrol.ts'
import { readEnrolFile, readIdentifier } from '../../src/care/enrol-file.ts'
import { countMonitorChanges } from '../../src/care/impact.ts'
import { keepOnce } from '../../src/care/keep.ts'
import { monitorOf } from '../../src/care/monitor.ts'
import { rebuildStates } from '../../src/care/rebuild.ts'
import { followTables } from '../../src/care/tables.ts'
import { checkingStage } from '../../src/checking/check.ts'
import { beginReport, runReport } from '../../src/checking/dry-run.ts'
import { promote } from '../../src/checking/promote.ts'
import { revertPack } from '../../src/checking/revert.ts'
import { formatNamed } from '../../src/formats/registry.ts'
import { findResults } from '../../src/http/fhir/find.ts'
import { readSearch } from '../../src/http/fhir/search-parameters.ts'
import { openContents } from '../../src/http/fhir/results.ts'
import { receiptNumber, sha256 } from '../../src/kernel/ids.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { makeBell } from '../../src/ledger/bell.ts'
import { identifierIndex } from '../../src/ledger/patient.ts'
import { workOnce } from '../../src/ledger/stage.ts'
import { storeBatch } from '../../src/ledger/store-batch.ts'
import { readingStage } from '../../src/reading/read.ts'
import { tableFiles, type TableTexts } from '../../src/formats/lab/tables.ts'
import { loadPacks } from '../../src/rules/load.ts'
import { readPack, type Pack, type PackReading } from '../../src/rules/pack.ts'
import { reports } from '../../src/store/impact.ts'
import { makePackWorld } from '../checking/world.ts'
import { daysAgo } from './world.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder } from '../../src/kernel/package-root.ts'

const shipped = loadPacks().find(({ name }) => name === 'lab-quality')!
// Lab-a and lab-b write the same: what counts for one of them is told by who sent it.
const lines = 'sources: { labo-noord: { GLUC2: 14771-0 } }\n'

const texts = (codes: string): TableTexts => {
  const read = (file: string): string => readFileSync(join(dataFolder, 'tables/lab-tables/1.0.0', file), 'utf8')
  const files = Object.fromEntries(tableFiles.map((file) => [file, read(file)])) as TableTexts
  return { ...files, 'table.yaml': files['table.yaml'].replace('1.0.0', '1.1.0'), 'codes.yaml': codes }
}

const reading = (codes: string, needs = '1.1.0'): PackReading =>
  readPack({
    pack: shipped.source.pack
      .replace('version: 1.0.0', 'version: 1.1.0')
      .replace('{ name: lab-tables, version: 1.0.0 }', `{ name: lab-tables, version: ${needs} }`),
    cases: null,
    notes: 'GLUC2 is fasting glucose',
    tables: texts(codes),
  })

function packWith(codes: string): Pack {
  const read = reading(codes)
  if (read.state !== 'loaded') throw new Error(JSON.stringify(read.faults))
  return read.pack
}

test('tables go with the version that needs them: for one laboratory, taken back, and all states as rebuilt', async () => {
  const world = await makeTablesWorld()
  const [one, other] = ['93051822361', '85073003328'] as const
  await world.set(shipped, 'active')
  await world.enrol(one)
  await world.enrol(other)
  await world.send(1, one)
  await world.send(2, other)
  await world.settle()
  const unmapped = { line: null, found: 0, analyte: null, state: 'unknown' }
  const mapped = { line: '14771-0', found: 1, analyte: 'glucose-fasting', state: 'green' }
  const before = [unmapped, unmapped]
  expect([await world.seen(one), await world.seen(other)]).toEqual(before)

  const pack = packWith(lines)
  const wish = { pack: 'lab-quality', version: '1.1.0', actor: 'lea', why: 'GLUC2 is known' }
  expect(await world.tried(pack)).toEqual([{ monitor: 'diabetes-cvrm', from: 'unknown', to: 'green', count: 2 }])
  expect([await world.seen(one), await world.seen(other)]).toEqual(before)
  await promote(world, { ...wish, mode: 'shadow' })
  await promote(world, { ...wish, mode: 'canary', sources: ['lab-a'] })

  // At once for who reads a result or a monitor, or searches by code; the index follows.
  expect(await world.seen(one)).toEqual({ ...mapped, line: null })
  expect(await world.settle()).toBeGreaterThan(0)
  expect([await world.seen(one), await world.seen(other)]).toEqual([mapped, unmapped])
  await world.send(1, other)
  await world.settle()
  expect(await world.seen(other)).toEqual(mapped)
  await world.holdsWhatARebuildSays()

  await revertPack(world, { pack: 'lab-quality', source: 'lab-a', actor: 'lea', why: 'not so' })
  expect(await world.seen(one)).toEqual({ ...unmapped, line: '14771-0' })
  await world.settle()
  expect([await world.seen(one), await world.seen(other)]).toEqual(before)
  await world.holdsWhatARebuildSays()
})

test('active for all, undone for all; a message read meanwhile is read by the tables that count', async () => {
  const world = await makeTablesWorld()
  const [one, other] = ['93051822361', '85073003328'] as const
  await world.set(shipped, 'active')
  await world.enrol(one)
  await world.send(1, one)
  await world.set(packWith(lines), 'active')
  await world.enrol(other)
  await world.send(2, other)
  await world.settle()
  expect([(await world.seen(one)).line, (await world.seen(other)).line]).toEqual(['14771-0', '14771-0'])
  await revertPack(world, { pack: 'lab-quality', source: null, actor: 'lea', why: 'not so' })
  await world.settle()
  expect([(await world.seen(one)).line, (await world.seen(other)).line]).toEqual([null, null])
  await world.holdsWhatARebuildSays()
  // A version with other rules and the same tables is no change of tables.
  await world.settle()
  await world.set(shipped, 'active')
  expect(await world.count('select count(*)::int as n from tables_change where done_at is null')).toBe(0)
})

test('what another line makes a conflict is told by the try, withheld while it counts, and shown again when it is undone', async () => {
  const world = await makeTablesWorld()
  const [old, fresh] = ['93051822361', '85073003328'] as const
  const both = [
    ['14771-0^Glucose nuchter^LN', '5.1'],
    ['GLUC2^Glucose nuchter^L', '8.9'],
  ] as const
  await world.set(shipped, 'active')
  await world.send(1, old, both)
  expect(await world.shown(old)).toBe(2)
  const pack = packWith(lines)
  await world.tried(pack)
  expect(await world.foretold()).toEqual([{ rule: 'result-conflict', n: 1 }])
  const wish = { pack: 'lab-quality', version: '1.1.0', actor: 'lea', why: 'GLUC2 is known' }
  await promote(world, { ...wish, mode: 'shadow' })
  await promote(world, { ...wish, mode: 'canary', sources: ['lab-a'] })
  await world.settle()
  await world.send(1, fresh, both)
  expect([await world.shown(old), await world.shown(fresh)]).toEqual([1, 1])
  await revertPack(world, { pack: 'lab-quality', source: 'lab-a', actor: 'lea', why: 'not so' })
  expect([await world.shown(old), await world.shown(fresh)]).toEqual([2, 2])
})

test('the same version of tables with another line is another judgement; tables that are not what the pack needs are refused', () => {
  const [first, second] = [packWith(lines), packWith('sources: { labo-noord: { GLUC2: 14749-6 } }\n')]
  const hashOf = (pack: Pack, id: string) => pack.rules.find((rule) => rule.id === id)?.hash
  expect(first.hash).not.toBe(second.hash)
  expect(hashOf(first, 'value-impossible')).not.toBe(hashOf(second, 'value-impossible'))
  // Whether it is the same value in another unit, and so a replay, is what tables say; what the laboratory takes back is not.
  for (const id of ['status-order', 'result-conflict', 'result-double', 'series-swap']) {
    expect(hashOf(first, id)).not.toBe(hashOf(shipped, id))
    expect(hashOf(first, id)).not.toBe(hashOf(second, id))
  }
  expect(hashOf(first, 'wrong-patient')).toBe(hashOf(shipped, 'wrong-patient'))
  const faults = (read: PackReading) => (read.state === 'refused' ? read.faults.map(({ code }) => code) : [])
  expect(faults(reading(lines, '1.2.0'))).toEqual(['pack-tables'])
  expect(faults(reading('sources: { labo-noord: { GLUC2: 14771-9 } }'))).toEqual(['pack-tables'])
  expect(faults(reading('sources: [unclosed'))).toEqual(['pack-tables'])
})

async function makeTablesWorld() {
  const world = await makePackWorld()
  const { db, vault, ruleSets, judge } = world
  const care = openCare(vault)
  const stages = [
    readingStage({ vault, node: 'test', formatNamed }, 'lab'),
    checkingStage({ vault, node: 'test', ruleSets, judge }, 'lab'),
  ]
  const search = (patient: Buffer, more = '') =>
    readSearch(vault.keys, 'Observation', new URLSearchParams(`patient=${patient.toString('hex')}${more}`), true).search
  const indexOf = (patient: string): Buffer => identifierIndex(vault.keys, readIdentifier(patient), '')
  const deps = { db, vault, tablesFor: care.tablesFor }
  let count = 0
  return {
    ...world,
    async enrol(identifier: string) {
      const one = { identifier, name: 'A. Peeters', monitor: 'diabetes-cvrm', from: '2015-01-01' }
      const patients = [{ ...one, birthDate: '1970-01-01', diagnosedOn: '2015-01-01' }]
      await enrol(care, db, readEnrolFile(JSON.stringify({ practice: 'praktijk-noord', patients })), 'test')
    },
    /** A fasting glucose under the laboratory's own code; each a day newer than the one before. */
    async send(senderId: number, patient: string, results = glucose) {
      const messageId = `M${++count}`
      const body = Buffer.from(oru(messageId, patient, 30 - count, results))
      const hash = sha256(body)
      const number = receiptNumber(vault.keys.receipt, senderId, messageId, hash)
      const arrival = { ...number, senderId, messageId, service: 'lab', format: 'hl7v2' } as const
      const message = { ...arrival, receivedAt: new Date(), sha256: hash, body, traceparent: null }
      await storeBatch(db, vault, 'test', [message], 'stored')
      for (const stage of stages) while (await workOnce({ db, bell: makeBell(), log: silentLog }, stage));
    },
    /** Tries a version over all that is stored; gives the monitors that would change colour. */
    async tried(pack: Pack) {
      const setting = await world.install(pack)
      const id = await beginReport(db, { purpose: 'try', setting, pack, actor: 'lea' })
      const countChanges = (report: number) => countMonitorChanges(care, db, report, new Date())
      expect(await runReport({ ...world, worker: 'test', countMonitorChanges: countChanges }, id)).toBe('done')
      return (await reports(db, { id }))[0]?.meaning?.monitors
    },
    /** Does all that care has to do; returns how many items were evaluated. */
    async settle() {
      while (await followActivation(db));
      while (await followTables(care, db));
      for (let items = 0; ;) {
        const { evaluated } = await keepOnce(care, db, () => new Date())
        if (evaluated === 0) return items
        items += evaluated
      }
    },
    /** The patient's newest glucose: in the index, when searched by LOINC, as opened, and the item of the monitor. */
    async seen(patient: string) {
      const index = indexOf(patient)
      const all = await findResults(deps, index, search(index))
      const { current } = all.visible[0]!
      const byCode = await findResults(deps, index, search(index, '&code=14771-0'))
      const contents = await openContents(deps, [current])
      const [monitor] = await monitorOf(care, db, index, new Date())
      return {
        line: current.loinc,
        found: byCode.visible.length,
        analyte: contents.get(current.record)?.mapped.analyte,
        state: monitor?.display.items.find(({ item }) => item === 'fasting-glucose')?.state,
      }
    },
    /** How many results of a patient are to be read. */
    async shown(patient: string) {
      const index = indexOf(patient)
      return (await findResults(deps, index, search(index))).visible.length
    },
    /** What tried versions would withhold, by rule. */
    async foretold() {
      const { rows } = await db.query<{ rule: string; n: number }>({
        text: `select rule, count(*)::int as n from verdict where outcome = 'withhold' group by rule order by rule`,
      })
      return rows
    },
    async holdsWhatARebuildSays() {
      const { items, differing, pending, storedHash, rebuiltHash } = await rebuildStates(care, db, null, new Date())
      expect({ differing, pending, storedHash }).toEqual({ differing: 0, pending: 0, storedHash: rebuiltHash })
      expect(items).toBeGreaterThan(0)
    },
  }
}

const glucose: readonly (readonly [code: string, value: string])[] = [['GLUC2^Glucose nuchter^L', '6.1']]

function oru(control: string, patient: string, days: number, results: typeof glucose): string {
  const taken = daysAgo(days)
  return [
    `MSH|^~\\&|LIS|LABO-NOORD|SLUIS||${daysAgo(0)}||ORU^R01|${control}|P|2.5.1`,
    `PID|1||${patient}^^^INSZ||Peeters^An||19${patient.slice(0, 6)}|U`,
    `OBR|1||O${control}|PANEL^Panel^L|||${taken}`,
    ...results.map(([code, value], at) => `OBX|${at + 1}|NM|${code}||${value}|mmol/L|||||F|||${taken}|||||${taken}`),
  ].join('\r')
}
