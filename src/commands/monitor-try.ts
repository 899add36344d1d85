import { readFile } from 'node:fs/promises'
import { newest } from '../care/enrol.ts'
import { keepReport } from '../care/move.ts'
import { tryDefinition, type Tried } from '../care/try.ts'
import { systemClock } from '../kernel/clock.ts'
import { errorText } from '../kernel/errors.ts'
import type { Language } from '../kernel/language.ts'
import type { MonitorDefinition } from '../monitors/definition.ts'
import { readMonitor } from '../monitors/load.ts'
import { countEnrolled } from '../store/enrolments.ts'
import type { CommandIo } from './command-io.ts'
import { careOf } from './shared/care-hub.ts'
import { whyClosed } from './shared/files.ts'
import { databaseHelp, endHelp, text } from './shared/options.ts'
import { BadAnswer, WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { progressOn } from './shared/progress.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { withDatabase } from './shared/with-database.ts'

const help = `sluis monitor try <definition.yaml> [--practice P] [--by NAME] [--data DIR] [--json]
sluis monitor try MONITOR VERSION [--practice P] [--by NAME] [--data DIR] [--json]

Evaluates everybody enrolled on a monitor by a definition that is not there yet, or by another version, and says how many
items would change from which state to which, by practice. Sources are taken to send as usual. Nothing changes; what was
found is kept as a report, and moving enrolments to the version stands on it: sluis monitor enrol --move.

  --practice P  only this practice
  --by NAME     who (default: who is signed in on this machine)
${databaseHelp}
${endHelp}: one object

Exit codes: 0 tried, 1 the definition has faults, 2 wrong use.
`

const options = { practice: text, by: text, data: text }

/** `sluis monitor try`. */
export async function tryMonitor(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values, [first, version, ...more], language) => {
    if (first === undefined || more.length > 0) throw new WrongUse('try takes a definition, or a monitor and a version')
    const written = version === undefined ? await definitionIn(first, language) : null
    return withDatabase(values, io, async (hub) => {
      const deps = careOf(hub)
      const definition = written ?? newest(deps, first, version)
      const practice = values.practice ?? null
      const all = await countEnrolled(hub.db, definition.name, practice)
      const tell = progressOn(io)
      const tried = await tryDefinition(deps, hub.db, definition, practice, systemClock.now(), (done) =>
        tell(() => `${done} of ${all} patients evaluated by both versions`),
      )
      const report = await keepReport(hub.db, definition, practice, tried, ownerOf(values.by))
      const words = [...linesOf(tried, practice), `Nothing was changed. This is report ${report}.`].join('\n')
      io.stdout.write(`${values.json ? JSON.stringify({ report, ...tried }) : words}\n`)
      return 0
    })
  })
}

async function definitionIn(file: string, language: Language): Promise<MonitorDefinition> {
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new BadAnswer(`${file}: ${whyClosed(error)}`)
  })
  const read = readMonitor(content)
  if (read.state === 'read') return read.definition
  const faults = read.faults.map(({ code, path, params }) => `${path} ${errorText(code, params, language)} (${code})`)
  throw new BadAnswer([`${file} has faults:`, ...faults].join('\n'))
}

function linesOf({ monitor, version, enrolments, unknown, unchanged, changes }: Tried, practice: string | null) {
  const where = practice === null ? '' : ` of ${practice}`
  if (enrolments === 0) return [`Nobody${where} is enrolled on ${monitor}.`]
  const changed = changes.reduce((sum, { count }) => sum + count, 0)
  const rows = table(changes, [
    { head: 'practice', of: (change) => change.practice },
    { head: 'item', of: (change) => change.item },
    { head: 'now', of: (change) => change.from ?? 'no such item' },
    { head: 'would be', of: (change) => change.to ?? 'no such item' },
    { head: 'items', of: (change) => change.count },
  ])
  return [
    `${monitor} ${version} tried on ${enrolments} enrolments${where}. Items that would change: ${changed}, that would not: ${unchanged}.`,
    ...rows,
    ...(unknown === 0 ? [] : [`${unknown} enrolments are of a version that is not here; they were not tried.`]),
  ]
}
