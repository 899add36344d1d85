import { describePacks } from '../checking/describe.ts'
import { makeRuleSets } from '../checking/rule-sets.ts'
import type { CommandIo } from './command-io.ts'
import { check } from './pack-check.ts'
import { report, tryVersion } from './pack-report.ts'
import { schedule } from './pack-schedule.ts'
import { undo } from './pack-revert.ts'
import { step } from './pack-step.ts'
import { databaseHelp, endHelp, text } from './shared/options.ts'
import { momentAgo } from './shared/moments.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { withDatabase } from './shared/with-database.ts'

const help = `sluis pack [list] [PACK]                  packs, their versions, and how each stands
sluis pack check FOLDER                   hold a pack on disk to its cases
sluis pack try FOLDER | PACK VERSION      judge all stored history by it, without effect, and report
sluis pack report [NUMBER]                one report, or all
sluis pack shadow PACK VERSION            judge what comes by it beside the version that counts
sluis pack canary PACK VERSION            let it count for whole senders
sluis pack activate PACK VERSION          let it count for all
sluis pack revert PACK                    undo the last activation, and prove it
sluis pack retire PACK VERSION            stop judging by it
sluis pack schedule [PACK HH:MM]          when stored records are checked again by themselves

Each has --help. Exit codes: 0 done, 1 refused or with faults, 2 wrong use.
`

const listHelp = `sluis pack list [PACK]

Packs of rules, their versions, the tables of codes and units that go with each, and how it stands: active, canary (for some senders), shadow (judged without
effect), former (replaced; shadow until its successor is settled) or installed.

${databaseHelp}
${endHelp}
`

type Action = (args: readonly string[], io: CommandIo) => Promise<number>

const actions: Readonly<Record<string, Action>> = {
  list,
  check,
  report,
  try: tryVersion,
  shadow: step('shadow'),
  canary: step('canary'),
  activate: step('active'),
  retire: step('retired'),
  revert: undo,
  schedule,
}

/** `sluis pack`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const [action = 'list', ...rest] = args
  const chosen = Object.hasOwn(actions, action) ? actions[action] : undefined
  if (chosen !== undefined) return chosen(rest, io)
  if (action.startsWith('--') && action !== '--help') return list(args, io)
  const asked = action === '--help' || action === 'help'
  ;(asked ? io.stdout : io.stderr).write(help)
  return asked ? 0 : 2
}

async function list(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help: listHelp, options: { data: text } }, (values, [only]) =>
    withDatabase(values, io, async ({ db }) => {
      const packs = await describePacks({ db, ruleSets: makeRuleSets() }, only ?? null)
      if (values.json) {
        io.stdout.write(`${JSON.stringify(packs)}\n`)
        return 0
      }
      const now = new Date()
      const rows = packs.flatMap((pack) =>
        pack.versions.map((version) => ({
          ...version,
          pack: pack.pack,
          last: pack.history.findLast((row) => row.setting === version.setting),
        })),
      )
      const lines = table(rows, [
        { head: 'pack', of: (row) => row.pack },
        { head: 'version', of: (row) => row.version },
        { head: 'tables', of: (row) => row.tables ?? '' },
        { head: 'stands', of: (row) => row.stands },
        {
          head: 'for',
          of: (row) => (row.sources.length > 0 ? row.sources.join(', ') : row.stands === 'active' ? 'all' : ''),
        },
        { head: 'since', of: (row) => (row.last === undefined ? '' : momentAgo(row.last.at, now)) },
        { head: 'by', of: (row) => row.last?.actor ?? row.installedBy },
        { head: 'why', of: (row) => row.last?.why ?? '' },
      ])
      io.stdout.write(`${lines.length === 0 ? 'There is no pack.' : lines.join('\n')}\n`)
      return 0
    }),
  )
}
