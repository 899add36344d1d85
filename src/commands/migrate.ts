import type { CommandIo } from '../cli.ts'
import { SluisError } from '../kernel/errors.ts'
import { migrateDown, migrateUp, schemaState, type SchemaState } from '../store/migrate.ts'
import { runningNodes } from '../store/nodes.ts'
import { moment } from './shared/moments.ts'
import { databaseHelp, endHelp, flag, text, wholeNumber } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { withDatabase, type HubDatabase } from './shared/with-database.ts'

const help = `sluis migrate [--status | --down N --yes] [--data DIR] [--json]

Brings the database to the newest schema. A hub does so by itself when it starts. Nodes of an older version go on meanwhile,
but not with a migration that breaks them (--status names it): stop them before it runs. They do not start on it any more.

  --status       say what is there and what is to come, change nothing; exit 1 when something is
  --down N       go back to migration N, when no node runs; 0 takes everything away, the contents too
  --yes          really go back
${databaseHelp}
${endHelp}

Exit codes: 0 done (or nothing to do), 1 the schema is not that of this version, 2 wrong use.
`

const options = { status: flag, down: text, yes: flag, data: text }

/** `sluis migrate`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, (values) => {
    const target = wholeNumber('down', values.down, 0)
    if (target !== undefined && values.status) throw new WrongUse('--status and --down do not go together')
    if (target !== undefined && !values.yes) {
      throw new WrongUse('Going back takes tables and what is in them away. Say --yes when that is meant.')
    }
    const say = (line: string): void => void io.stderr.write(`${line}\n`)
    // Looking and going back are for a database that is there: a mistyped folder must not become a hub.
    const mayMake = target === undefined && values.status !== true
    return withDatabase({ data: values.data, anySchema: true, mayMake }, io, async (hub) => {
      if (values.status) return tellStatus(hub, io, values.json === true)
      const done = target === undefined ? await migrateUp(hub.db, say) : await goBack(hub, target)
      if (values.json) io.stdout.write(`${JSON.stringify({ direction: target === undefined ? 'up' : 'down', done })}\n`)
      else io.stdout.write(`${wordsFor(target, done)}\n`)
      return 0
    })
  })
}

/** A node of this version does not find its tables in an older schema: none of them may be at work. */
async function goBack({ db }: HubDatabase, target: number): Promise<string[]> {
  const running = await runningNodes(db)
  if (running.length > 0) throw new SluisError('nodes-running', { nodes: running.join(', ') })
  return migrateDown(db, target)
}

function wordsFor(target: number | undefined, done: readonly string[]): string {
  if (done.length === 0) return 'The schema is as it should be; nothing was changed.'
  return `${target === undefined ? 'Ran' : 'Took back'} ${done.join(', ')}.`
}

async function tellStatus({ db }: HubDatabase, io: CommandIo, json: boolean): Promise<number> {
  const state = await schemaState(db)
  const good = state.missing.length + state.unknown.length + state.changed.length === 0
  if (json) {
    io.stdout.write(`${JSON.stringify({ good, ...state })}\n`)
    return good ? 0 : 1
  }
  const lines = table(
    [
      ...state.applied.map((one) => ({ name: one.name, says: `ran at ${moment(one.at)}` })),
      ...state.missing.map((name) => ({ name, says: 'to be run: `sluis migrate`' })),
    ].map((one) => ({ ...one, says: one.says + remark(state, one.name) })),
    [
      { head: 'migration', of: (row) => row.name },
      { head: 'state', of: (row) => row.says },
    ],
  )
  io.stdout.write(`${lines.join('\n')}\n`)
  return good ? 0 : 1
}

function remark(state: Pick<SchemaState, 'breaking' | 'unknown' | 'changed'>, name: string): string {
  if (state.breaking.includes(name)) return '; nodes of an older version must have stopped'
  if (state.unknown.includes(name)) return '; only a newer version knows it'
  return state.changed.includes(name) ? '; from another text than this version has' : ''
}
