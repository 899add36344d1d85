import { readFileSync, rmSync } from 'node:fs'
import type { CommandIo } from '../cli.ts'
import { makeClient, registerSender } from '../access/clients.ts'
import { makeWebhookSecret } from '../access/webhook-signature.ts'
import { checkNihii } from '../identifiers/nihii.ts'
import { makeFileSync } from '../kernel/durable-file.ts'
import { SluisError } from '../kernel/errors.ts'
import { deriveKeys, seal } from '../kernel/keys.ts'
import { languages } from '../kernel/language.ts'
import { webhookBound } from '../status/webhooks.ts'
import { endSender, findSender, listSenders, type KnownSender } from '../store/senders.ts'
import { setWebhook } from '../store/webhooks.ts'
import { momentAgo } from './shared/moments.ts'
import { databaseHelp, endHelp, needed, oneOf, text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { masterKeyOf, withDatabase } from './shared/with-database.ts'

const kinds = ['pharmacy', 'laboratory', 'practice', 'development'] as const

const help = `sluis client list
sluis client register --name NAME --kind KIND [--id ID] [--jwk FILE | --out FILE]
sluis client end ID
sluis client webhook ID --to URL

Registers those who send messages, lists and ends them, and says where they are told what became of their records.

  --name NAME      how people call it
  --kind KIND      ${kinds.join(', ')}
  --id ID          its client id (default: one is made)
  --nihii N        NIHII number of the organisation
  --software NAME  what it works with
  --speaks L       nl, fr, de or en: the language it is answered in (default nl)
  --jwk FILE       its public key: a JWK or a JWK Set. Without it a key is made
  --out FILE       where the key made is kept, for its software alone (default: standard output)
  --to URL         takes signed posts with the events of the status feed (Standard Webhooks); the secret is told once
${databaseHelp}
${endHelp}

Running nodes know a new sender at once; one that was ended is refused within a minute.

Exit codes: 0 done, 1 there is no such sender or its id is taken, 2 wrong use.
`

const options = {
  name: text,
  kind: text,
  id: text,
  nihii: text,
  software: text,
  speaks: text,
  jwk: text,
  out: text,
  to: text,
  data: text,
}

type Values = { readonly json?: boolean } & { readonly [Name in keyof typeof options]?: string }
type Deed = (values: Values, id: string | undefined, io: CommandIo) => Promise<number>

const deeds: Readonly<Record<string, Deed>> = { list, register, end, webhook }

/** `sluis client`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, (values, [name = '', id, ...more]) => {
    const deed = Object.hasOwn(deeds, name) ? deeds[name] : undefined
    if (deed === undefined || more.length > 0)
      throw new WrongUse(`client takes one of ${Object.keys(deeds).join(', ')}`)
    return deed(values, id, io)
  })
}

async function list(values: Values, _id: string | undefined, io: CommandIo): Promise<number> {
  return withDatabase(values, io, async ({ db }) => {
    const all = await listSenders(db)
    const words =
      all.length === 0 ? 'There is no sender yet. `sluis client register` makes one.' : lines(all).join('\n')
    io.stdout.write(`${values.json ? JSON.stringify(all.map(told)) : words}\n`)
    return 0
  })
}

const told = ({ sender, publicJwks, endedAt }: KnownSender) => ({ ...sender, publicJwks, endedAt })

function lines(all: readonly KnownSender[]): string[] {
  const now = new Date()
  return table(all, [
    { head: 'client id', of: ({ sender }) => sender.clientId },
    { head: 'name', of: ({ sender }) => sender.name },
    { head: 'kind', of: ({ sender }) => sender.kind },
    { head: 'NIHII', of: ({ sender }) => sender.organisationNihii ?? '' },
    { head: 'software', of: ({ sender }) => sender.software ?? '' },
    { head: 'language', of: ({ sender }) => sender.language },
    { head: 'state', of: ({ endedAt }) => (endedAt === null ? 'active' : `ended ${momentAgo(endedAt, now)}`) },
  ])
}

async function register(values: Values, extra: string | undefined, io: CommandIo): Promise<number> {
  if (extra !== undefined) throw new WrongUse('register takes the id with --id')
  const name = needed('name', values.name, 'how people call it')
  const kind = oneOf('kind', needed('kind', values.kind, kinds.join(', ')), kinds) ?? 'pharmacy'
  const language = oneOf('speaks', values.speaks, languages) ?? 'nl'
  const own = values.jwk === undefined ? null : readKeys(values.jwk)
  if (own !== null && values.out !== undefined) throw new WrongUse('--jwk and --out do not go together')
  if (values.nihii !== undefined && checkNihii(values.nihii).state === 'wrong') {
    throw new WrongUse(`--nihii ${values.nihii}: the check digits do not fit`)
  }
  const made = await makeClient(kind)
  const clientId = values.id ?? made.clientId
  const file = own === null ? `${JSON.stringify({ clientId, privateJwk: made.privateJwk }, null, 2)}\n` : null
  const asSender = {
    clientId,
    name,
    kind,
    organisationNihii: values.nihii ?? null,
    software: values.software ?? null,
    language,
    publicJwks: own ?? [made.publicJwk],
  }
  return withDatabase(values, io, async ({ db }) => {
    // The file first: a sender whose key nobody has could never send, and its id would be taken.
    if (file !== null && values.out !== undefined) keepKey(values.out, file)
    const sender = await registerSender(db, asSender).catch((error: unknown) => {
      // An answer that was lost may be that of a registration: its id is taken then, and this is the only key.
      if (!(error instanceof SluisError)) tellUnsure(io, { clientId, file, out: values.out })
      else if (values.out !== undefined) rmSync(values.out, { force: true })
      throw error
    })
    const toKeep = file !== null && values.out === undefined
    io.stderr.write(
      `Registered ${name} as ${clientId}.${toKeep ? ' Its private key is not kept here: hand it over safely.' : ''}\n`,
    )
    if (toKeep) io.stdout.write(file)
    else io.stdout.write(values.json ? `${JSON.stringify(sender)}\n` : `${clientId}\n`)
    return 0
  })
}

function tellUnsure(
  io: CommandIo,
  { clientId, file, out }: { clientId: string; file: string | null; out: string | undefined },
): void {
  if (file !== null && out === undefined) io.stdout.write(file)
  const kept = out === undefined ? '' : `, so ${out} keeps its key`
  io.stderr.write(`Nobody said whether ${clientId} was registered${kept}. \`sluis client list\` tells.\n`)
}

/** Never takes the place of a file that is there. Throws `WrongUse`. */
function keepKey(file: string, content: string): void {
  let fresh: boolean
  try {
    fresh = makeFileSync(file, content)
  } catch (error) {
    throw new WrongUse(`--out ${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
  }
  if (!fresh) throw new WrongUse(`--out ${file} is there already; nothing was registered`)
}

/** The keys of a file: a JWK Set, or one JWK. */
function readKeys(file: string): unknown {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as { keys?: unknown } | null
    return content?.keys ?? [content]
  } catch (error) {
    throw new WrongUse(`${file} holds no JWK (${(error as Error).message})`)
  }
}

async function end(values: Values, clientId: string | undefined, io: CommandIo): Promise<number> {
  if (clientId === undefined) throw new WrongUse('end takes a client id')
  return withDatabase(values, io, async ({ db }) => {
    if (!(await endSender(db, clientId))) throw new SluisError('client-unknown', { clientId })
    const words = `${clientId} has ended. Its messages stay; nodes refuse new ones within a minute.`
    io.stdout.write(`${values.json ? JSON.stringify({ clientId, state: 'ended' }) : words}\n`)
    return 0
  })
}

async function webhook(values: Values, clientId: string | undefined, io: CommandIo): Promise<number> {
  if (clientId === undefined) throw new WrongUse('webhook takes a client id')
  const to = readAddress(needed('to', values.to, 'where the posts go'))
  return withDatabase(values, io, async ({ db, dataFolder }) => {
    const known = await findSender(db, clientId)
    if (known === null || known.endedAt !== null) throw new SluisError('client-unknown', { clientId })
    const secret = makeWebhookSecret()
    const { wrap } = deriveKeys(masterKeyOf(dataFolder))
    await setWebhook(db, known.sender.id, to, seal(wrap, Buffer.from(secret), webhookBound(known.sender.id)))
    io.stderr.write(`${clientId} is told at ${to} from now on. The secret is shown this once:\n`)
    io.stdout.write(`${values.json ? JSON.stringify({ clientId, url: to, secret }) : secret}\n`)
    return 0
  })
}

/** Events name records: they leave over TLS, or stay on this machine. */
function readAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null
  const local = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && local)) return given
  throw new WrongUse('--to takes an https address (http only on this machine)')
}
