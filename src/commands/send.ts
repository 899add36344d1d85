import type { CommandIo } from '../cli.ts'
import type { Language } from '../kernel/language.ts'
import { written } from './command-io.ts'
import { handOver, type HandedOver, type HandOverBody } from './shared/hand-over.ts'
import { addressHelp, hubAddress } from './shared/hub-address.ts'
import { inOrder } from './shared/in-order.ts'
import { findMessages, type FoundMessage } from './shared/message-files.ts'
import { moment } from './shared/moments.ts'
import { endHelp, hubOptions, text, wholeNumber } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { progressOn } from './shared/progress.ts'
import { runWith } from './shared/run-with.ts'

const help = `sluis send <files...> [--url URL] [--data DIR] [--type TYPE] [--json]

Sends files to a hub and prints the receipts. A file holds one message, or one a line (JSON); what it is shows from its
content. A folder is walked; - is standard input. While the hub has no room or does not answer, the same bytes are sent
again: the same message gets the same receipt.

${addressHelp}
  --type TYPE    every file is one message of this content type, whatever it holds
  --at-once N    messages on their way at the same time (default 4)
  --patience S   seconds to go on with a message that the hub cannot take now (default 60)
${endHelp}: one line a message

  sluis sample rapid-test | sluis send -

Exit codes: 0 all accepted without errors, 1 one was not, 2 wrong use or a file that cannot be opened.
`

const options = { ...hubOptions, type: text, 'at-once': text, patience: text }

/** `sluis send`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values, files, language) => {
    if (files.length === 0) throw new WrongUse('send takes at least one file, or - for standard input')
    const hub = await hubAddress(values, language)
    const patience = (wholeNumber('patience', values.patience, 0) ?? 60) * 1_000
    const tellProgress = progressOn(io)
    const counts = { sent: 0, bad: 0 }
    let last = ''
    const onRetry = (why: string): void => {
      last = why
      tellProgress(() => `${counts.sent} sent; the hub cannot take messages now (${last}), trying again`)
    }
    const messages = findMessages(files, values.type, io.stdin)
    const results = inOrder(messages, wholeNumber('at-once', values['at-once'], 1) ?? 4, async (message) => {
      if (message.contentType === null) return { message, outcome: null }
      return { message, outcome: await handOver(message, message.contentType, { hub, language, patience, onRetry }) }
    })
    for await (const { message, outcome } of results) {
      counts.sent++
      if (!isGood(outcome)) counts.bad++
      const line = values.json ? JSON.stringify(toJson(message, outcome)) : describe(message, outcome, language)
      await written(io.stdout, `${line}\n`)
      tellProgress(() => `${counts.sent} sent, ${counts.bad} not accepted or with errors`)
    }
    if (counts.sent > 1 && !values.json)
      io.stdout.write(`${counts.sent} messages, ${counts.bad} not accepted or with errors\n`)
    return counts.bad === 0 && counts.sent > 0 ? 0 : 1
  })
}

/** What was sent, or null when the file held nothing that is known. */
type Outcome = HandedOver | null

function isGood(outcome: Outcome): boolean {
  if (outcome?.state !== 'answered' || outcome.status !== 202) return false
  return !(outcome.body.errors ?? []).some((one) => one.severity === 'error')
}

function toJson(message: FoundMessage, outcome: Outcome): object {
  const { file, index } = message
  if (outcome === null) return { file, index, ok: false, state: 'not-recognised' }
  if (outcome.state === 'no-answer') return { file, index, ok: false, ...outcome }
  const { body, ...rest } = outcome
  return { file, index, ok: isGood(outcome), ...rest, ...body }
}

function describe(message: FoundMessage, outcome: Outcome, language: Language): string {
  const place = message.index === 0 ? message.file : `${message.file} (${message.index + 1})`
  if (outcome === null) return `${place}: no message that is known here. Name its content type with --type.`
  if (outcome.state === 'no-answer')
    return `${place}: not sent, the hub does not answer (${outcome.why}). Send it again later.`
  const { status, body } = outcome
  const faults = (body.errors ?? []).map(
    (one) => `  ${one.severity}: ${one.texts[language]} (${one.code}${one.path && ` ${one.path}`})`,
  )
  return [`${place}: ${status} ${headOf(status, body, language)}`, ...faults].join('\n')
}

function headOf(status: number, body: HandOverBody, language: Language): string {
  const reason = body.texts === undefined ? '' : ` ${body.texts[language]} (${body.code})`
  if (body.receipt === undefined) return `not accepted.${reason}`
  const at = body.receivedAt === undefined ? '' : ` at ${moment(body.receivedAt)}`
  const kept = body.level === 'spooled' ? 'spooled: kept on one node until the database is back' : 'stored'
  const head = `${body.repeated ? 'received before' : 'received'}${at}, receipt ${body.receipt}, ${kept}.`
  return status === 202 ? head : `${head}${reason}`
}
