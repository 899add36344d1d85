import { checkSchedules, endCheckSchedule, setCheckSchedule } from '../store/check-schedules.ts'
import type { CommandIo } from './command-io.ts'
import { databaseHelp, endHelp, flag, needed, text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { withDatabase } from './shared/with-database.ts'

const help = `sluis pack schedule                                    when stored records are checked again
sluis pack schedule PACK HH:MM --reason "..." [--by NAME]   check every day at this time (Europe/Brussels)
sluis pack schedule PACK --off                         check no more by itself

Every regular check ends in a report: sluis pack report.

${databaseHelp}
${endHelp}: the schedules

Exit codes: 0 done, 1 there was no schedule to end, 2 wrong use.
`

const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/

/** `sluis pack schedule`. */
export async function schedule(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { data: text, by: text, reason: text, off: flag }
  return runWith({ args, io, help, options }, (values, [pack, at, ...more]) => {
    if (more.length > 0) throw new WrongUse('schedule takes a pack and a time')
    if (at !== undefined && !timeOfDay.test(at)) throw new WrongUse(`${at} is no time of day, such as 02:30`)
    if (pack !== undefined && at === undefined && values.off !== true)
      throw new WrongUse('say when, such as 02:30, or --off')
    const why = at === undefined ? '' : needed('reason', values.reason, 'it stays with the schedule')
    return withDatabase(values, io, async ({ db }) => {
      let ended = true
      if (pack !== undefined && at !== undefined)
        await setCheckSchedule(db, { pack, at, actor: ownerOf(values.by), why }, false)
      else if (pack !== undefined) ended = await endCheckSchedule(db, pack)
      const all = await checkSchedules(db)
      const lines = table(all, [
        { head: 'pack', of: (one) => one.pack },
        { head: 'daily at', of: (one) => one.at },
        { head: 'by', of: (one) => one.actor },
        { head: 'why', of: (one) => one.why },
      ])
      const words = lines.length === 0 ? 'Nothing is checked again by itself.' : lines.join('\n')
      io.stdout.write(values.json ? `${JSON.stringify(all)}\n` : `${words}\n`)
      return ended ? 0 : 1
    })
  })
}
