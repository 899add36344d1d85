import type { Day } from './calendar.ts'
import type { CodeGroup } from './definition.ts'
import type { MonitorValue } from './facts.ts'
import { sentence, type Origin, type Sentence } from './sentence.ts'

/** The values of one group on a day, newest first, with what does not count and why. */
export interface Sifted {
  readonly usable: readonly MonitorValue[]
  /** Values that might count and cannot be trusted or read; one in doubt stands in `usable` too. */
  readonly questions: readonly Question[]
  readonly ignored: readonly Ignored[]
}

export interface Question {
  readonly value: MonitorValue
  readonly why: Sentence
}

type Ignored = Question

const none: Sifted = { usable: [], questions: [], ignored: [] }

/** Parts the values of a group into those that count on a day, those in question and those that do not count. */
export function sift(group: CodeGroup, values: readonly MonitorValue[] | undefined, today: Day): Sifted {
  if (values === undefined || values.length === 0) return none
  const usable: MonitorValue[] = []
  const questions: Question[] = []
  const ignored: Ignored[] = []
  for (const value of values.length === 1 ? values : values.toSorted(newestFirst(group))) {
    const why = notCounted(value, group, today)
    if (why !== null) ignored.push({ value, why })
    else {
      const doubt = doubtOf(value, group)
      if (doubt !== null) questions.push({ value, why: doubt })
      if (doubt === null || value.disposition.state === 'in-doubt') usable.push(value)
    }
  }
  return { usable, questions, ignored }
}

/**
 * By day, the newest first; on one day by the group's order of preference, then by moment of the sample, then by release,
 * then by record, so that the order of arrival never decides.
 */
export function newestFirst(group: CodeGroup): (a: MonitorValue, b: MonitorValue) => number {
  return (a, b) =>
    descending(a.day, b.day) ||
    preference(group, a) - preference(group, b) ||
    descending(a.at, b.at) ||
    descending(a.resultAt, b.resultAt) ||
    descending(a.record, b.record)
}

const descending = (a: string, b: string): number => (a === b ? 0 : a < b ? 1 : -1)

function preference(group: CodeGroup, value: MonitorValue): number {
  const found = group.codes.findIndex((code) => value.codes.includes(code))
  return found === -1 ? group.codes.length : found
}

export const originOf = ({ day, source }: MonitorValue): Origin => ({ day, source })

/** Why a value says nothing on this day; null when it may. A day after the day of arrival is wrong for ever, not early. */
function notCounted(value: MonitorValue, group: CodeGroup, today: Day): Sentence | null {
  const origin = originOf(value)
  if (value.status === 'entered-in-error' || value.status === 'wrong-patient')
    return sentence('ignored-withdrawn', origin)
  if (value.status === 'cancelled' || value.status === 'registered' || value.measured.state === 'none')
    return sentence('ignored-cancelled', origin)
  if (value.day > value.receivedOn || value.day > today)
    return sentence('ignored-future', { ...origin, received: value.receivedOn })
  const isNumberless = value.measured.state === 'text' || value.measured.state === 'coded'
  if (group.kind === 'quantity' && isNumberless) return sentence('ignored-no-number', origin)
  return null
}

/** Why a value that is there cannot be leaned on. */
function doubtOf(value: MonitorValue, group: CodeGroup): Sentence | null {
  const origin = originOf(value)
  const { disposition, measured } = value
  if (disposition.state === 'withheld') {
    const { rule, activation, since } = disposition
    return sentence('withheld', { ...origin, rule, activation, since })
  }
  if (group.kind === 'quantity' && (measured.state !== 'quantity' || measured.unit !== group.unit)) {
    const original = measured.state === 'quantity' || measured.state === 'not-understood' ? measured.original : ''
    return sentence('not-understood', { ...origin, original })
  }
  if (value.status === 'preliminary') return sentence('preliminary', origin)
  if (disposition.state !== 'in-doubt') return null
  return sentence(disposition.why === 'error' ? 'check-failed' : 'under-review', { ...origin, rule: disposition.rule })
}
