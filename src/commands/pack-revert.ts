import { openProofReader, type ProofReader } from '../access/proof-reader.ts'
import { proveRevert, type RevertProof } from '../checking/proof.ts'
import type { ApiProof } from '../checking/proof-api.ts'
import { revertPack } from '../checking/revert.ts'
import { makeRuleSets } from '../checking/rule-sets.ts'
import { readMasterKey } from '../hub/master-key.ts'
import { openVault } from '../ledger/vault.ts'
import { senderNames } from '../store/activations.ts'
import type { Database } from '../store/connect.ts'
import type { ManifestLine } from '../store/manifests.ts'
import { listNodes } from '../store/nodes.ts'
import type { CommandIo } from './command-io.ts'
import { databaseHelp, endHelp, flag, needed, text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { tellingWhenLong } from './shared/progress.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { withDatabase } from './shared/with-database.ts'

const revertHelp = `sluis pack revert PACK --reason "..." [--source S] [--by NAME] [--no-proof]

Undoes the last activation with one row: what it withheld is visible again at once, and what waited for it becomes due.
Then counts and set hashes before, during and after, by sender, as proof; a million records take some seconds. Where a
hub answers, the results of the patients it touched are read back through its public interface and counted as well.

  --reason TEXT  why
  --source S     undo the canary of this sender (client id) only
  --url URL      the hub to read back from (SLUIS_URL, else a node that runs on this database)
  --no-proof     leave the proof to the hub, which works it out by itself
  --by NAME      who (default: who is signed in on this machine)
${databaseHelp}
${endHelp}: one object

Exit codes: 0 undone, 1 nothing to undo or the proof does not hold, 2 wrong use.
`

/** `sluis pack revert`. */
export async function undo(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { data: text, by: text, reason: text, source: text, url: text, 'no-proof': flag }
  return runWith({ args, io, help: revertHelp, options }, (values, [pack, ...more]) => {
    if (pack === undefined || more.length > 0) throw new WrongUse('revert takes one pack')
    const why = needed('reason', values.reason, 'it stays with the step')
    return withDatabase(values, io, async ({ db, dataFolder }) => {
      const deps = { db, ruleSets: makeRuleSets() }
      const done = await revertPack(deps, { pack, source: values.source ?? null, actor: ownerOf(values.by), why })
      const counts = done.again === null ? 'Nothing counts instead.' : `${done.again} counts again.`
      if (!values.json) io.stdout.write(`${pack} ${done.version} is undone (step ${done.revert}). ${counts}\n`)
      const prove = async () => proveRevert(deps, done.revert, await readerOf(db, dataFolder, values.url))
      const proof =
        values['no-proof'] === true
          ? null
          : await tellingWhenLong(io, 'counting everything again for the proof', prove())
      if (values.json) io.stdout.write(`${JSON.stringify({ ...done, proof })}\n`)
      else if (proof !== null) {
        const names = await senderNames(db, sendersOf(proof.proof))
        const nameOf: NameOf = (id) => names.get(id)?.name ?? String(id)
        io.stdout.write(`${proofWords(proof.holds, proof.proof, nameOf).join('\n')}\n`)
      }
      return proof === null || proof.holds ? 0 : 1
    })
  })
}

/** A hub that answers; null when none does, or its master key is not here. */
async function readerOf(db: Database, dataFolder: string, said: string | undefined): Promise<ProofReader | null> {
  const running = (await listNodes(db)).filter(({ silentFor }) => silentFor < 10).flatMap(({ url }) => url ?? [])
  const given = said ?? process.env['SLUIS_URL']
  const key = readMasterKey(process.env, dataFolder)
  if (key?.length !== 32) return null
  const { keys } = openVault(db, key)
  for (const url of given === undefined ? running : [given.replace(/\/+$/, '')]) {
    const reader = await openProofReader(db, keys, url)
    if (reader !== null) return reader
  }
  return null
}

const notRead: Readonly<Record<Extract<ApiProof, { state: 'not-read' }>['why'], string>> = {
  'no-address': 'Not read through the public interface: no hub answers here. Name one with --url.',
  'no-answer': 'Not read through the public interface: the hub stopped answering.',
  'no-public-reading': 'Not read through the public interface: it does not show records of this service.',
}

/** Every sender a proof has a line of. */
function sendersOf({ before, during, after, api }: RevertProof): number[] {
  const lines = [...before, ...during, ...after, ...(api.state === 'read' ? api.lines : [])]
  return [...new Set(lines.map(({ senderId }) => senderId))]
}

type NameOf = (senderId: number) => string

function apiWords(api: ApiProof, nameOf: NameOf): string[] {
  if (api.state === 'not-read') return [notRead[api.why]]
  const lines = table(api.lines, [
    { head: 'sender', of: (line) => nameOf(line.senderId) },
    { head: 'patients', of: (line) => (line.touched ? 'touched' : 'a sample of the others') },
    { head: 'read', of: (line) => `${line.patients} of ${line.of}` },
    { head: 'results shown', of: (line) => line.shown },
    { head: 'counted', of: (line) => line.counted },
    { head: 'shown set', of: (line) => line.shownHash },
    { head: 'counted set', of: (line) => line.countedHash },
  ])
  return [
    `Read through ${api.url}: what is shown is ${api.equal ? 'what is counted' : 'NOT what is counted'}.`,
    ...lines,
  ]
}

const because: Readonly<Record<keyof RevertProof['permittedBy'], string>> = {
  'decided-by-a-person': 'decided by a person since',
  'checked-again': 'checked again since',
  'canary-ended': 'withheld before by a canary that ended with it',
}

function proofWords(holds: boolean, proof: RevertProof, nameOf: NameOf): string[] {
  const moments = (['before', 'during', 'after'] as const).flatMap((moment) =>
    proof[moment].map((line): ManifestLine & { moment: string } => ({ ...line, moment })),
  )
  const reasons = Object.entries(because).flatMap(([why, words]) => {
    const count = proof.permittedBy[why as keyof typeof because]
    return count === 0 ? [] : [`${count} ${words}`]
  })
  const yes = (is: boolean): string => (is ? 'equal' : 'NOT equal')
  return [
    ...table(moments, [
      { head: 'moment', of: (line) => line.moment },
      { head: 'sender', of: (line) => nameOf(line.senderId) },
      { head: 'records', of: (line) => line.records },
      { head: 'visible', of: (line) => line.visible },
      { head: 'content', of: (line) => line.contentHash },
      { head: 'visible set', of: (line) => line.visibleHash },
    ]),
    `Contents ${yes(proof.contentEqual)}, visible sets ${yes(proof.visibleEqual)}, history ${yes(proof.historyEqual)}, recount ${yes(proof.recountEqual)}.`,
    `Permitted differences: ${proof.permittedCount}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}. Came since: ${proof.since.records}, of which visible ${proof.since.visible}.`,
    ...(proof.closed.length === 0
      ? []
      : [
          `Retention took away since: ${proof.closed.join(', ')}. Before was counted again, of what is left; what was kept of it then cannot be compared.`,
        ]),
    ...apiWords(proof.api, nameOf),
    holds ? 'The proof holds.' : 'The proof does not hold.',
  ]
}
