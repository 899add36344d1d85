import type { CommandIo } from '../../cli.ts'
import { services, type Service } from '../../formats/record.ts'
import { verifyChain } from '../../ledger/seal.ts'
import { openVault } from '../../ledger/vault.ts'
import { unsealed } from '../../store/blocks.ts'
import { askServer, type Database } from '../../store/connect.ts'
import { sampleDataKeys } from '../../store/data-keys.ts'
import { newerWords, schemaState } from '../../store/migrate.ts'
import { heldMessages, listNodes, silentSeconds, type NodeRow } from '../../store/nodes.ts'
import { uncarriedRoles, type Uncarried } from '../../store/uncarried.ts'
import { transactionsBehind } from '../../store/transaction-numbers.ts'
import { bad, good, type Check } from './checks.ts'
import { moment, momentAgo, stretch } from './moments.ts'
import { progressOn } from './progress.ts'
import type { HubDatabase } from './with-database.ts'

const kinds = {
  named: 'named by DATABASE_URL',
  'of-running-hub': 'embedded, of a hub that runs',
  'started-here': 'embedded, started for this command',
} as const

/** Whether the server answers, and with the right time: receipts, leases and the books go by its clock. */
export async function checkServer({ db, kind }: HubDatabase): Promise<Check[]> {
  const before = Date.now()
  const { version, now } = await askServer(db)
  const after = Date.now()
  const away = Math.max(0, before - now.getTime(), now.getTime() - after) / 1_000
  const clock =
    away < 2
      ? good('clock', 'that of the database agrees with that of this machine')
      : bad('clock', `that of the database differs by ${stretch(away)}`, 'Let both machines keep time (NTP).')
  return [good('database', `PostgreSQL ${version}, ${kinds[kind]}`), clock]
}

/** Whether the schema is that of this version, or of a newer one with which this version can work. */
export async function checkSchema(db: Database): Promise<Check> {
  const { applied, missing, unknown, unworkable, changed } = await schemaState(db)
  if (missing.length > 0) return bad('schema', `${missing.join(', ')} did not run`, 'Run `sluis migrate`.')
  if (unworkable.length > 0)
    return bad('schema', `${unworkable.join(', ')} is of a newer version`, 'Use that version of sluis.')
  if (changed.length > 0) {
    return bad(
      'schema',
      `${changed.join(', ')} ran from another text`,
      'Compare the database with that of a fresh hub.',
    )
  }
  const count = applied.length === 1 ? '1 migration' : `${applied.length} migrations`
  const newer = unknown.length === 0 ? '' : `; ${newerWords(unknown.join(', '))}`
  return good('schema', `${count}, the newest ${applied.at(-1)?.name}${newer}`)
}

/** Whether transactions count on from where what is stored ends. */
export async function checkTransactions(db: Database): Promise<Check> {
  const what = 'transactions'
  const behind = await transactionsBehind(db)
  if (behind === null) return good(what, 'count on from what is stored')
  const { next, highest, epoch } = behind.params
  return bad(
    what,
    `count from ${next}, and what is stored goes up to ${highest}: what is new is passed over`,
    `Stop PostgreSQL, run \`pg_resetwal --epoch=${epoch}\` on its data folder, start it again (docs/configuration.md).`,
  )
}

/** Recomputes the chain of entries of every service. */
export async function checkChains(db: Database, io: CommandIo): Promise<Check[]> {
  const tell = progressOn(io)
  const checks: Check[] = []
  for (const service of services) {
    const { blocks, entries, broken } = await verifyChain(db, service, (done) =>
      tell(() => `chain of ${service}: ${done} blocks`),
    )
    const what = `chain of ${service}`
    if (broken.length > 0)
      checks.push(
        bad(
          what,
          brokenWords(broken),
          'Compare these blocks with a backup; their entries were changed, taken away or put in.',
        ),
      )
    else
      checks.push(
        blocks === 0
          ? good(what, 'no block yet')
          : good(what, `${blocks} blocks over ${entries} entries are as sealed`),
      )
    checks.push(...(await checkSealer(db, service)))
  }
  return checks
}

function brokenWords(broken: readonly number[]): string {
  const shown = broken.slice(0, 10).join(', ')
  const more = broken.length > 10 ? ` and ${broken.length - 10} more` : ''
  return `${broken.length === 1 ? 'block' : 'blocks'} ${shown}${more} ${broken.length === 1 ? 'is' : 'are'} broken`
}

const sealerMilliseconds = 60_000

/** What waits for the sealer for more than a minute is not protected by the chain. */
async function checkSealer(db: Database, service: Service): Promise<Check[]> {
  const { count, oldest } = await unsealed(db, service)
  if (oldest === null || Date.now() - oldest.getTime() < sealerMilliseconds) return []
  return [
    bad(
      `sealer of ${service}`,
      `${count} entries wait since ${moment(oldest)}`,
      'Start a node with the role work; it seals within seconds.',
    ),
  ]
}

/** Whether the master key opens what was encrypted with it. */
export async function checkMasterKey(db: Database, masterKey: Buffer | null): Promise<Check> {
  const what = 'master key'
  const todo =
    'Give the key this hub was made with: SLUIS_MASTER_KEY, or master.key of its data folder from the backup.'
  if (masterKey === null) return bad(what, 'there is none', todo)
  if (masterKey.length !== 32) return bad(what, `it has ${masterKey.length} bytes, not 32`, todo)
  const samples = await sampleDataKeys(db)
  const vault = openVault(db, masterKey)
  const opened = await Promise.allSettled(samples.map(({ id }) => vault.byId(id)))
  const shut = samples.filter((_, at) => opened[at]?.status === 'rejected')
  if (shut.length > 0) {
    const [{ service, period } = { service: '', period: '' }] = shut
    return bad(
      what,
      `it does not open ${shut.length} of ${samples.length} data keys, as that of ${service} ${period}`,
      todo,
    )
  }
  return good(
    what,
    samples.length === 0
      ? '32 bytes; nothing is encrypted with it yet'
      : `opens the oldest and newest data keys (${samples.length})`,
  )
}

/** The roll-call: every node that did not stop in order shows signs of life, and what each keeps for the database. */
export async function checkNodes(db: Database): Promise<Check[]> {
  const now = new Date()
  const nodes = await listNodes(db)
  const uncarried = uncarriedRoles(nodes)
  const expected = nodes.filter((node) => node.state !== 'stopped')
  // While no node runs at all, that is what is wrong, or meant.
  const runs = expected.some(({ silentFor }) => silentFor <= silentSeconds)
  const lacking = runs ? uncarried.map((one) => checkRole(one, now)) : []
  const stopped = nodes.filter((node) => node.state === 'stopped').flatMap(checkStopped)
  return [...expected.map((node) => checkNode(node, uncarried, now)), ...stopped, ...lacking]
}

const checkRole = ({ role, since }: Uncarried, now: Date): Check =>
  bad(
    `role ${role}`,
    `no node has it since ${momentAgo(since, now)}`,
    `What it does stands still; nothing that was taken is lost. Start a node with \`--roles ${role}\`, or with all.`,
  )

/** Nobody looks for a node that stopped in order; its disk may still hold what nobody else has. */
function checkStopped(node: NodeRow): Check[] {
  const { frames, aside } = heldMessages(node)
  if (frames + aside === 0) return []
  return [
    bad(
      `node ${node.name}`,
      `stopped with ${frames + aside} messages on its disk`,
      'Start it once, so that it hands them to the database; `sluis node --gone` when its disk is lost.',
    ),
  ]
}

function checkNode(node: NodeRow, uncarried: readonly Uncarried[], now: Date): Check {
  const what = `node ${node.name}`
  if (node.silentFor > silentSeconds) {
    return bad(
      what,
      `silent since ${momentAgo(node.seenAt, now)}`,
      uncarried.some(({ role }) => node.roles.includes(role))
        ? 'Look at that machine; no other node does all of its work.'
        : 'Look at that machine; the other nodes have taken over its work.',
    )
  }
  const { frames, aside } = heldMessages(node)
  if (frames > 0)
    return bad(
      what,
      `${frames} messages in its spool wait for the database`,
      'It drains by itself; look again in a minute.',
    )
  if (aside > 0)
    return bad(
      what,
      `${aside} messages that the database refused are set aside on its disk`,
      'Look in its log for the reason; they are tried again every hour, and nothing of them is lost. `sluis node` names them.',
    )
  return good(what, `${node.state}, version ${node.version}, ${node.roles.join(' ')}`)
}
