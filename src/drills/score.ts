import type { DayFacts } from './facts.ts'
import type { ReplayOutcome } from './journal.ts'
import { probed, type Probed } from './prober.ts'

/** The day in figures; with `--json` the last line. Seconds are those on the wall. */
export interface Scoreboard {
  readonly drill: 'black-friday'
  readonly offered: number
  readonly accepted: number
  readonly spooled: number
  readonly spooledWhileAway: number
  readonly conflicts: number
  readonly turnedAway: Readonly<Record<string, number>>
  readonly refused: Readonly<Record<string, number>>
  readonly refusedByDestinations: Readonly<Record<string, number>>
  readonly lost: number
  readonly doubled: number
  readonly stillWaiting: number
  readonly secondsToDetect: number | null
  readonly secondsToDetectKilled: number | null
  readonly secondsToStop: number | null
  readonly secondsToDetectByProbe: number | null
  readonly othersDuringFault: number
  readonly backlogPeak: number
  readonly drainSeconds: number | null
  readonly oldestWaitSeconds: number
  readonly hurried: number
  readonly urgentWaitP95Seconds: number | null
  readonly otherWaitP95Seconds: number | null
  readonly certificates: number
  readonly certificatesOnTime: number
  readonly certificatesLate: number
  /** On time: within this after the receipt, which is an hour of the day. */
  readonly promiseSeconds: number
  readonly wrongSampleTimes: number
  /** Share of the questions answered during the stop, from 0 to 1. */
  readonly answeredDuringStop: Readonly<Record<Probed, number>>
  readonly replays: readonly ReplayOutcome[]
  readonly balanced: boolean
  readonly differences: readonly string[]
  readonly chainVerified: boolean
  readonly entries: number
  /** Laws that were broken, in words; none on a good day. */
  readonly broken: readonly string[]
}

/**
 * Judges the facts of a day. A receipt that leads nowhere, an effect too many, books that differ, a broken chain, a
 * wrong sample time or a hub that falls silent with its intake breaks a law; so does a fault that reached nobody, or one
 * that the others felt too.
 *
 * @example score(facts).broken.length === 0 ? 0 : 1 // the exit code
 */
export function score(facts: DayFacts): Scoreboard {
  const { journal, pharmacies, certificates, waits, chain } = facts
  const lost = facts.unknownReceipts.length + facts.recordsNowhere.length
  const doubled = sumOf(facts.doubledEffects) + facts.secondCertificates
  const stillWaiting = pharmacies.waiting + facts.open.steps + facts.open.deliveries
  return {
    drill: 'black-friday',
    offered: pharmacies.offered,
    accepted: pharmacies.receipts,
    spooled: pharmacies.spooled,
    spooledWhileAway: journal.spooledWhileAway,
    conflicts: pharmacies.conflicts,
    turnedAway: facts.turnedAway,
    refused: facts.refused,
    refusedByDestinations: facts.refusedByDestinations,
    lost,
    doubled,
    stillWaiting,
    secondsToDetect: rounded(journal.secondsToDetect),
    secondsToDetectKilled: rounded(journal.secondsToDetectKilled),
    secondsToStop: rounded(journal.secondsToStop),
    secondsToDetectByProbe: rounded(journal.secondsToDetectByProbe),
    othersDuringFault: journal.othersDuringFault,
    backlogPeak: journal.backlogPeak,
    drainSeconds: rounded(journal.drainSeconds),
    oldestWaitSeconds: rounded(certificates.longestSeconds) ?? 0,
    hurried: journal.hurried,
    urgentWaitP95Seconds: rounded(quantile(waits.urgent, 0.95)),
    otherWaitP95Seconds: rounded(quantile(waits.others, 0.95)),
    certificates: certificates.made,
    certificatesOnTime: certificates.onTime,
    certificatesLate: certificates.late,
    promiseSeconds: rounded(certificates.promiseSeconds) ?? 0,
    wrongSampleTimes: certificates.wrongTimes.length,
    answeredDuringStop: shares(facts.duringStop),
    replays: journal.replays,
    balanced: facts.differences.length === 0,
    differences: facts.differences,
    chainVerified: chain.broken === 0 && chain.entries > 0,
    entries: chain.entries,
    broken: brokenLaws(facts, lost, doubled, stillWaiting),
  }
}

function brokenLaws(facts: DayFacts, lost: number, doubled: number, stillWaiting: number): string[] {
  const { journal, pharmacies, certificates, chain, differences } = facts
  const laws: readonly (readonly [boolean, string])[] = [
    [pharmacies.offered === 0, 'nothing was offered: the drill proves nothing'],
    [journal.secondsToStop === null, 'a stopped intake went on taking forms'],
    [lost > 0, `${lost} receipts or records lead nowhere`],
    [doubled > 0, `${doubled} effects too many`],
    ...silences(facts.duringStop),
    [journal.othersDuringFault === 0, 'nothing went to the other destinations while one answered with errors'],
    [journal.spooledWhileAway === 0, 'nobody got a receipt while the database was away'],
    ...replayFaults(journal.replays),
    [stillWaiting > 0, `${stillWaiting} still waiting when the day was over`],
    [
      pharmacies.broken > 0,
      `${pharmacies.broken} receipts were not for the bytes sent, or not the same the second time`,
    ],
    [differences.length > 0, `the books differ: ${differences.join('; ')}`],
    [chain.broken > 0 || chain.entries === 0, `the chain of entries does not hold (${chain.broken} blocks)`],
    [certificates.wrongTimes.length > 0, `${certificates.wrongTimes.length} certificates tell a wrong time`],
    [certificates.made === 0, 'no certificate was made: the drill proves nothing'],
  ]
  return laws.filter(([broken]) => broken).map(([, words]) => words)
}

/** A day that was not replayed to its end does not tell whether a replay does anything twice. */
function replayFaults(replays: readonly ReplayOutcome[]): (readonly [boolean, string])[] {
  return [
    [replays.length === 0, 'the day was not replayed: the drill proves nothing'],
    ...replays.flatMap(({ destination, chosen, done }): (readonly [boolean, string])[] => [
      [chosen === 0, `the replay for ${destination} chose nothing: the drill proves nothing`],
      [chosen > 0 && !done, `the replay for ${destination} did not come to its end`],
    ]),
  ]
}

/** Not all: the window begins after the kill and ends before the restart, so one healthy node carries it; one may be slow. */
const leastAnswered = 0.9

/** Intake may stand still; where a form is, what is new and whether a certificate holds must be told all the same. */
function silences(answers: DayFacts['duringStop']): (readonly [boolean, string])[] {
  return probed.map((what) => {
    const { asked, answered } = answers[what]
    return asked === 0
      ? [true, `${what} was not asked for during the stop: the drill proves nothing`]
      : [answered / asked < leastAnswered, `${what} was answered ${answered} of ${asked} times during the stop`]
  })
}

/** The smallest value that this share of the values does not exceed; null without values. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((x, y) => x - y)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}

function shares(answers: DayFacts['duringStop']): Record<Probed, number> {
  const share = (what: Probed): number => {
    const { asked, answered } = answers[what]
    return asked === 0 ? 0 : Math.round((answered / asked) * 1_000) / 1_000
  }
  return { trace: share('trace'), status: share('status'), verify: share('verify') }
}

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10)
