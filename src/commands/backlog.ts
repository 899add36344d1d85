import type { CommandIo } from '../cli.ts'
import { backlog, type Backlog, type BacklogView } from '../delivery/backlog.ts'
import { heldLines, type HeldLine } from '../store/holds.ts'
import { stageBacklog, type StageBacklog, type StageName } from '../store/steps.ts'
import { assertDestination } from './shared/destinations.ts'
import { moment, momentAgo, rate } from './shared/moments.ts'
import { holdWords, obstacleWords, outlookWords } from './shared/obstacles.ts'
import { databaseHelp, endHelp, text } from './shared/options.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { withDatabase } from './shared/with-database.ts'

const help = `sluis backlog [--destination D] [--data DIR] [--json]

Shows what is owed and not acknowledged, per destination and form kind: how many, since when, at what rate it empties and
when it will be empty, and what stands in its way: a pause, a breaker, the rule that withholds a record, or that no node
delivers. Below it: what waits inside the hub and is not owed yet.

  --destination D  only this one
${databaseHelp}
${endHelp}: one object

Exit codes: 0 shown, 1 the hub's database does not answer, 2 wrong use.
`

const options = { destination: text, data: text }

/** `sluis backlog`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, (values) =>
    withDatabase(values, io, async ({ db, dataFolder }) => {
      const now = new Date()
      const [whole, held, inside] = await Promise.all([
        backlog(db, now),
        heldLines(db, values.destination ?? null),
        stageBacklog(db),
      ])
      assertDestination(values.destination, dataFolder, whole.lines)
      const view = { ...narrowed(whole, values.destination), held, inside }
      io.stdout.write(values.json ? `${JSON.stringify(view)}\n` : `${describe(view, now)}\n`)
      return 0
    }),
  )
}

function narrowed(view: BacklogView, destination: string | undefined): BacklogView {
  if (destination === undefined) return view
  return {
    ...view,
    lines: view.lines.filter((line) => line.destination === destination),
    destinations: view.destinations.filter((one) => one.destination === destination),
    pauses: view.pauses.filter((pause) => pause.destination === null || pause.destination === destination),
  }
}

interface View extends BacklogView {
  readonly held: readonly HeldLine[]
  readonly inside: readonly StageBacklog[]
}

function describe(view: View, now: Date): string {
  const open = view.lines.filter((line) => line.count > 0)
  const inside = insideLines(view, now)
  if (open.length === 0) {
    const owed = inside.length === 0 ? 'Nothing is waiting' : 'Nothing that is owed by now is waiting'
    return [`${owed}: everything owed was acknowledged, refused or withdrawn.`, ...inside].join('\n')
  }
  const lines = table(open, [
    { head: 'destination', of: (line) => line.destination },
    { head: 'form kind', of: (line) => line.formKind },
    { head: 'waiting', of: (line) => line.count },
    { head: 'urgent', of: (line) => line.urgent },
    { head: 'oldest received', of: (line) => (line.oldest === null ? '' : momentAgo(line.oldest, now)) },
    { head: 'acknowledged', of: (line) => rate(line.rate) },
    { head: 'outlook', of: outlookWords },
    { head: 'in its way', of: (line) => inItsWay(view, line) },
  ])
  return [...lines, ...inside].join('\n')
}

const stageWords = {
  read: (count: number) => `${things(count, 'message')} to be read`,
  check: (count: number) => `${things(count, 'record')} to be checked`,
  plan: (count: number) => `${things(count, 'record')} to be planned`,
} as const satisfies Readonly<Record<StageName, (count: number) => string>>

const things = (count: number, thing: string): string =>
  `${count.toLocaleString('en')} ${thing}${count === 1 ? ' waits' : 's wait'}`

/** What is not owed yet: what the hub has and has not worked on. A moment of it is usual. */
function insideLines({ inside, uncarried }: View, now: Date): string[] {
  const waiting = inside.map(
    ({ stage, count, oldest }) => `${stageWords[stage](count)}, the oldest received ${momentAgo(oldest, now)}.`,
  )
  const nobody = uncarried
    .filter(({ role }) => role === 'work' || role === 'delivery')
    .map(({ role, since }) => `No node has the role ${role} since ${momentAgo(since, now)}: start one.`)
  return [...waiting, ...nobody]
}

function inItsWay(view: View, line: Backlog): string {
  const obstacle = obstacleWords(view, line.destination, line)
  const held = view.held
    .filter((one) => one.destination === line.destination && one.formKind === line.formKind)
    .map((one) => `${one.count} withheld since ${moment(one.since)} by ${holdWords(one)}`)
  const followers = line.blocked === 0 ? '' : `${line.blocked} wait for another delivery first`
  return [obstacle, ...held, followers].filter((part) => part !== '').join('; ')
}
