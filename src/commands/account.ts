import type { CommandIo } from '../cli.ts'
import { services } from '../formats/record.ts'
import { account, isBalanced, type Account } from '../ledger/account.ts'
import { destinationsWithClosed } from '../ledger/closed-books.ts'
import { destinationDays, type Days } from '../store/account.ts'
import { closedLines } from '../store/retention.ts'
import { brusselsDay } from '../kernel/clock.ts'
import { describeAccount } from './shared/describe-account.ts'
import { assertDestination, destinationsOf } from './shared/destinations.ts'
import { compareWithNeighbours, type NeighbourDay } from './shared/neighbour-books.ts'
import { databaseHelp, endHelp, flag, oneOf, text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { tellingWhenLong } from './shared/progress.ts'
import { runWith } from './shared/run-with.ts'
import { readDay } from './shared/when.ts'
import { withDatabase, type HubDatabase } from './shared/with-database.ts'

const help = `sluis account [--day DAY | --from DAY --to DAY] [--service S] [--destination D] [--all] [--neighbours] [--json]

Closes the books per service, sender, destination, form kind and day: what was accepted, read, owed and acknowledged, by
count and by set. Days are those of receipt in Europe/Brussels; without one it is today.

  --day DAY         one day, as 2022-07-01
  --from, --to DAY  several days, both included
  --service S       only the lines of this service
  --destination D   only the deliveries to this destination
  --all             every sender by itself; else more than 40 lines that balance are added up over their senders
  --neighbours      also ask every destination for its own account, and compare
${databaseHelp}
${endHelp}: one object

Exit codes: 0 the books balance, 1 a line differs (or a destination does not answer), 2 wrong use.
`

const options = {
  day: text,
  from: text,
  to: text,
  service: text,
  destination: text,
  all: flag,
  neighbours: flag,
  data: text,
}

/** `sluis account`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values) => {
    const days = daysMeant(values)
    const only: Only = { service: oneOf('service', values.service, services), destination: values.destination }
    return withDatabase(values, io, async (hub) => {
      const whole = await tellingWhenLong(io, 'closing the books', account(hub.db, days))
      assertDestination(only.destination, hub.dataFolder, whole.deliveries)
      const books = narrowed(whole, only)
      const neighbours = values.neighbours ? await neighbourBooks(hub, days, only) : null
      const balanced =
        books.balanced && (neighbours ?? []).every((line) => line.state === 'agrees' || line.state === 'open')
      if (values.json) io.stdout.write(`${JSON.stringify({ ...books, balanced, ...(neighbours && { neighbours }) })}\n`)
      else
        io.stdout.write(
          `${[describeAccount(books, neighbours, values.all === true), wordsFor(days, balanced)].filter(Boolean).join('\n\n')}\n`,
        )
      return balanced ? 0 : 1
    })
  })
}

interface Only {
  readonly service: string | undefined
  readonly destination: string | undefined
}

function daysMeant(values: { readonly day?: string; readonly from?: string; readonly to?: string }): Days {
  const { day, from, to } = values
  if (day !== undefined && (from ?? to) !== undefined) throw new WrongUse('--day does not go with --from and --to')
  const today = brusselsDay(new Date())
  const days = { from: readDay(day ?? from ?? to ?? today), to: readDay(day ?? to ?? today) }
  if (days.from > days.to) throw new WrongUse(`--from ${days.from} lies after --to ${days.to}`)
  return days
}

function narrowed(books: Account, only: Only): Account {
  if (only.service === undefined && only.destination === undefined) return books
  const ofService = (line: { readonly service: string }): boolean =>
    only.service === undefined || line.service === only.service
  const lines = {
    // A destination has no part in messages and records.
    messages: only.destination === undefined ? books.messages.filter(ofService) : [],
    records: only.destination === undefined ? books.records.filter(ofService) : [],
    deliveries: books.deliveries
      .filter(ofService)
      .filter((line) => only.destination === undefined || line.destination === only.destination),
    missing: books.missing,
  }
  return { days: books.days, ...lines, balanced: isBalanced(lines) }
}

async function neighbourBooks(hub: HubDatabase, days: Days, only: Only): Promise<NeighbourDay[]> {
  const destinations = destinationsOf(hub.dataFolder)
  const wanted = destinations.filter(({ name }) => only.destination === undefined || name === only.destination)
  if (wanted.length === 0) {
    throw new WrongUse(
      `There is no destination ${only.destination}; there are ${destinations.map(({ name }) => name).join(', ')}`,
    )
  }
  const ours = async () => destinationsWithClosed(await destinationDays(hub.db, days), await closedLines(hub.db, days))
  return compareWithNeighbours(ours, days, wanted)
}

function wordsFor(days: Days, balanced: boolean): string {
  const when = days.from === days.to ? days.from : `${days.from} to ${days.to}`
  return balanced
    ? `The books of ${when} balance.`
    : `The books of ${when} do not balance. The lines that differ say so.`
}
