/** What all lines of the books have: whose they are, figures, names and set hashes. */
interface BookLine {
  readonly sender: string
  readonly differing: number
  readonly gone?: number
}

/** A line as it is shown: of one sender, or of all whose lines balance. */
export interface ShownLine<Line> {
  readonly line: Line
  readonly words: string
}

/** What a screen shows without a turn of the wheel. */
const linesAtMost = 40

/**
 * Lines with what is to be said of each. Of many, those that differ stand first, each for itself, and those that balance
 * are added up over their senders; `all` shows every one.
 *
 * @example shownLines(records, recordLineBalances, false)[0]?.words // 'balances'
 */
export function shownLines<Line extends BookLine>(
  lines: readonly Line[],
  balances: (line: Line) => boolean,
  all: boolean,
): ShownLine<Line>[] {
  const shown = lines.map((line) => ({ line, words: verdict(balances(line), line) }))
  if (all || lines.length <= linesAtMost) return shown
  const balanced = Map.groupBy(
    lines.filter((line) => balances(line)),
    namesOf,
  )
  return [
    ...shown.filter(({ line }) => !balances(line)),
    ...[...balanced.values()].map((members) => ({ line: sumOf(members), words: 'balances' })),
  ]
}

/** Day, service, destination, form kind: what has a name, apart from the sender. */
function namesOf(line: BookLine): string {
  const names = Object.entries(line).filter(
    ([key, value]) => typeof value === 'string' && key !== 'sender' && !key.endsWith('Hash'),
  )
  return JSON.stringify(names)
}

function sumOf<Line extends BookLine>(members: readonly Line[]): Line {
  const [first] = members as [Line]
  const figures = Object.entries(first).filter(([, value]) => typeof value === 'number')
  const sums = figures.map(([key]) => [key, members.reduce((sum, line) => sum + Number(line[key as keyof Line]), 0)])
  const senders = new Set(members.map(({ sender }) => sender)).size
  return { ...first, ...Object.fromEntries(sums), sender: senders === 1 ? first.sender : `${senders} senders` }
}

function verdict(balances: boolean, { differing, gone = 0 }: BookLine): string {
  if (balances) return 'balances'
  const what = gone === 0 ? '' : `, ${gone} of it gone: entries tell of what is not there`
  return differing === 0 ? 'DIFFERS: the sets are not the same' : `DIFFERS by ${differing}${what}`
}
