import type { CommandIo } from '../cli.ts'
import { readMasterKey } from '../hub/master-key.ts'
import { errorText, SluisError } from '../kernel/errors.ts'
import type { Language } from '../kernel/language.ts'
import { isDatabaseAway } from '../store/connect.ts'
import {
  checkChains,
  checkMasterKey,
  checkNodes,
  checkSchema,
  checkServer,
  checkTransactions,
} from './shared/check-database.ts'
import { checkFolders } from './shared/check-folders.ts'
import { bad, type Check } from './shared/checks.ts'
import { databaseHelp, endHelp, text } from './shared/options.ts'
import { runWith } from './shared/run-with.ts'
import { dataFolderOf, withDatabase } from './shared/with-database.ts'

const help = `sluis doctor [--data DIR] [--json]

Looks whether a hub is sound, and changes nothing: the database and its clock, the schema, the chain of entries of every
service, the master key, the nodes, and the folders of this machine's node with their spool. What is bad says what to do.

${databaseHelp}
${endHelp}: one object

Exit codes: 0 all good, 1 something is bad, 2 wrong use.
`

const options = { data: text }

/** `sluis doctor`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values, _, language) => {
    const checks: Check[] = []
    const note = (found: readonly Check[]): void => {
      checks.push(...found)
      if (!values.json) for (const check of found) io.stdout.write(`${describe(check)}\n`)
    }
    note(await checkFolders(dataFolderOf(values.data), process.env))
    try {
      await examine(values, io, note)
    } catch (error) {
      note([databaseFault(error, language)])
    }
    const worst = checks.filter((check) => check.state === 'bad').length
    const words = worst === 0 ? 'All good.' : `${worst === 1 ? 'One check is' : `${worst} checks are`} bad.`
    io.stdout.write(values.json ? `${JSON.stringify({ good: worst === 0, checks })}\n` : `${words}\n`)
    return worst === 0 ? 0 : 1
  })
}

/** The check of a database that cannot be looked at. Throws any other error again. */
function databaseFault(error: unknown, language: Language): Check {
  if (error instanceof SluisError && error.code === 'database-refuses') {
    const { place, reason } = error.params
    const todo = 'Correct user, password and name of the database in DATABASE_URL, or give that user the rights there.'
    return bad('database', `${place} does not let this hub in (${reason})`, todo)
  }
  if (error instanceof SluisError) {
    const todo = `Put that right and look again; docs/errors.md says more of ${error.code}.`
    return bad('database', errorText(error.code, error.params, language), todo)
  }
  if (!isDatabaseAway(error)) throw error
  const { code, message } = error as NodeJS.ErrnoException
  return bad('database', `it does not answer (${message || code})`, 'Look whether it runs, and at its log.')
}

async function examine(
  values: { readonly data?: string },
  io: CommandIo,
  note: (found: readonly Check[]) => void,
): Promise<void> {
  await withDatabase({ data: values.data, anySchema: true }, io, async (hub) => {
    note(await checkServer(hub))
    const schema = await checkSchema(hub.db)
    note([schema])
    // The other checks read tables that an older schema may not have.
    if (schema.state === 'bad') return
    note([await checkTransactions(hub.db)])
    note([await checkMasterKey(hub.db, readMasterKey(process.env, hub.dataFolder))])
    note(await checkNodes(hub.db))
    note(await checkChains(hub.db, io))
  })
}

const describe = (check: Check): string =>
  `${check.state.padEnd(4)}  ${check.what}: ${check.says}${check.state === 'bad' ? `\n      ${check.todo}` : ''}`
