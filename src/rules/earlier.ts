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
  const byAnalyte = new Map<string, Line[]>()
  return lines.map((me, at) => {
    const found: EarlierLine<Line>[] = []
    const add = (role: EarlierRole, line: Line): unknown => found.push({ role, line })
    if (asked.arrival || asked.previous) {
      const own = listIn(byKey, me.resultKey)
      const analyte = analyteOf(me)
      const alike = analyte === null ? [] : listIn(byAnalyte, analyte)
      const others = alike.filter((line) => line.resultKey !== me.resultKey)
      if (asked.arrival) {
        for (const line of own.slice(-versionsAtMost)) add('version', line)
        for (const line of others.filter(({ minute }) => minute === me.minute).slice(-besideAtMost)) add('beside', line)
      }
      if (asked.previous) {
        const before = others.filter((line) => line.at < me.at).toSorted(newestFirst)
        for (const line of before.slice(0, beforeAtMost)) add('before', line)
      }
      own.push(me)
      if (analyte !== null) alike.push(me)
    }
    const known = asked.known ? mostNamed(lines, at) : null
    if (known !== null) add('known', known)
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

const newestFirst = (a: ResultLine, b: ResultLine): number => b.at - a.at || b.record - a.record

/** The first of the results that name whom most of the last messages name. */
function mostNamed<Line extends ResultLine>(lines: readonly Line[], at: number): Line | null {
  const { receipt } = lines[at]!
  const names = new Map<string, { first: Line; readonly messages: Set<string> }>()
  let looked = 0
  for (let before = at - 1; before >= 0 && looked < namesLookedAt; before--) {
    const line = lines[before]!
    if (line.named === null || line.receipt === receipt) continue
    looked += 1
    const name = names.get(line.named)
    if (name === undefined) names.set(line.named, { first: line, messages: new Set([line.receipt]) })
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
