import type { CommandIo } from '../cli.ts'
import { isPurpose, logAccess, purposes } from '../access/access-log.ts'
import { readMasterKey } from '../hub/master-key.ts'
import { backlog } from '../delivery/backlog.ts'
import { tellTrace } from '../http/tell-trace.ts'
import { isUuid8, parseRecordName, receiptNumber } from '../kernel/ids.ts'
import type { Language } from '../kernel/language.ts'
import { lostMessage } from '../ledger/lost-receipts.ts'
import { trace } from '../ledger/trace.ts'
import { openVault, type Vault } from '../ledger/vault.ts'
import { SluisError } from '../kernel/errors.ts'
import { isDatabaseAway, type Database } from '../store/connect.ts'
import { listSenders } from '../store/senders.ts'
import { receiptsOfMessageId } from '../store/trace.ts'
import { describeTrace, type Telling } from './shared/describe-trace.ts'
import { hubAddress } from './shared/hub-address.ts'
import { obstacleWords } from './shared/obstacles.ts'
import { databaseHelp, endHelp, hubOptions, text } from './shared/options.ts'
import { BadAnswer, WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { tellingWhenLong } from './shared/progress.ts'
import { runWith } from './shared/run-with.ts'
import { traceInSpool } from './shared/spooled-trace.ts'
import { toldTrace, type ToldTrace } from './shared/told-trace.ts'
import { dataFolderOf, hasDatabase, masterKeyOf, withDatabase } from './shared/with-database.ts'

const help = `sluis trace <receipt | record | message id> [--data DIR | --url URL] [--json]

Tells where every record of a message is, what it waits for, what was delivered, and everything that happened to it.
A message id is the sender's own number; when several senders used it, each of them is told. What the database does not
know, or cannot tell because it is away, is looked for in the spool of the node of DIR: what it holds waits to be stored.

${databaseHelp}
  --url URL      ask that hub over HTTP instead, as the client of the data folder: its own messages, by receipt (also
                 SLUIS_URL, when no database is at hand)
  --purpose P    with --json: also the certificate itself; it is written down who read it, and why:
                 ${purposes.join(', ')}
${endHelp}: the answer of GET /messages/{receipt}, one line a message

Exit codes: 0 told, 1 nothing is known of it, 2 wrong use.
`

const options = { ...hubOptions, purpose: text }

/** `sluis trace`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values, [wanted, ...more], language) => {
    if (wanted === undefined || more.length > 0) throw new WrongUse('trace takes one receipt, record or message id')
    const { purpose } = values
    if (purpose !== undefined && !isPurpose(purpose))
      throw new WrongUse(`--purpose takes one of ${purposes.join(', ')}`)
    const tell = (found: ToldTrace, obstacle: Telling['obstacle']): void => {
      const words = values.json ? JSON.stringify(found) : describeTrace(found, { now: new Date(), language, obstacle })
      io.stdout.write(`${words}\n`)
    }
    const away = process.env['SLUIS_URL'] !== undefined && !hasDatabase(dataFolderOf(values.data))
    if (values.url !== undefined || away) {
      tell(await askHub(wanted, values, language), () => '')
      return 0
    }
    let told = 0
    const tellNext = (found: ToldTrace, obstacle: Telling['obstacle']): void => {
      if (told++ > 0 && !values.json) io.stdout.write('\n')
      tell(found, obstacle)
    }
    const tellSpooled = async (): Promise<void> => {
      const dataFolder = dataFolderOf(values.data)
      const key = readMasterKey(process.env, dataFolder)
      if (key?.length !== 32) return
      const spooled = await tellingWhenLong(io, 'looking through the spool', traceInSpool(dataFolder, key, wanted))
      if (spooled !== null) tellNext(spooled, () => '')
    }
    try {
      await tellStored(wanted, values, io, tellNext)
      if (told === 0) await tellSpooled()
    } catch (error) {
      if (told > 0 || !isNoAnswer(error)) throw error
      await tellSpooled()
      if (told === 0) throw error
      io.stderr.write('The database does not answer; this is what the spool of this node holds.\n')
    }
    if (told > 0) return 0
    throw new BadAnswer(
      `Nothing found for ${wanted}. Check the number; it can be a receipt, a record or the sender's own message id.`,
    )
  })
}

const isNoAnswer = (error: unknown): boolean =>
  isDatabaseAway(error) || (error instanceof SluisError && error.code === 'database-refuses')

/** Tells everything the database knows under a text. */
async function tellStored(
  wanted: string,
  values: { readonly data?: string; readonly purpose?: string },
  io: CommandIo,
  tell: (found: ToldTrace, obstacle: Telling['obstacle']) => void,
): Promise<void> {
  await withDatabase(values, io, async ({ db, dataFolder }) => {
    const vault = openVault(db, masterKeyOf(dataFolder))
    const receipts = await receiptsMeant(db, vault, wanted)
    const view = await backlog(db, new Date())
    const obstacle: Telling['obstacle'] = (destination, { service, kind }) =>
      obstacleWords(view, destination, { service, formKind: kind })
    let told = 0
    for (const receipt of receipts) {
      const found = await traced(db, vault, receipt, values.purpose)
      if (found === null) continue
      told += 1
      tell(found, obstacle)
    }
    const lost = told > 0 ? null : await lostMessage(db, receipts[0] ?? '')
    if (lost !== null) throw lost.error
  })
}

/** The receipts a text can mean: itself, that of a record's name, or those under a sender's message id. */
async function receiptsMeant(db: Database, vault: Vault, wanted: string): Promise<string[]> {
  const lower = wanted.toLowerCase()
  const receipt = parseRecordName(lower)?.receipt ?? lower
  const senders = await listSenders(db)
  // The prefix of a receipt comes from the sender and the id alone; the hash decides only what follows it.
  const anyHash = Buffer.alloc(32)
  const keys = senders.map(({ sender }) => ({
    senderId: sender.id,
    prefix: receiptNumber(vault.keys.receipt, sender.id, wanted, anyHash).prefix,
  }))
  const found = await receiptsOfMessageId(db, wanted, keys)
  return isUuid8(receipt) ? [receipt, ...found] : found
}

async function traced(
  db: Database,
  vault: Vault,
  receipt: string,
  purpose: string | undefined,
): Promise<ToldTrace | null> {
  const found = await trace({ db, vault }, receipt)
  if (found === null) return null
  const sender = (await listSenders(db)).find((one) => one.sender.id === found.senderId)?.sender
  const told = toldTrace.parse(tellTrace(found, sender?.name ?? 'not known'))
  const certified = told.records.filter((record) => record.certificate !== undefined)
  if (isPurpose(purpose) && certified.length > 0) {
    const origin = `sluis trace ${receipt}`
    await logAccess(db, {
      actor: ownerOf(undefined),
      role: 'operator',
      what: 'certificate',
      purpose,
      outcome: 'given',
      origin,
    })
  } else {
    for (const { certificate } of certified) if (certificate !== undefined) delete certificate['hc1']
  }
  return told
}

async function askHub(
  wanted: string,
  values: { readonly url?: string; readonly data?: string },
  language: Language,
): Promise<ToldTrace> {
  const receipt = parseRecordName(wanted)?.receipt ?? wanted
  if (!isUuid8(receipt))
    throw new WrongUse('Over --url a message is found by its receipt; a message id needs the database.')
  const hub = await hubAddress(values, language)
  const headers = { authorization: `Bearer ${await hub.token()}`, 'accept-language': language }
  const response = await fetch(`${hub.url}/messages/${receipt}`, {
    headers,
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw new BadAnswer(`The hub at ${hub.url} does not answer (${(error as Error).message}).`)
  })
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return toldTrace.parse(answer)
  const { title = `HTTP ${response.status}`, code = '' } = (answer ?? {}) as { title?: string; code?: string }
  throw new BadAnswer(`${title} (${code})`)
}
