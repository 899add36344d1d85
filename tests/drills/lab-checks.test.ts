import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { labBoardLines } from '../../src/drills/lab-board.ts'
import type { LabFacts } from '../../src/drills/lab-checks.ts'
import type { HarmRun } from '../../src/drills/lab-harm.ts'
import { inventCohort, judgedItems } from '../../src/drills/lab-people.ts'
import { scoreLabChecks } from '../../src/drills/lab-score.ts'
import { judgeShown, makeLabTruth } from '../../src/drills/lab-truth.ts'
import { labUpdate, misjudgingRule } from '../../src/drills/lab-update.ts'
import { readHl7v2 } from '../../src/formats/hl7v2/read.ts'
import { shippedSources } from '../../src/formats/hl7v2/sources.ts'
import { shippedTables } from '../../src/formats/lab/tables.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { findings } from '../../src/rules/evaluate.ts'
import { prepared } from '../../src/rules/prepare.ts'
import { mllpLaboratories } from '../../neighbours/laboratories/dialect.ts'
import { writeOru } from '../../neighbours/laboratories/oru.ts'

const now = new Date('2026-06-15T10:00:00Z')
const wish = { patients: 40, practices: 3, laboratories: mllpLaboratories, seed: 2, now }

test('the update withholds results of one laboratory and of no other', () => {
  const pack = labUpdate()
  const withheld = new Map<string, Set<string>>()
  for (const order of inventCohort(wish).history) {
    const bytes = writeOru(order, 'C1', now, { wrongUnits: false })
    const reading = readHl7v2(shippedSources()).read(bytes, { receivedAt: now })
    if (reading.state !== 'read') throw new Error(reading.state)
    const context = { now: now.toISOString(), source: order.laboratory }
    const subjects = reading.records.map(({ content }) => prepared({ object: content!, context }, shippedTables()))
    const rules = findings(pack, subjects)
      .flat()
      .filter(({ outcome }) => outcome === 'withhold')
    for (const { ruleId } of rules)
      withheld.set(order.laboratory, (withheld.get(order.laboratory) ?? new Set()).add(ruleId))
  }
  expect(withheld).toEqual(new Map([['vecht', new Set([misjudgingRule])]]))
})

test('the same seed invents the same people, of whom some are overdue and some were never measured', () => {
  const { people, history } = inventCohort(wish)
  expect(inventCohort(wish)).toEqual({ people, history })
  const truth = makeLabTruth(() => now)
  for (const order of history) truth.sent(order)
  truth.settle()
  const colours = people.flatMap(({ patient }) => judgedItems.flatMap((item) => [...truth.colours(patient.insz, item)]))
  expect(new Set(colours)).toEqual(new Set(['green', 'red', 'unknown']))
})

test('a result under way may be seen or not; once it is there, only its colour is right', () => {
  const truth = makeLabTruth(() => now)
  const [order] = inventCohort(wish).history
  const insz = order!.patient.insz
  truth.sent({ ...order!, takenAt: '2026-06-01T08:00:00Z', results: [{ analyte: 'hba1c', value: 48 }] })
  expect(truth.colours(insz, 'hba1c')).toEqual(new Set(['unknown', 'green']))
  truth.settle()
  const shown = (state: string, item = 'hba1c') => [{ insz, item, state, restsOn: '' }]
  expect(judgeShown(truth, shown('red-overdue'), new Set()).wrongRed).toHaveLength(1)
  expect(judgeShown(truth, shown('unreliable'), new Set())).toMatchObject({
    unreliable: 1,
    wrongRed: [],
    wrongGreen: [],
  })
  truth.sent({ ...order!, takenAt: '2026-06-10T08:00:00Z', results: [{ analyte: 'hba1c', value: 70 }] })
  truth.settle()
  expect(judgeShown(truth, shown('green'), new Set()).wrongGreen).toHaveLength(1)
  expect(judgeShown(truth, shown('red-out-of-target'), new Set()).wrongRed).toEqual([])
  // What lives by other feeds may stay red, and must not turn red.
  expect(judgeShown(truth, shown('red-overdue', 'weight'), new Set([`${insz} weight`])).wrongRed).toEqual([])
  expect(judgeShown(truth, shown('red-overdue', 'weight'), new Set()).wrongRed).toHaveLength(1)
})

test('an item that is left out is missing, whatever colour it had', () => {
  const truth = makeLabTruth(() => now)
  const shown = [{ insz: 'x', item: 'hba1c', state: 'unknown', restsOn: '' }]
  expect(judgeShown(truth, shown, new Set(), ['x hba1c', 'x ldl']).missing).toEqual(['x ldl'])
})

const seen = { read: 100, unreliable: 12, wrongRed: [], wrongGreen: [], missing: [] }
const line = { records: 60, visible: 60, contentHash: 'c', visibleHash: 'v' }
const run: HarmRun = {
  withheldPeak: 60,
  withheldElsewhere: 0,
  seconds: 11.04,
  secondsOutOfBounds: 8.26,
  secondsToVisible: 0.2,
  alarm: true,
  during: seen,
  after: seen,
  readers: { patients: 80, before: 'a', during: 'b', after: 'a' },
  hub: {
    holds: true,
    recountEqual: true,
    permittedDifferences: 0,
    before: line,
    during: { ...line, visible: 0 },
    after: line,
  },
}
const books = {
  offered: 50,
  acknowledged: 50,
  unreadable: 0,
  refused: 0,
  waiting: 0,
  results: 150,
  reconnects: 1,
  setHash: '',
}
const good: LabFacts = {
  patients: 100,
  practices: 3,
  laboratories: { vecht: books, schelde: books },
  misjudgedClient: 'laboratory-vecht',
  patientsConcerned: 45,
  before: seen,
  tried: {
    seconds: 1.26,
    records: 280,
    laboratories: [{ name: 'Vecht Diagnostiek', clientId: 'laboratory-vecht', count: 90, share: 0.667 }],
    rules: [misjudgingRule],
    patients: 45,
    items: 70,
    refusedWith: 'pack-concentrated',
    refusal: 'pack-concentrated: ...',
  },
  emergency: run,
  byHand: run,
  balanced: true,
  recordsRead: 300,
  withheldAtEnd: 0,
  chain: { entries: 900, broken: 0 },
}
const wrong = { insz: 'x', item: 'hba1c', state: 'red-overdue', restsOn: '' }

test('a good day breaks no law, and its board says so beside 2017', () => {
  const board = scoreLabChecks(good)
  expect(board).toMatchObject({ broken: [], wrongRed: 0, results: 300, balanced: true, chainVerified: true })
  const lines = labBoardLines(board).join('\n')
  expect(lines).toContain('reverted on Friday 23 June')
  expect(lines).toContain('No law was broken')
})

test.each([
  ['a wrong red', { emergency: { ...run, during: { ...seen, wrongRed: [wrong] } } }, '1 items were shown red'],
  ['an item left out', { byHand: { ...run, during: { ...seen, missing: ['x hba1c'] } } }, '1 items were not shown'],
  ['an update let through', { tried: { ...good.tried, refusedWith: null } }, 'let through'],
  ['another laboratory named', { tried: { ...good.tried, laboratories: [] } }, 'names nobody'],
  ['a patient forgotten', { tried: { ...good.tried, patients: 44 } }, '44 patients of 45'],
  ['a guard that sleeps', { emergency: { ...run, seconds: null, secondsOutOfBounds: null } }, 'within a minute'],
  ['a guard that is slow', { emergency: { ...run, secondsOutOfBounds: 61 } }, 'within a minute'],
  ['no alert', { emergency: { ...run, alarm: false } }, 'no alert'],
  [
    'readers that see something else',
    { byHand: { ...run, readers: { ...run.readers, after: 'c' } } },
    'by hand: readers',
  ],
  ['a run without effect', { byHand: { ...run, readers: { ...run.readers, during: 'a' } } }, 'by hand: readers'],
  ['a proof that does not hold', { byHand: { ...run, hub: { ...run.hub!, holds: false } } }, 'proof of the undo'],
  ['results left behind', { withheldAtEnd: 2 }, '2 results are still withheld'],
  ['a lost result', { recordsRead: 299 }, 'acknowledged 300 results, the hub has 299'],
  ['books that differ', { balanced: false }, 'do not balance'],
] as const)('%s breaks a law', (_, change, words) => {
  expect(scoreLabChecks({ ...good, ...change }).broken.join('. ')).toContain(words)
})

// A machine that does much else at the same time needs several times the minute a quiet one takes.
test('the drill shows no wrong red and proves its undo', { timeout: 900_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-drill-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const command = [join(packageRoot, 'bin', 'sluis.js'), 'drill', 'lab-checks', '--fast', '--patients', '80', '--json']
  const child = spawn(process.execPath, [...command, '--data', folder], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, told] = [text(child.stdout), text(child.stderr)]
  const [code] = (await once(child, 'exit')) as [number | null]
  const board = JSON.parse((await out).trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>
  expect({ code, broken: board['broken'] }, await told).toEqual({ code: 0, broken: [] })
  expect(board).toMatchObject({ wrongRed: 0, withheldAtEnd: 0, balanced: true, chainVerified: true })
})
