import type { CommandIo } from '../cli.ts'
import { services } from '../formats/record.ts'
import { waitingPeriods } from '../ledger/retention.ts'
import type { Database } from '../store/connect.ts'
import { newestClosed, retentions, setRetention, unfinishedPeriods } from '../store/retention.ts'
import { moment } from './shared/moments.ts'
import { databaseHelp, endHelp, flag, needed, oneOf, text, wholeNumber } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { tellingWhenLong } from './shared/progress.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { withDatabase } from './shared/with-database.ts'

const leastDays = 7

const help = `sluis retention
sluis retention --service S (--days N | --keep) --reason "..." [--by NAME]

Without more it lists how long each service keeps contents, what was closed, and what is due and waits, with what it waits
for. Nothing goes until somebody says so here.
Contents go by day (eforms, gfd) or by month, N days after its end, oldest first, and only when all of it is settled, its
books balance and its entries are sealed. Its books are kept for ever; sluis account, trace and doctor go on to answer.

  --service S    ${services.join(', ')}
  --days N       keep contents for N days after the end of their day or month, at least ${leastDays}
  --keep         keep everything from now on; what is gone stays gone
  --reason TEXT  why, as the rule or contract that asks it
  --by NAME      who (default: who is signed in on this machine)
${databaseHelp}
${endHelp}: a list

Exit codes: 0 done, 2 wrong use.
`

const options = { service: text, days: text, keep: flag, reason: text, by: text, data: text }

/** `sluis retention`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values) => {
    const service = oneOf('service', values.service, services)
    const days = wholeNumber('days', values.days, leastDays)
    const decides = days !== undefined || values.keep === true
    if (decides !== (service !== undefined)) throw new WrongUse('Give --service with --days or --keep')
    if (days !== undefined && values.keep === true) throw new WrongUse('--days and --keep do not go together')
    const why = decides ? needed('reason', values.reason, 'say which rule or contract asks it') : ''
    const actor = ownerOf(values.by)
    return withDatabase(values, io, async ({ db }) => {
      if (service !== undefined) await setRetention(db, { service, days: days ?? null, actor, why })
      const lines = await tellingWhenLong(io, 'looking at what is due', standing(db))
      io.stdout.write(values.json ? `${JSON.stringify(lines)}\n` : `${described(lines).join('\n')}\n`)
      return 0
    })
  })
}

type Line = Awaited<ReturnType<typeof standing>>[number]

async function standing(db: Database) {
  const [decided, closed, unfinished] = [await retentions(db), await newestClosed(db), await unfinishedPeriods(db)]
  const waiting = await waitingPeriods(db, new Date())
  return services.map((service) => {
    const says = decided.find((one) => one.service === service)
    const waits = waiting.find(({ period }) => period.service === service)
    return {
      service,
      days: says?.days ?? null,
      by: says?.actor ?? null,
      why: says?.why ?? null,
      since: says?.at ?? null,
      closedUntil: closed.find((one) => one.service === service)?.to ?? null,
      keysLeft: unfinished.filter((one) => one.service === service).length,
      waits: waits === undefined ? null : { period: waits.period.period, for: waits.for },
    }
  })
}

function described(lines: readonly Line[]): string[] {
  const waits = lines.flatMap(({ service, waits: those }) =>
    those === null ? [] : [`${service} ${those.period} is due and waits for: ${those.for.join('; ')}`],
  )
  const lists = table(lines, [
    { head: 'service', of: (line) => line.service },
    { head: 'kept', of: (line) => (line.days === null ? 'everything' : `${line.days} days`) },
    { head: 'closed until', of: (line) => (line.closedUntil === null ? '-' : moment(line.closedUntil)) },
    { head: 'keys not destroyed', of: (line) => line.keysLeft },
    { head: 'by', of: (line) => line.by ?? '-' },
    { head: 'why', of: (line) => line.why ?? '-' },
  ])
  return waits.length === 0 ? lists : [...lists, '', ...waits]
}
