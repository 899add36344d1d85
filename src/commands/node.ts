import type { CommandIo } from '../cli.ts'
import type { Database } from '../store/connect.ts'
import { missedNodes, strikeOff, type MissedNode } from '../store/nodes-gone.ts'
import { lostReceipts, settleLost, type LostReceipt } from '../store/spooled-missing.ts'
import { moment, momentAgo } from './shared/moments.ts'
import { databaseHelp, endHelp, needed, text } from './shared/options.ts'
import { BadAnswer, WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { withDatabase } from './shared/with-database.ts'

const help = `sluis node
sluis node --gone NAME --reason "..." [--by NAME]
sluis node --lost RECEIPT --reason "..." [--by NAME]

Without more it lists the nodes whose disk may hold messages that are not in the database: those that fell silent, and those
that keep messages on disk. Retention removes nothing while there is one, for what comes from that disk may belong to what
would be gone. A node that never comes back under its name, with its disk or without, is struck off here: it is missed and
waited for no more. Should it come back it is up again, and what is on its disk is stored as ever. One whose name a node with
another data folder has taken stands here as NAME~FOLDER; start that folder under any free name.

It lists too the receipts a node gave for messages that are not in the database: its disk has lost them, or the database
refuses them for what they are (the log of the node has the reason) and the node keeps them and offers them every hour. The
books do not balance with one, until the message comes after all, or somebody says here that it never does. Until then a
lost one holds back what was received in its time, and a refused one all that is due. The receipt, who said so and why stay
on this list. A lost message that comes after all is stored as ever; a refused one is offered once more within ten seconds
of its running node, and is gone from its disk when it is refused again: let the sender send what can be taken first.

  --gone NAME    strike this node off
  --lost RECEIPT say that the message of this receipt, lost or refused, never comes
  --reason TEXT  why: what became of the disk, or what was settled with the sender
  --by NAME      who (default: who is signed in on this machine)
${databaseHelp}
${endHelp}: the list of nodes, or with --lost of receipts

Exit codes: 0 done, 1 that node runs or that receipt is of no such message, 2 wrong use.
`

const options = { gone: text, lost: text, reason: text, by: text, data: text }

/** `sluis node`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values) => {
    const { gone: name, lost: receipt } = values
    const says = name !== undefined || receipt !== undefined
    if (name !== undefined && receipt !== undefined) throw new WrongUse('--gone and --lost do not go together')
    if (!says && values.reason !== undefined) throw new WrongUse('Say which: --gone NAME or --lost RECEIPT')
    const why = says ? needed('reason', values.reason, 'say why, and what became of it') : ''
    const actor = ownerOf(values.by)
    return withDatabase(values, io, async ({ db }) => {
      if (name !== undefined) {
        const struck = await strikeOff(db, { name, actor, why })
        if (struck === null) throw new WrongUse(`There never was a node ${name}`)
        if (!struck) throw new BadAnswer(`Node ${name} runs. Only one that is away is struck off.`)
      }
      if (receipt !== undefined) await settle(db, { receipt: receipt.toLowerCase(), actor, why })
      const [missed, lost] = [await missedNodes(db), await lostReceipts(db)]
      if (values.json) io.stdout.write(`${JSON.stringify(receipt === undefined ? missed : lost)}\n`)
      else io.stdout.write(`${[...described(missed), ...describedLost(lost)].join('\n')}\n`)
      return 0
    })
  })
}

async function settle(
  db: Database,
  said: { readonly receipt: string; readonly actor: string; readonly why: string },
): Promise<void> {
  const lost = (await lostReceipts(db)).find(({ receipt }) => receipt === said.receipt)
  if (lost === undefined)
    throw new BadAnswer(
      `The message of ${said.receipt} is not lost or refused, or it has come since. sluis trace tells of it.`,
    )
  if (lost.settled !== null) throw new BadAnswer(`${lost.settled.actor} settled ${said.receipt}: ${lost.settled.why}`)
  await settleLost(db, said)
}

function described(missed: readonly MissedNode[]): string[] {
  if (missed.length === 0) return ['No node is waited for.']
  const now = new Date()
  return table(missed, [
    { head: 'node', of: (node) => node.name },
    { head: 'last seen', of: (node) => momentAgo(node.seenAt, now) },
    { head: 'on its disk then', of: (node) => node.spooled },
    { head: 'refused since', of: ({ refusedSince }) => (refusedSince === null ? '-' : moment(new Date(refusedSince))) },
    { head: 'struck off', of: ({ gone }) => (gone === null ? '-' : momentAgo(gone.at, now)) },
    { head: 'by', of: ({ gone }) => gone?.actor ?? '-' },
    { head: 'why', of: ({ gone }) => gone?.why ?? '-' },
  ])
}

function describedLost(lost: readonly LostReceipt[]): string[] {
  if (lost.length === 0) return []
  const lines = table(lost, [
    { head: 'receipt', of: ({ receipt }) => receipt },
    { head: 'sender', of: ({ sender }) => sender },
    { head: 'node', of: ({ node }) => node },
    { head: 'given', of: ({ spooledAt }) => moment(spooledAt) },
    { head: 'message', of: ({ refused }) => (refused ? 'refused' : 'lost') },
    { head: 'settled', of: ({ settled }) => (settled === null ? '-' : moment(settled.at)) },
    { head: 'by', of: ({ settled }) => settled?.actor ?? '-' },
    { head: 'why', of: ({ settled }) => settled?.why ?? '-' },
  ])
  return ['', 'Receipts given for messages that are lost or refused', ...lines.map((line) => `  ${line}`)]
}
