import type { LabFacts } from './lab-checks.ts'
import type { HubProof, ReadersProof } from './lab-proof.ts'
import type { HarmRun } from './lab-harm.ts'
import type { Judged } from './lab-truth.ts'
import { misjudgingRule } from './lab-update.ts'

/** One run in which the update counted. */
export interface HarmScore {
  readonly withheldPeak: number
  readonly secondsCounted: number | null
  /** Of these, with enough arrived to be out of the bounds of the pack. */
  readonly secondsOutOfBounds: number | null
  readonly secondsToVisible: number | null
  readonly monitorsRead: number
  readonly wrongRed: number
  readonly wrongGreen: number
  /** The most items of one round of readers that were shown as not to be trusted. */
  readonly unreliable: number
  /** What readers saw of patients who were not measured meanwhile, as a hash. */
  readonly readers: ReadersProof & { readonly holds: boolean }
  /** The hub's own proof. */
  readonly hub: HubProof | null
}

/** June 2017 in figures; with `--json` the last line. Seconds are those on the wall. */
export interface LabScoreboard {
  readonly drill: 'lab-checks'
  readonly patients: number
  readonly practices: number
  readonly laboratories: number
  readonly messages: number
  readonly results: number
  readonly tried: {
    readonly seconds: number
    readonly records: number
    readonly laboratories: readonly { readonly name: string; readonly count: number; readonly share: number }[]
    readonly patients: number
    readonly patientsConcerned: number
    readonly items: number | null
    readonly refusedWith: string | null
  }
  readonly emergency: HarmScore & { readonly alarm: boolean }
  readonly byHand: HarmScore
  readonly wrongRed: number
  /** Items left out of a monitor that were shown before the update. */
  readonly notShown: number
  readonly balanced: boolean
  readonly withheldAtEnd: number
  readonly chainVerified: boolean
  readonly entries: number
  /** Laws that were broken, in words; none on a good day. */
  readonly broken: readonly string[]
}

/**
 * Judges the facts. An update that is let through, a wrong colour, a result that stays withheld, a proof that does not hold or
 * books that differ break a law.
 *
 * @example scoreLabChecks(facts).broken.length === 0 ? 0 : 1 // the exit code
 */
export function scoreLabChecks(facts: LabFacts): LabScoreboard {
  const { tried, emergency, byHand, chain } = facts
  const accounts = Object.values(facts.laboratories)
  const sum = (what: 'acknowledged' | 'results'): number => accounts.reduce((total, one) => total + one[what], 0)
  return {
    drill: 'lab-checks',
    patients: facts.patients,
    practices: facts.practices,
    laboratories: accounts.filter(({ offered }) => offered > 0).length,
    messages: sum('acknowledged'),
    results: sum('results'),
    tried: {
      seconds: rounded(tried.seconds) ?? 0,
      records: tried.records,
      laboratories: tried.laboratories.map(({ name, count, share }) => ({
        name,
        count,
        share: Math.round(share * 1_000) / 1_000,
      })),
      patients: tried.patients,
      patientsConcerned: facts.patientsConcerned,
      items: tried.items,
      refusedWith: tried.refusedWith,
    },
    emergency: { ...scoreOf(emergency), alarm: emergency.alarm },
    byHand: scoreOf(byHand),
    wrongRed: wrongReds(facts),
    notShown: notShown(facts),
    balanced: facts.balanced && sum('results') === facts.recordsRead,
    withheldAtEnd: facts.withheldAtEnd,
    chainVerified: chain.broken === 0 && chain.entries > 0,
    entries: chain.entries,
    broken: brokenLaws(facts, sum('results')),
  }
}

function scoreOf(run: HarmRun): HarmScore {
  const { during, after, readers, hub } = run
  return {
    withheldPeak: run.withheldPeak,
    secondsCounted: rounded(run.seconds),
    secondsOutOfBounds: rounded(run.secondsOutOfBounds),
    secondsToVisible: rounded(run.secondsToVisible),
    monitorsRead: during.read + after.read,
    wrongRed: during.wrongRed.length + after.wrongRed.length,
    wrongGreen: during.wrongGreen.length + after.wrongGreen.length,
    unreliable: during.unreliable,
    readers: { ...readers, holds: holds(run) },
    hub,
  }
}

const holds = ({ readers }: HarmRun): boolean => readers.before === readers.after && readers.before !== readers.during

const rounds = ({ before, emergency, byHand }: LabFacts): Judged[] => [
  before,
  emergency.during,
  emergency.after,
  byHand.during,
  byHand.after,
]

const wrongReds = (facts: LabFacts): number => rounds(facts).reduce((sum, one) => sum + one.wrongRed.length, 0)

const notShown = (facts: LabFacts): number => rounds(facts).reduce((sum, one) => sum + one.missing.length, 0)

function brokenLaws(facts: LabFacts, results: number): string[] {
  const { tried, emergency, byHand, chain, before } = facts
  const named = tried.laboratories.map(({ clientId }) => clientId)
  const laws: readonly (readonly [boolean, string])[] = [
    [results === 0 || before.read === 0, 'nothing was sent or read: the drill proves nothing'],
    [
      named.length !== 1 || named[0] !== facts.misjudgedClient,
      `the report names ${named.join(', ') || 'nobody'}, not ${facts.misjudgedClient}`,
    ],
    [!tried.rules.includes(misjudgingRule), 'the report does not name the rule'],
    [
      tried.patients !== facts.patientsConcerned,
      `the report names ${tried.patients} patients of ${facts.patientsConcerned}`,
    ],
    [tried.refusedWith === null, 'the update was let through'],
    [
      emergency.secondsOutOfBounds === null || emergency.secondsOutOfBounds > 60,
      'the guard did not undo the update within a minute',
    ],
    [!emergency.alarm, 'the guard raised no alert'],
    [wrongReds(facts) > 0, `${wrongReds(facts)} items were shown red that were not`],
    [notShown(facts) > 0, `${notShown(facts)} items were not shown that were shown before`],
    ...runLaws('emergency', emergency),
    ...runLaws('by hand', byHand),
    [facts.withheldAtEnd > 0, `${facts.withheldAtEnd} results are still withheld`],
    [!facts.balanced, 'the books of the hub do not balance'],
    [
      results !== facts.recordsRead,
      `the laboratories were acknowledged ${results} results, the hub has ${facts.recordsRead}`,
    ],
    ...Object.entries(facts.laboratories).map(
      ([name, account]) =>
        [
          booksDiffer(account),
          `the books of a laboratory do not add up (${name}: ${JSON.stringify(account)})`,
        ] as const,
    ),
    [chain.broken > 0 || chain.entries === 0, `the chain of entries does not hold (${chain.broken} blocks)`],
  ]
  return laws.filter(([broken]) => broken).map(([, words]) => words)
}

function runLaws(name: string, run: HarmRun): (readonly [boolean, string])[] {
  const wrongGreen = run.during.wrongGreen.length + run.after.wrongGreen.length
  return [
    [run.withheldPeak === 0, `${name}: nothing was withheld: the drill proves nothing`],
    [run.withheldElsewhere > 0, `${name}: ${run.withheldElsewhere} results of other laboratories were withheld`],
    [run.during.unreliable === 0, `${name}: no monitor said that it is not to be trusted`],
    [wrongGreen > 0, `${name}: ${wrongGreen} items were shown green that were not`],
    [run.seconds === null, `${name}: the update still counts`],
    [run.secondsToVisible === null, `${name}: results stayed withheld after the undo`],
    [run.hub?.holds !== true, `${name}: the hub’s own proof of the undo does not hold`],
    [!holds(run), `${name}: readers do not see after the undo what they saw before the update`],
  ]
}

const booksDiffer = ({
  offered,
  acknowledged,
  unreadable,
  refused,
  waiting,
}: LabFacts['laboratories'][string]): boolean =>
  offered !== acknowledged + unreadable + refused + waiting || refused + unreadable + waiting > 0

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10)
