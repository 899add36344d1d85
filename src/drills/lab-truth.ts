import type { Order } from '../../neighbours/laboratories/order.ts'
import { judgedItems, type JudgedItem } from './lab-people.ts'

/** The colour an item would have if every result had been seen the moment it was sent. */
export type TrueColour = 'green' | 'red' | 'unknown'

interface Measured {
  readonly takenAt: number
  readonly value: number
  settled: boolean
}

/**
 * What the drill itself knows of its patients, worked out without the hub: the latest value by time of sampling, a year, and
 * the target. Orders on their way are told apart, since the hub cannot show them yet.
 */
export interface LabTruth {
  sent(order: Order): void
  /** Everything sent so far has reached the hub and is worked through. */
  settle(): void
  /** The colours that are right now: more than one while a result is under way. */
  colours(insz: string, item: JudgedItem): ReadonlySet<TrueColour>
}

const inTarget: Readonly<Record<JudgedItem, (value: number) => boolean>> = {
  hba1c: (value) => value <= 53,
  egfr: (value) => value >= 60,
  ldl: (value) => value < 2.6,
}

const yearMs = 365 * 86_400_000

export function makeLabTruth(now: () => Date): LabTruth {
  const known = new Map<string, Measured[]>()
  const under = new Set<Measured>()
  return {
    sent({ patient, takenAt, results }) {
      for (const { analyte, value } of results) {
        const measured = { takenAt: Date.parse(takenAt), value, settled: false }
        const key = `${patient.insz} ${analyte}`
        known.set(key, [...(known.get(key) ?? []), measured])
        under.add(measured)
      }
    },
    settle() {
      for (const measured of under) measured.settled = true
      under.clear()
    },
    colours(insz, item) {
      const all = known.get(`${insz} ${item}`) ?? []
      const since = now().getTime() - yearMs
      const settled = all.filter((one) => one.settled)
      const colours = new Set([colourOf(settled, item, since)])
      // Each of those under way may be seen already, or not.
      for (let count = settled.length + 1; count <= all.length; count++)
        colours.add(colourOf(all.slice(0, count), item, since))
      return colours
    },
  }
}

function colourOf(values: readonly Measured[], item: JudgedItem, since: number): TrueColour {
  const latest = values.reduce<Measured | null>(
    (last, one) => (last === null || one.takenAt > last.takenAt ? one : last),
    null,
  )
  if (latest === null) return 'unknown'
  return latest.takenAt >= since && inTarget[item](latest.value) ? 'green' : 'red'
}

/** An item of a patient as a reader was shown it. */
export interface ShownItem {
  readonly insz: string
  readonly item: string
  readonly state: string
  /** The values it rests on, as text. */
  readonly restsOn: string
}

export interface Judged {
  readonly read: number
  readonly unreliable: number
  /** Shown red where no result the hub has makes it so. */
  readonly wrongRed: readonly ShownItem[]
  readonly wrongGreen: readonly ShownItem[]
  /** Patient and item of what was to be shown, in whatever colour, and was not. */
  readonly missing: readonly string[]
}

/**
 * Holds what readers were shown against what is true; items that live by other feeds must not turn red by it, and none of
 * those `due` (patient and item) may be left out.
 */
export function judgeShown(
  truth: LabTruth,
  shown: readonly ShownItem[],
  redBefore: ReadonlySet<string>,
  due: readonly string[] = [],
): Judged {
  const seen = new Set(shown.map(nameOf))
  const judged = new Set<string>(judgedItems)
  const right = ({ insz, item }: ShownItem, colour: TrueColour): boolean =>
    judged.has(item) ? truth.colours(insz, item as JudgedItem).has(colour) : redBefore.has(nameOf({ insz, item }))
  return {
    read: shown.length,
    unreliable: shown.filter(({ state }) => state === 'unreliable').length,
    wrongRed: shown.filter((one) => one.state.startsWith('red') && !right(one, 'red')),
    wrongGreen: shown.filter((one) => one.state === 'green' && judged.has(one.item) && !right(one, 'green')),
    missing: due.filter((name) => !seen.has(name)),
  }
}

export const nameOf = ({ insz, item }: Pick<ShownItem, 'insz' | 'item'>): string => `${insz} ${item}`
