import { deliveryLineBalances, messageLineBalances, recordLineBalances, type Account } from '../../ledger/account.ts'
import type { MissingSpooled } from '../../store/spooled-missing.ts'
import { shownLines, type ShownLine } from './account-lines.ts'
import type { NeighbourDay } from './neighbour-books.ts'
import { moment } from './moments.ts'
import { table, type Column } from './table.ts'

/** The books in words and tables: each line that does not balance says so. Of many lines, those that do are added up. */
export function describeAccount(account: Account, neighbours: readonly NeighbourDay[] | null, all: boolean): string {
  const parts = [
    section('Messages: accepted = read + unreadable + waiting', messageTable(account, all)),
    section('Records: read = passed + withheld + refused + waiting', recordTable(account, all)),
    section('Deliveries: owed = acknowledged + waiting + refused + withdrawn', deliveryTable(account, all)),
    section('Receipts given by a spool whose messages never arrived', missingTable(account.missing)),
    ...(neighbours === null ? [] : [section('What destinations have in their own books', neighbourTable(neighbours))]),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${line}`)].join('\n')

const columnsOf = <T extends object>(
  keys: readonly (keyof T & string)[],
  heads: Readonly<Record<string, string>> = {},
): Column<ShownLine<T>>[] => [
  ...keys.map((key) => ({ head: heads[key] ?? key, of: ({ line }: ShownLine<T>) => line[key] as string | number })),
  { head: '', of: ({ words }) => words },
]

function messageTable({ messages }: Account, all: boolean): string[] {
  return table(
    shownLines(messages, messageLineBalances, all),
    columnsOf<(typeof messages)[number]>(
      ['day', 'service', 'sender', 'turnedAway', 'accepted', 'read', 'unreadable', 'waiting', 'conflicts'],
      { turnedAway: 'turned away' },
    ),
  )
}

function recordTable({ records }: Account, all: boolean): string[] {
  return table(
    shownLines(records, recordLineBalances, all),
    columnsOf<(typeof records)[number]>(
      ['day', 'service', 'sender', 'formKind', 'read', 'passed', 'withheld', 'refused', 'waiting'],
      { formKind: 'form kind' },
    ),
  )
}

function deliveryTable({ deliveries }: Account, all: boolean): string[] {
  return table(
    shownLines(deliveries, deliveryLineBalances, all),
    columnsOf<(typeof deliveries)[number]>(
      [
        'day',
        'service',
        'destination',
        'sender',
        'formKind',
        'owed',
        'acknowledged',
        'waiting',
        'refused',
        'withdrawn',
      ],
      { formKind: 'form kind' },
    ),
  )
}

function missingTable(missing: readonly MissingSpooled[]): string[] {
  return table(missing, [
    { head: 'receipt', of: (line) => line.receipt },
    { head: 'sender', of: (line) => line.sender },
    { head: 'node', of: (line) => line.node },
    { head: 'spooled', of: (line) => moment(line.spooledAt) },
  ])
}

function neighbourTable(neighbours: readonly NeighbourDay[]): string[] {
  return table(neighbours, [
    { head: 'day', of: (line) => line.day },
    { head: 'destination', of: (line) => line.destination },
    { head: 'acknowledged here', of: (line) => line.acknowledged },
    { head: 'there', of: (line) => ('theirs' in line ? String(line.theirs.acknowledged) : '-') },
    { head: 'waiting', of: (line) => line.waiting },
    { head: '', of: (line) => neighbourWords(line) },
  ])
}

function neighbourWords(line: NeighbourDay): string {
  if (line.state === 'agrees') return 'agrees'
  if (line.state === 'no-answer') return `DOES NOT ANSWER (${line.why})`
  if (line.state === 'open') return 'some answers are on their way; compare again when nothing waits'
  return line.theirs.acknowledged === line.acknowledged ? 'DIFFERS: the sets are not the same' : 'DIFFERS'
}
