import { Beyond } from './faults.ts'
import { System } from './values.ts'

type CalendarUnit = 'year' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond'

const units: ReadonlyMap<string, CalendarUnit> = new Map(
  (['year', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'] as const).flatMap((unit) => [
    [unit, unit] as const,
    [`${unit}s`, unit] as const,
  ]),
)

/** The lengths of UCUM that are as long as the calendar's; its month and its year are not. */
const ucumUnits: Readonly<Record<string, CalendarUnit>> = {
  ms: 'millisecond',
  s: 'second',
  min: 'minute',
  h: 'hour',
  d: 'day',
  wk: 'week',
}

/** A Quantity of FHIRPath: a number with a word of the calendar or a UCUM code. */
export class Amount extends System {
  readonly value: number
  readonly unit: string
  /** `3 days` against `3 'd'`: the calendar's day, or UCUM's. */
  readonly isCalendar: boolean
  private readonly word: string

  constructor(value: number, unit: string, isCalendar: boolean) {
    super()
    this.value = value
    this.word = unit
    this.unit = isCalendar ? (units.get(unit) ?? unit) : unit
    this.isCalendar = isCalendar
  }

  calendarUnit(): CalendarUnit | null {
    if (this.isCalendar) return units.get(this.unit) ?? null
    return ucumUnits[this.unit] ?? null
  }

  negative(): Amount {
    return new Amount(-this.value, this.word, this.isCalendar)
  }

  override toString(): string {
    return this.isCalendar ? `${this.value} ${this.word}` : `${this.value} '${this.unit}'`
  }
}

/** A word of the calendar such as `days`. */
export function isCalendarWord(word: string): boolean {
  return units.has(word)
}

/** Compares amounts of one unit; converting between units is left to the reference. */
export function compareAmounts(a: Amount, b: Amount): number {
  if (a.unit !== b.unit || a.isCalendar !== b.isCalendar) throw new Beyond('two units')
  return a.value - b.value
}
