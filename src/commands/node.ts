import type { CommandIo } from '../cli.ts'
import { missedNodes, strikeOff, type MissedNode } from '../store/nodes-gone.ts'
import { momentAgo } from './shared/moments.ts'
import { databaseHelp, endHelp, needed, text } from './shared/options.ts'
import { BadAnswer, WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { withDatabase } from './shared/with-database.ts'

const help = `sluis node
sluis node --gone NAME --reason "..." [--by NAME]

Without more it lists the nodes whose disk may hold messages that are not in the database: those that fell silent, and those
that keep messages on disk. Retention removes nothing while there is one, for what comes from that disk may belong to what
would be gone. A node that never comes back under its name, with its disk or without, is struck off here: it is missed and
waited for no more. Should it come back it is up again, and what is on its disk is stored as ever.

  --gone NAME    strike this node off
  --reason TEXT  why, and what became of its disk
  --by NAME      who (default: who is signed in on this machine)
${databaseHelp}
${endHelp}: a list

Exit codes: 0 done, 1 that node runs, 2 wrong use.
`

const options = { gone: text, reason: text, by: text, data: text }

/** `sluis node`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values) => {
    const name = values.gone
    if (name === undefined && values.reason !== undefined) throw new WrongUse('Say which node: --gone NAME')
    const why = name === undefined ? '' : needed('reason', values.reason, 'say why, and what became of its disk')
    const actor = ownerOf(values.by)
    return withDatabase(values, io, async ({ db }) => {
      if (name !== undefined) {
        const struck = await strikeOff(db, { name, actor, why })
        if (struck === null) throw new WrongUse(`There never was a node ${name}`)
        if (!struck) throw new BadAnswer(`Node ${name} runs. Only one that is away is struck off.`)
      }
      const missed = await missedNodes(db)
      io.stdout.write(values.json ? `${JSON.stringify(missed)}\n` : `${described(missed).join('\n')}\n`)
      return 0
    })
  })
}

function described(missed: readonly MissedNode[]): string[] {
  if (missed.length === 0) return ['No node is waited for.']
  const now = new Date()
  return table(missed, [
    { head: 'node', of: (node) => node.name },
    { head: 'last seen', of: (node) => momentAgo(node.seenAt, now) },
    { head: 'on its disk then', of: (node) => node.spooled },
    { head: 'struck off', of: ({ gone }) => (gone === null ? '-' : momentAgo(gone.at, now)) },
    { head: 'by', of: ({ gone }) => gone?.actor ?? '-' },
    { head: 'why', of: ({ gone }) => gone?.why ?? '-' },
  ])
}
