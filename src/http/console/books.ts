import { isDay } from '../../formats/eform/days.ts'
import { brusselsDay } from '../../kernel/clock.ts'
import { SluisError } from '../../kernel/errors.ts'
import {
  account,
  deliveryLineBalances,
  messageLineBalances,
  recordLineBalances,
  type Account,
} from '../../ledger/account.ts'
import { addresses } from '../../web/addresses.ts'
import {
  booksPage,
  type Books,
  type DeliveryAccount,
  type Grouping,
  type MessageAccount,
  type RecordAccount,
} from '../../web/pages/books.tsx'
import { kindWords, serviceWords } from '../../web/texts/words.ts'
import type { View } from '../../web/view.ts'
import { csv, sendCsv } from './csv.ts'
import type { ConsoleDeps } from './deps.ts'
import { queryText } from './forms.ts'
import { destinationName } from './names.ts'
import type { Screens, Visit } from './screens.ts'

const groupings: readonly Grouping[] = ['service', 'sender', 'destination', 'kind']

export function booksScreen(screens: Screens, deps: ConsoleDeps): void {
  screens.show(addresses.books, 'see-books', async (visit) => booksPage(visit.view, await read(deps, visit)))
  screens.show('/books.csv', 'see-books', async (visit) => {
    const books = await read(deps, visit)
    if (books.noDay !== null) throw new SluisError('request-malformed', { why: 'day' })
    return sendCsv(visit.reply, `books-${books.day}-${books.group}.csv`, booksCsv(books))
  })
}

async function read(deps: ConsoleDeps, { request, view }: Visit): Promise<Books> {
  const now = deps.now()
  const today = brusselsDay(now)
  const asked = queryText(request.query, 'day')
  const noDay = asked === '' || isDay(asked) ? null : asked.slice(0, 20)
  const day = isDay(asked) ? asked : today
  const wanted = queryText(request.query, 'group')
  const group = groupings.find((one) => one === wanted) ?? 'service'
  const books = await account(deps.db, { from: day, to: day })
  const waiting = [...books.messages, ...books.records, ...books.deliveries].some((line) => line.waiting > 0)
  return {
    asOf: now.toISOString(),
    day,
    noDay,
    closed: day < today && !waiting,
    group,
    missing: books.missing.map((one) => ({ ...one, spooledAt: one.spooledAt.toISOString() })),
    ...accountsOf(deps, view, books, group),
  }
}

interface Line {
  readonly service: string
  readonly sender: string
  readonly destination?: string
  readonly formKind?: string
}

function accountsOf(deps: ConsoleDeps, view: View, books: Account, group: Grouping) {
  /** What a line is filed under; a message has no destination and no kind yet, so it falls back to its service. */
  const nameOf = (line: Line): string => {
    if (group === 'sender') return line.sender
    if (group === 'destination' && line.destination !== undefined) {
      return destinationName(deps.destinations, line.destination, view.language)
    }
    if (group === 'kind' && line.formKind !== undefined) return view.word(kindWords, line.formKind)
    return view.word(serviceWords, line.service)
  }
  return {
    messages: summed(books.messages, nameOf, (account, lines): MessageAccount => {
      const sum = sumOf(lines)
      const accepted = sum((line) => line.accepted)
      const turnedAway = sum((line) => line.turnedAway)
      return {
        account,
        offered: accepted + turnedAway,
        turnedAway,
        accepted,
        read: sum((line) => line.read),
        unreadable: sum((line) => line.unreadable),
        waiting: sum((line) => line.waiting),
        difference: sum((line) => differenceOf(line.differing, messageLineBalances(line))),
      }
    }),
    records: summed(books.records, nameOf, (account, lines): RecordAccount => {
      const sum = sumOf(lines)
      return {
        account,
        read: sum((line) => line.read),
        passed: sum((line) => line.passed),
        withheld: sum((line) => line.withheld),
        refused: sum((line) => line.refused),
        waiting: sum((line) => line.waiting),
        difference: sum((line) => differenceOf(line.differing, recordLineBalances(line))),
      }
    }),
    deliveries: summed(books.deliveries, nameOf, (account, lines): DeliveryAccount => {
      const sum = sumOf(lines)
      return {
        account,
        owed: sum((line) => line.owed),
        acknowledged: sum((line) => line.acknowledged),
        waiting: sum((line) => line.waiting),
        refused: sum((line) => line.refused),
        withdrawn: sum((line) => line.withdrawn),
        difference: sum((line) => differenceOf(line.differing, deliveryLineBalances(line))),
      }
    }),
  }
}

const sumOf =
  <T>(lines: readonly T[]) =>
  (figure: (line: T) => number): number =>
    lines.reduce((sum, line) => sum + figure(line), 0)

/** A line whose sums or hashes do not fit differs by one at least, also when no single record shows it. */
const differenceOf = (differing: number, balances: boolean): number => (balances ? 0 : Math.max(1, differing))

function summed<T extends Line, Row>(
  lines: readonly T[],
  nameOf: (line: T) => string,
  row: (name: string, lines: readonly T[]) => Row,
): Row[] {
  return [...Map.groupBy(lines, nameOf)].map(([name, members]) => row(name, members))
}

function booksCsv(books: Books): string {
  const rows = (of: string, accounts: readonly object[]): (string | number)[][] =>
    accounts.flatMap((line) => {
      const { account: name, ...figures } = line as { account: string } & Record<string, number>
      return Object.entries(figures).map(([figure, value]) => [books.day, of, name, figure, value])
    })
  return csv(
    ['day', 'of', 'account', 'figure', 'count'],
    [...rows('messages', books.messages), ...rows('records', books.records), ...rows('deliveries', books.deliveries)],
  )
}
