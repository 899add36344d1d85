import { expect, test } from 'vitest'
import type { DayFacts } from '../../src/drills/facts.ts'
import { boardLines } from '../../src/drills/board.ts'
import { newJournal, type ReplayOutcome } from '../../src/drills/journal.ts'
import type { Probed } from '../../src/drills/prober.ts'
import { quantile, score } from '../../src/drills/score.ts'

const answers = { asked: 10, answered: 10 }
const replay: ReplayOutcome = { destination: 'sciensano', chosen: 40, sentAgain: 0, acknowledged: 40, done: true }
const goodDay: DayFacts = {
  journal: {
    ...newJournal(),
    secondsToDetect: 2.34,
    secondsToStop: 0.7,
    othersDuringFault: 9,
    spooledWhileAway: 6,
    backlogPeak: 120,
    replays: [replay, { ...replay, destination: 'vaccinnet' }],
  },
  pharmacies: {
    offered: 100,
    receipts: 97,
    stored: 90,
    spooled: 7,
    refused: 4,
    conflicts: 3,
    turnedAway: 0,
    waiting: 0,
    triedAgain: 12,
    repeats: 2,
    broken: 0,
    notMade: 0,
    told: {},
    setHash: '',
  },
  turnedAway: { 'service-stopped': 12 },
  refused: { 'code-unknown': 4 },
  refusedByDestinations: {},
  unknownReceipts: [],
  recordsNowhere: [],
  open: { steps: 0, deliveries: 0 },
  doubledEffects: { sciensano: 0, vaccinnet: 0 },
  secondCertificates: 0,
  certificates: { made: 80, onTime: 60, late: 20, promiseSeconds: 5.4, longestSeconds: 31, wrongTimes: [] },
  waits: { urgent: [1, 2, 3], others: [4, 5, 9] },
  differences: [],
  chain: { blocks: 5, entries: 900, broken: 0 },
  duringStop: { trace: answers, status: { asked: 10, answered: 9 }, verify: answers },
}

test('a good day breaks no law', () => {
  const board = score(goodDay)
  expect(board).toMatchObject({ broken: [], lost: 0, doubled: 0, stillWaiting: 0, balanced: true, chainVerified: true })
  expect(board).toMatchObject({ offered: 100, accepted: 97, spooled: 7, secondsToDetect: 2.3, urgentWaitP95Seconds: 3 })
  expect(board.answeredDuringStop).toEqual({ trace: 1, status: 0.9, verify: 1 })
})

const receipt = '3f0c7a52-11d0-8a6e-9c1b-0b64f1a2c3d4'
const { pharmacies, certificates, chain, journal } = goodDay
const replayed = (...replays: readonly ReplayOutcome[]): Partial<DayFacts> => ({ journal: { ...journal, replays } })
const silent = (what: Probed, asked: number, answered: number): Partial<DayFacts> => ({
  duringStop: { ...goodDay.duringStop, [what]: { asked, answered } },
})
const faults: readonly (readonly [string, Partial<DayFacts>, object])[] = [
  ['a receipt the hub does not know', { unknownReceipts: [receipt] }, { lost: 1 }],
  ['a record that is nowhere', { recordsNowhere: [receipt] }, { lost: 1 }],
  ['an effect that was made twice', { doubledEffects: { vaccinnet: 1 } }, { doubled: 1 }],
  ['a second certificate for a record', { secondCertificates: 1 }, { doubled: 1 }],
  ['a delivery still owed', { open: { steps: 0, deliveries: 1 } }, { stillWaiting: 1 }],
  ['a form still at a pharmacy', { pharmacies: { ...pharmacies, waiting: 1 } }, { stillWaiting: 1 }],
  ['a receipt for other bytes', { pharmacies: { ...pharmacies, broken: 1 } }, {}],
  ['a stop that stops nothing', { journal: { ...goodDay.journal, secondsToStop: null } }, { secondsToStop: null }],
  ['books that differ', { differences: ['sciensano has one more'] }, { balanced: false }],
  ['a block that does not hold', { chain: { ...chain, broken: 1 } }, { chainVerified: false }],
  [
    'a certificate with another time',
    { certificates: { ...certificates, wrongTimes: [receipt] } },
    { wrongSampleTimes: 1 },
  ],
  ['a stop in which no trace is answered', silent('trace', 10, 0), {}],
  ['a stop in which less than nine of ten traces are answered', silent('trace', 10, 8), {}],
  ['a stop in which the status feed is silent', silent('status', 10, 4), {}],
  ['a stop in which no certificate can be verified', silent('verify', 10, 0), {}],
  ['a stop in which nobody asked for a trace', silent('trace', 0, 0), {}],
  ['a stop in which nobody read the status feed', silent('status', 0, 0), {}],
  ['a day on which nothing was offered', { pharmacies: { ...pharmacies, offered: 0 } }, {}],
  ['a fault of one destination that stopped the others too', { journal: { ...journal, othersDuringFault: 0 } }, {}],
  [
    'a database away in which nobody got a receipt',
    { pharmacies: { ...pharmacies, spooled: 0 }, journal: { ...journal, spooledWhileAway: 0 } },
    { spooled: 0 },
  ],
  [
    'a database away in which nobody got a receipt, though a starting node spooled',
    { journal: { ...journal, spooledWhileAway: 0 } },
    { spooled: 7 },
  ],
  ['a day that was not replayed', replayed(), { replays: [] }],
  ['a replay that chose nothing', replayed(replay, { ...replay, chosen: 0, acknowledged: 0 }), {}],
  ['a destination without a replay', replayed(replay, { ...replay, chosen: 0, done: false }), {}],
  ['a replay that no node carried on', replayed({ ...replay, acknowledged: 0, done: false }, replay), {}],
  ['a day without a certificate', { certificates: { ...certificates, made: 0 } }, {}],
]

test.each(faults)('%s breaks a law', (_name, planted, expected) => {
  const board = score({ ...goodDay, ...planted })
  expect(board).toMatchObject(expected)
  expect(board.broken).toHaveLength(1)
  expect(boardLines(board).at(-1)).toMatch(/^Broken: /)
})

test('nine of ten answers during the stop are enough: one may be slow', () => {
  const most = { asked: 10, answered: 9 }
  expect(score({ ...goodDay, duringStop: { trace: most, status: most, verify: most } }).broken).toEqual([])
})

test('stands beside 2022, and says when the report tells nothing', () => {
  const lines = boardLines(score(goodDay))
  expect(lines[0]).toContain('1 July 2022')
  expect(lines.find((line) => line.startsWith('lost'))).toMatch(/\b0\s+not told$/)
  expect(lines.find((line) => line.startsWith('answered during the stop'))).toContain('100 % (verifying needs no hub)')
  expect(lines).toContain('turned away: service-stopped 12')
  expect(lines.at(-1)).toContain('No law was broken')
})

test('a quantile of nothing is nothing', () => {
  expect(quantile([], 0.95)).toBeNull()
  expect(quantile([3, 1, 2], 0.5)).toBe(2)
  expect(
    quantile(
      Array.from({ length: 100 }, (_, i) => i + 1),
      0.95,
    ),
  ).toBe(95)
})
