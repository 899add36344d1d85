import type { Asked, EarlierRole } from './around.ts'

/** A line of the index of results: what tells how the results of one patient belong together, without opening one. */
export interface ResultLine {
  readonly record: number
  readonly receipt: string
  readonly resultKey: string
  readonly analyte: string | null
  /** The minute of collection as a number; null when none was said. */
  readonly minute: number | null
  /** When it was taken, else known, else received; milliseconds since 1970. */
  readonly at: number
  /** Whom the message names: the index of birth date and family name. */
  readonly named: string | null
}

export interface EarlierLine<Line extends ResultLine> {
  readonly role: EarlierRole
  readonly line: Line
}

const versionsAtMost = 20
const besideAtMost = 8
const beforeAtMost = 4
const namesLookedAt = 50

/**
 * What was stored of a patient before each of its results, newest first, as far as rules ask for it. `lines` are all
 * results of one patient by record number; the answer has one list for each. `analyteOf` is for tables other than those by
 * which the index was written. The same question to the database is `earlierResults`.
 */
export function earlierAmong<Line extends ResultLine>(
  lines: readonly Line[],
  asked: Asked,
  analyteOf: (line: Line) => string | null = ({ analyte }) => analyte,
): EarlierLine<Line>[][] {
  const byKey = new Map<string, Line[]>()
  const byMinute = new Map<string, Line[]>()
  const byAnalyte = new Map<string, Line[]>()
  const named: Line[] = []
  return lines.map((me) => {
    const found: EarlierLine<Line>[] = []
    const add = (role: EarlierRole, line: Line): unknown => found.push({ role, line })
    const analyte = asked.arrival || asked.previous ? analyteOf(me) : null
    if (asked.arrival) {
      const own = listIn(byKey, me.resultKey)
      for (const line of own.slice(-versionsAtMost)) add('version', line)
      own.push(me)
    }
    if (asked.arrival && analyte !== null) {
      const same = listIn(byMinute, `${me.minute} ${analyte}`)
      for (const line of lastOthers(same, same.length, me, besideAtMost)) add('beside', line)
      same.push(me)
    }
    if (asked.previous && analyte !== null) {
      const alike = listIn(byAnalyte, analyte)
      for (const line of lastOthers(alike, placeOf(alike, me.at), me, beforeAtMost)) add('before', line)
      alike.splice(placeOf(alike, me.at + 1), 0, me)
    }
    if (asked.known) {
      const known = mostNamed(named, me)
      if (known !== null) add('known', known)
      if (me.named !== null) named.push(me)
    }
    return found.length > 1 ? found.toSorted((a, b) => newestFirst(a.line, b.line)) : found
  })
}

function listIn<Line>(lists: Map<string, Line[]>, key: string): Line[] {
  const there = lists.get(key)
  if (there !== undefined) return there
  const made: Line[] = []
  lists.set(key, made)
  return made
}

/** The last lines before a place that are no version of this one: looked for from the end, of thousands a few are met. */
function lastOthers<Line extends ResultLine>(lines: readonly Line[], end: number, me: Line, atMost: number): Line[] {
  const found: Line[] = []
  for (let at = end - 1; at >= 0 && found.length < atMost; at--)
    if (lines[at]!.resultKey !== me.resultKey) found.push(lines[at]!)
  return found
}

/** Where, among lines in the order in which they were taken, those begin that were not taken before a moment. */
function placeOf(lines: readonly ResultLine[], moment: number): number {
  let [low, high] = [0, lines.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (lines[middle]!.at < moment) low = middle + 1
    else high = middle
  }
  return low
}

const newestFirst = (a: ResultLine, b: ResultLine): number => b.at - a.at || b.record - a.record

/** The first of the results that name whom most of the last messages name; `lines` are those that name somebody. */
function mostNamed<Line extends ResultLine>(lines: readonly Line[], { receipt }: Line): Line | null {
  const names = new Map<string, { first: Line; readonly messages: Set<string> }>()
  let looked = 0
  for (let before = lines.length - 1; before >= 0 && looked < namesLookedAt; before--) {
    const line = lines[before]!
    if (line.receipt === receipt) continue
    looked += 1
    const name = names.get(line.named!)
    if (name === undefined) names.set(line.named!, { first: line, messages: new Set([line.receipt]) })
    else {
      name.first = line
      name.messages.add(line.receipt)
    }
  }
  let most: { first: Line; readonly messages: Set<string> } | null = null
  for (const name of names.values()) {
    const more = name.messages.size - (most?.messages.size ?? 0)
    if (most === null || more > 0 || (more === 0 && name.first.record < most.first.record)) most = name
  }
  return most?.first ?? null
}
