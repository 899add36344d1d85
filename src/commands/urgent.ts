import type { CommandIo } from '../cli.ts'
import { markUrgent } from '../delivery/urgent.ts'
import { databaseHelp, endHelp, needed, text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { runWith } from './shared/run-with.ts'
import { withDatabase } from './shared/with-database.ts'

const help = `sluis urgent <receipt | record> --reason "..." [--by NAME] [--data DIR] [--json]

Lets the deliveries of a message, or of one record of it, go first: somebody is waiting. What must go before them to keep
a patient's order comes along. What is owed only later is urgent as well.

  --reason TEXT  why, without names: it stands in the history of the record
  --by NAME      who (default: who is signed in on this machine)
${databaseHelp}
${endHelp}

Exit codes: 0 marked, 1 nothing is known of it, 2 wrong use.
`

const options = { reason: text, by: text, data: text }

/** `sluis urgent`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, (values, [wanted, ...more]) => {
    if (wanted === undefined || more.length > 0) throw new WrongUse('urgent takes one receipt or record')
    const reason = needed('reason', values.reason, 'say who is waiting for what, without names')
    return withDatabase(values, io, async ({ db }) => {
      const hurried = await markUrgent(db, wanted.toLowerCase(), reason, ownerOf(values.by))
      const marked = `${wanted} is urgent from now on`
      const words =
        hurried === 0
          ? `${marked}. No delivery of it is waiting now; one that comes goes first.`
          : `${marked}: ${hurried === 1 ? '1 delivery goes' : `${hurried} deliveries go`} first.`
      io.stdout.write(values.json ? `${JSON.stringify({ wanted, hurried })}\n` : `${words}\n`)
      return 0
    })
  })
}
