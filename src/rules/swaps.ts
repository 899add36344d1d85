import type { InterpretedObservation } from '../formats/lab/observation.ts'
import type { Params } from '../kernel/language.ts'
import type { RuleSubject } from './subject.ts'

/** One result of a run (one laboratory, one day), with the patient's own value before it. */
export interface RunResult {
  readonly id: string
  /** The patient, by the name under which the hub keeps people apart. */
  readonly patient: string
  readonly analyte: string
  /** The day on which it was taken, `2026-11-22`. */
  readonly takenOn: string
  /** In the analyte's own unit. */
  readonly value: number
  readonly previous: number | null
}

export interface Swap {
  readonly first: string
  readonly second: string
  /** How much better the two fit when they are exchanged: the sum of the jumps as sent against exchanged. */
  readonly asSent: number
  readonly exchanged: number
}

/** From this factor on a value does not fit the one before it; well above what analyser and day add. */
const jump = 1.8
/** Exchanged, both must lie within this factor. */
const near = 1.25
/** It is a tube that changes places, with all that is measured in it: among a day's patients one value alone fits by chance. */
const leastAnalytes = 2
/** As many pairs are looked at, in a run that is nothing but jumps. */
const mostPairs = 20_000

/** A value that does not fit its patient's last one. */
export type JumpFacts = Pick<RunResult, 'analyte' | 'takenOn' | 'value'> & { readonly previous: number }

/**
 * What makes a result one that may have changed places; null for one that lies near its patient's last value or has none.
 * Plain values, so that a thread can hand them over as evidence.
 */
export function jumpOf({ object, context }: RuleSubject): JumpFacts | null {
  if (!('kind' in object) || object.kind !== 'observation') return null
  const { mapped, collectedAt, resultAt } = object as InterpretedObservation
  const { analyte, canonical } = mapped
  // Without a day it is of no run that anybody could know.
  const takenOn = (collectedAt ?? resultAt)?.at.slice(0, 10) ?? ''
  const before = context.previous?.mapped.canonical ?? null
  if (takenOn.length < 10 || analyte === null || canonical === null) return null
  if (before === null || canonical.unit !== before.unit) return null
  const [value, previous] = [canonical.value, before.value]
  return value > 0 && previous > 0 && times(value, previous) >= jump ? { analyte, takenOn, value, previous } : null
}

/** The same, out of evidence; null when it is not there. */
export function jumpFrom({ analyte, takenOn, value, previous }: Params): JumpFacts | null {
  if (typeof analyte !== 'string' || typeof takenOn !== 'string') return null
  return typeof value === 'number' && typeof previous === 'number' ? { analyte, takenOn, value, previous } : null
}

/**
 * Pairs of results of one run that fit their patients only when exchanged: both jump away from the patient's own last
 * value, and each lies near the other patient's; and so do those of another analyte of the same two. A value with two such
 * partners is told with the best of them only.
 *
 * @example findSwaps([a, b]) // [{ first: 'a', second: 'b', asSent: 5.1, exchanged: 2.1 }]
 */
export function findSwaps(run: readonly RunResult[]): Swap[] {
  const ofTubes = new Map<string, { analytes: Set<string>; pairs: Swap[] }>()
  for (const { a, b, asSent, exchanged } of crossings(run)) {
    const tubes = [a.takenOn, ...[a.patient, b.patient].toSorted()].join(' ')
    const known = ofTubes.get(tubes) ?? { analytes: new Set(), pairs: [] }
    known.analytes.add(a.analyte)
    known.pairs.push({ first: a.id, second: b.id, asSent, exchanged })
    ofTubes.set(tubes, known)
  }
  return best([...ofTubes.values()].flatMap(({ analytes, pairs }) => (analytes.size < leastAnalytes ? [] : pairs)))
}

/** Two results of one analyte that fit their patients only when exchanged. */
interface Crossing {
  readonly a: RunResult
  readonly b: RunResult
  readonly asSent: number
  readonly exchanged: number
}

/**
 * The pairs that fit only when exchanged, by one analyte alone: of these two patients the other analytes are worth looking at.
 *
 * @example crossings([a, b]).map(({ a, b }) => [a.patient, b.patient])
 */
export function crossings(run: readonly RunResult[]): Crossing[] {
  const suspects = run.filter((one) => fits(one) && times(one.value, one.previous!) >= jump)
  return [...pairsOf(suspects)].flatMap(([a, b]) => {
    const crossed = [times(a.value, b.previous!), times(b.value, a.previous!)] as const
    if (crossed[0] > near || crossed[1] > near) return []
    const asSent = times(a.value, a.previous!) + times(b.value, b.previous!)
    return [{ a, b, asSent, exchanged: crossed[0] + crossed[1] }]
  })
}

/** Results of two patients that may be each other's. */
function* pairsOf(suspects: readonly RunResult[]): Generator<readonly [RunResult, RunResult]> {
  let looked = 0
  for (const run of Map.groupBy(suspects, ({ analyte, takenOn }) => `${takenOn} ${analyte}`).values())
    for (const [at, a] of run.entries())
      for (const b of run.slice(at + 1)) {
        if (++looked > mostPairs) return
        if (a.patient !== b.patient) yield [a, b]
      }
}

function fits({ value, previous }: RunResult): boolean {
  return previous !== null && previous > 0 && value > 0
}

function times(a: number, b: number): number {
  return a > b ? a / b : b / a
}

/** Each result in one pair at most, the clearest pair first. */
function best(pairs: readonly Swap[]): Swap[] {
  const taken = new Set<string>()
  return pairs
    .toSorted((a, b) => a.exchanged / a.asSent - b.exchanged / b.asSent)
    .filter(({ first, second }) => {
      if (taken.has(first) || taken.has(second)) return false
      taken.add(first).add(second)
      return true
    })
}
