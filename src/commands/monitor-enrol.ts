import { readFile } from 'node:fs/promises'
import { enrol } from '../care/enrol.ts'
import { readEnrolFile } from '../care/enrol-file.ts'
import { moveToVersion } from '../care/move.ts'
import { systemClock } from '../kernel/clock.ts'
import { readAll, type CommandIo } from './command-io.ts'
import { careOf } from './shared/care-hub.ts'
import { whyClosed } from './shared/files.ts'
import { databaseHelp, endHelp, needed, text } from './shared/options.ts'
import { BadAnswer, WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { progressOn } from './shared/progress.ts'
import { runWith } from './shared/run-with.ts'
import { withDatabase } from './shared/with-database.ts'

const help = `sluis monitor enrol <file | -> [--by NAME] [--data DIR] [--json]
sluis monitor enrol --move MONITOR --version V --reason "..." [--practice P] [--by NAME] [--data DIR] [--json]

Enrols the patients of a file (YAML or JSON), or changes what is said of those who are enrolled: targets, exemptions with
their reason, features such as a therapy, and until when. A file that is wrong in one place enrols nobody.

  practice: praktijk-noord
  patients:
    - identifier: '93051822361'
      name: An Peeters
      monitor: diabetes-cvrm
      from: 2024-01-01
      birthDate: 1993-05-18
      diagnosedOn: 2020-06-01
      targets: [{ item: hba1c, target: { atMost: 58 }, from: 2026-01-01 }]
      exemptions: [{ item: fundus, reason: treated-elsewhere, from: 2026-01-01, to: 2026-12-31 }]
      features: [{ name: metformin, from: 2021-03-01 }]

A patient may name the version of the monitor (version: 1.1.0). Without one, who is enrolled stays on the version they are on,
and who is new comes to the newest that the practice has patients on, or to the newest there is.

  --move MONITOR       move those enrolled to another version of a monitor, all or of one practice; wants the report of
                       sluis monitor try, except to go back to the version they were moved from
  --version V          the version to move to
  --practice P         only this practice
  --reason TEXT        why they are moved; it stays with the move
  --confirmed-by NAME  the second person, where many items would change colour
  --by NAME            who (default: who is signed in on this machine)
${databaseHelp}
${endHelp}

Exit codes: 0 enrolled or moved, 1 the file is wrong or the move refused with the reason, 2 wrong use.
`

const options = {
  move: text,
  version: text,
  practice: text,
  reason: text,
  'confirmed-by': text,
  by: text,
  data: text,
}
const largestFile = 64 * 1024 * 1024

/** `sluis monitor enrol`. */
export async function enrolPatients(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values, [file, ...more]) => {
    const { move, version, practice } = values
    const actor = ownerOf(values.by)
    if (move !== undefined) {
      if (version === undefined || file !== undefined) throw new WrongUse('--move takes --version and no file')
      const why = needed('reason', values.reason, 'it stays with the move')
      const confirmedBy = values['confirmed-by']
      const wish = { monitor: move, version, practice: practice ?? null, actor, why }
      return withDatabase(values, io, async (hub) => {
        const second = confirmedBy === undefined ? {} : { confirmedBy }
        const done = await moveToVersion(careOf(hub), hub.db, { ...wish, ...second }, systemClock.now())
        const stands = done.report === null ? '' : ` It stands on report ${done.report}.`
        const words = `${done.moved} enrolments moved to ${move} ${version}; their items are evaluated again.${stands}`
        io.stdout.write(values.json ? `${JSON.stringify(done)}\n` : `${words}\n`)
        return 0
      })
    }
    if (file === undefined || more.length > 0) throw new WrongUse('monitor enrol takes one file')
    const given = readEnrolFile(await textOf(file, io))
    return withDatabase(values, io, async (hub) => {
      const tell = progressOn(io)
      const all = given.patients.length
      const enrolled = await enrol(careOf(hub), hub.db, given, actor, (done) =>
        tell(() => `${done} of ${all} enrolled`),
      )
      const words = `${enrolled} enrolments of ${given.practice} written; their items are evaluated now.`
      io.stdout.write(values.json ? `${JSON.stringify({ enrolled })}\n` : `${words}\n`)
      return 0
    })
  })
}

async function textOf(file: string, io: CommandIo): Promise<string> {
  const text =
    file === '-'
      ? await readAll(io.stdin, largestFile)
      : await readFile(file, 'utf8').catch((error: unknown) => {
          throw new BadAnswer(`${file}: ${whyClosed(error)}`)
        })
  if (text === null) throw new BadAnswer(`${file} has more than 64 MB`)
  return text
}
