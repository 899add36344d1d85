import { addresses } from '../addresses.ts'
import { Chip } from '../parts/chip.tsx'
import { FaultSummary, SelectField, TextField, type FieldFault } from '../parts/form.tsx'
import { Empty } from '../parts/notices.tsx'
import { page } from '../parts/shell.tsx'
import { Table, type Column } from '../parts/table.tsx'
import { Moment } from '../parts/time.tsx'
import type { View } from '../view.ts'

export type Grouping = 'service' | 'sender' | 'destination' | 'kind'

const groupings: readonly Grouping[] = ['service', 'sender', 'destination', 'kind']

/** One account of one day. `account` is readable; `difference` is 0 when it balances, and is never hidden. */
export interface MessageAccount {
  readonly account: string
  readonly offered: number
  readonly turnedAway: number
  readonly accepted: number
  readonly read: number
  readonly unreadable: number
  readonly waiting: number
  readonly difference: number
}

export interface RecordAccount {
  readonly account: string
  readonly read: number
  readonly passed: number
  readonly withheld: number
  readonly refused: number
  readonly waiting: number
  readonly difference: number
}

export interface DeliveryAccount {
  readonly account: string
  readonly owed: number
  readonly acknowledged: number
  readonly waiting: number
  readonly refused: number
  readonly withdrawn: number
  readonly difference: number
}

/** The books of one day in Brussels, `YYYY-MM-DD`. `closed` is true once nothing can be added to that day. */
export interface Books {
  readonly asOf: string
  readonly day: string
  /** What was asked for and is no day; today is shown instead. */
  readonly noDay: string | null
  readonly closed: boolean
  readonly group: Grouping
  /** Receipts given by a spool whose message never came: the books cannot balance with one. */
  readonly missing: readonly {
    readonly receipt: string
    readonly node: string
    readonly sender: string
    readonly spooledAt: string
  }[]
  readonly messages: readonly MessageAccount[]
  readonly records: readonly RecordAccount[]
  readonly deliveries: readonly DeliveryAccount[]
}

export function booksPage(view: View, books: Books): string {
  const { t } = view
  const empty = books.messages.length + books.records.length + books.deliveries.length === 0
  return page(
    view,
    { title: booksSentence(view, books), section: addresses.books },
    <>
      <FaultSummary view={view} faults={faultsOf(view, books)} />
      <div class="headline">
        <h1>{booksSentence(view, books)}</h1>
        <p class="as-of">
          {t.asOf} <time datetime={books.asOf}>{view.f.clock(books.asOf)}</time>
        </p>
      </div>
      <Filter view={view} books={books} />
      {books.missing.length > 0 && <Missing view={view} books={books} />}
      {!empty && <Accounts view={view} books={books} />}
      {empty && (
        <section>
          <Empty sentence={t.books.empty(view.f.day(`${books.day}T12:00:00Z`))} />
        </section>
      )}
    </>,
  )
}

function booksSentence(view: View, books: Books): string {
  const words = view.t.books
  const day = view.f.day(`${books.day}T12:00:00Z`)
  const all = [...books.messages, ...books.records, ...books.deliveries]
  if (all.length === 0) return books.missing.length > 0 ? view.t.missing : words.empty(day).replace(/\.$/, '')
  const differing = all.filter((row) => row.difference !== 0).length
  if (differing > 0) return words.differ(differing, day)
  if (books.missing.length > 0) return view.t.missing
  return books.closed || all.every((row) => row.waiting === 0) ? words.balanced(day) : words.open(day)
}

const faultsOf = (view: View, { noDay }: Books): FieldFault[] =>
  noDay === null ? [] : [{ field: 'day', sentence: view.t.books.noDay(noDay) }]

function Filter({ view, books }: { view: View; books: Books }) {
  const { t } = view
  return (
    <form class="toolbar" action={addresses.books} method="get">
      <TextField
        id="day"
        label={t.books.day}
        type="date"
        value={books.day}
        fault={faultsOf(view, books)[0]?.sentence}
      />
      <SelectField
        id="group"
        label={t.books.group}
        value={books.group}
        choices={groupings.map((group) => ({ value: group, text: t.books.groups[group] }))}
      />
      <button>{t.show}</button>
      <a href={addresses.booksCsv({ day: books.day, group: books.group })}>{t.csv}</a>
    </form>
  )
}

function Accounts({ view, books }: { view: View; books: Books }) {
  const { t } = view
  const words = t.books
  return (
    <>
      <section aria-labelledby="messages-title">
        <h2 id="messages-title">{words.messages}</h2>
        <p class="rule">{words.messagesRule}</p>
        <AccountTable
          view={view}
          books={books}
          caption={words.messages}
          rows={books.messages}
          names={['offered', 'turnedAway', 'accepted', 'read', 'unreadable', 'waiting']}
        />
      </section>
      <section aria-labelledby="records-title">
        <h2 id="records-title">{words.records}</h2>
        <p class="rule">{words.recordsRule}</p>
        <AccountTable
          view={view}
          books={books}
          caption={words.records}
          rows={books.records}
          names={['read', 'passed', 'withheld', 'refused', 'waiting']}
        />
      </section>
      <section aria-labelledby="deliveries-title">
        <h2 id="deliveries-title">{words.deliveries}</h2>
        <p class="rule">{words.deliveriesRule}</p>
        <AccountTable
          view={view}
          books={books}
          caption={words.deliveries}
          rows={books.deliveries}
          names={['owed', 'acknowledged', 'waiting', 'refused', 'withdrawn']}
        />
      </section>
    </>
  )
}

function Missing({ view, books }: { view: View; books: Books }) {
  const { t } = view
  return (
    <section aria-labelledby="missing-title">
      <h2 id="missing-title">{t.missing}</h2>
      <p>{t.missingWhat}</p>
      <Table
        caption={t.missing}
        quietCaption
        rows={books.missing}
        rowKey={(row) => row.receipt}
        columns={[
          { heading: t.trace.receipt, cell: (row) => <code>{row.receipt}</code> },
          { heading: t.sender, cell: (row) => row.sender },
          { heading: t.nodesPage.name, cell: (row) => row.node },
          { heading: t.time, cell: (row) => <Moment view={view} at={row.spooledAt} /> },
        ]}
      />
    </section>
  )
}

/** More accounts than this nobody looks through on a screen; the sheet has all of them. */
const accountsShown = 200

type Figure = Extract<keyof View['t']['books'], keyof MessageAccount | keyof RecordAccount | keyof DeliveryAccount>

type AnyAccount<Name extends string> = Readonly<Record<Name | 'difference', number>> & { readonly account: string }

/** The accounts that differ before the others, so many as are shown, and what the rest of them come to. */
function cut<Name extends string>(rows: readonly AnyAccount<Name>[], names: readonly Name[]) {
  const differing = rows.filter((row) => row.difference !== 0)
  const ordered = [...differing, ...rows.filter((row) => row.difference === 0)]
  const others = ordered.slice(accountsShown)
  const sum = (name: Name | 'difference'): number => others.reduce((total, row) => total + row[name], 0)
  const figures = Object.fromEntries([...names, 'difference' as const].map((name) => [name, sum(name)]))
  const rest = { account: '', ...figures } as AnyAccount<Name>
  return { shown: ordered.slice(0, accountsShown), others: others.length, rest }
}

function AccountTable<Name extends Exclude<Figure, 'account'>>(props: {
  view: View
  books: Books
  caption: string
  rows: readonly AnyAccount<Name>[]
  names: readonly Name[]
}) {
  const { view, books, caption, rows, names } = props
  const { t, f } = view
  const { shown, others, rest } = cut(rows, names)
  const words: Readonly<Record<string, unknown>> = t.books
  const columns: Column<AnyAccount<Name>>[] = [
    {
      heading: t.books.account,
      cell: (row) =>
        row === rest ? (
          <a href={addresses.booksCsv({ day: books.day, group: books.group })}>{t.books.others(others)}</a>
        ) : (
          row.account
        ),
    },
    ...names.map((name) => ({
      heading: String(words[name]),
      number: true,
      cell: (row: AnyAccount<Name>) => f.number(row[name]),
    })),
    {
      heading: t.books.check,
      cell: (row) => (
        <span class="check-cell">
          <Chip view={view} state={row.difference === 0 ? 'balanced' : 'differs'} />
          {row.difference !== 0 && t.books.difference(f.number(row.difference))}
        </span>
      ),
    },
  ]
  const all = others === 0 ? shown : [...shown, rest]
  return <Table caption={caption} quietCaption rows={all} rowKey={(row) => row.account} columns={columns} />
}
