import { isPurpose, logAccess, type Purpose } from '../../access/access-log.ts'
import { mayDo } from '../../access/rights.ts'
import { backlog, type BacklogView } from '../../delivery/backlog.ts'
import { isUuid8, parseRecordName, prefixOf, receiptNumber, recordName } from '../../kernel/ids.ts'
import { openRecords, type OpenedRecord } from '../../ledger/open-records.ts'
import { lostMessage } from '../../ledger/lost-receipts.ts'
import { traceAnywhere, type SpooledTrace } from '../../ledger/trace-spooled.ts'
import type { ConflictTrace, Trace, TracedRecord } from '../../ledger/trace.ts'
import { blockHolds } from '../../ledger/seal.ts'
import {
  aboutMessage,
  blocksOfMessage,
  receiptsOfMessageId,
  recordOfUvci,
  senderIds,
  senderName,
  type MessageAbout,
} from '../../store/console-trace.ts'
import { heldMessages, listNodes } from '../../store/nodes.ts'
import { addresses } from '../../web/addresses.ts'
import { traceLive, tracePage, type TracedMessage } from '../../web/pages/trace.tsx'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'
import { queryText } from './forms.ts'
import type { LivePart } from './live.ts'
import type { Screens, Visit } from './screens.ts'
import {
  contentsAtMost,
  faultyOf,
  tellMessage,
  tellWithoutRecords,
  type KnownFault,
  type Opened,
} from './tell-message.ts'

/** Everything the page of one message is made of. `opened` holds contents for those who may see them. */
interface Facts {
  readonly at: Date
  readonly found: Trace | ConflictTrace | SpooledTrace
  readonly about: MessageAbout | null
  readonly backlog: BacklogView
  readonly chain: TracedMessage['chain']
  readonly opened: Opened
  readonly faults: ReadonlyMap<string, readonly KnownFault[]>
}

const nothingOpened: Opened = { state: 'closed' }

export function traceScreen(screens: Screens, deps: ConsoleDeps): void {
  screens.show(addresses.trace, 'see-trace', async (visit) => {
    const query = queryText(visit.request.query, 'q')
    const asOf = deps.now().toISOString()
    if (query === '') return tracePage(visit.view, { asOf, query, result: { state: 'start' } })
    const receipts = await findReceipts(deps, query)
    const [receipt, ...others] = receipts
    if (receipt === undefined) {
      return tracePage(visit.view, { asOf, query, result: { state: 'nothing', unreachable: await notLooked(deps) } })
    }
    if (others.length > 0) return tracePage(visit.view, { asOf, query, result: { state: 'several', receipts } })
    // One address for one message: the search leads there, so that the link can be sent on.
    if (receipt !== query) return visit.reply.redirect(addresses.traceOf(receipt), 303)
    return messagePage(deps, visit, receipt)
  })
}

async function messagePage(deps: ConsoleDeps, visit: Visit, receipt: string): Promise<string> {
  const { view, request } = visit
  const facts = await read(deps, receipt, null)
  if (facts === null) {
    const lost = await lostMessage(deps.db, receipt)
    if (lost !== null) throw lost.error
    const unreachable = await notLooked(deps, deps.node)
    return tracePage(view, {
      asOf: deps.now().toISOString(),
      query: receipt,
      result: { state: 'nothing', unreachable },
    })
  }
  const purpose = queryText(request.query, 'purpose')
  const opened = isPurpose(purpose) ? await openContents(deps, visit, facts, purpose) : nothingOpened
  return tracePage(view, {
    asOf: facts.at.toISOString(),
    query: receipt,
    result: { state: 'found', message: tell(deps, view, { ...facts, opened }) },
  })
}

/** Nodes whose disk holds messages that are not in the database, but one that was looked at: a receipt may be of theirs. */
async function notLooked({ db }: ConsoleDeps, looked?: string): Promise<string[]> {
  return (await listNodes(db))
    .filter((node) => node.name !== looked && Object.values(heldMessages(node)).some((held) => held > 0))
    .map(({ name }) => name)
}

/** The live part of one message; contents are never in it, they are shown once to who asked with a purpose. */
export function traceStream(deps: ConsoleDeps, receipt: string): LivePart<Facts | null> | null {
  if (!isUuid8(receipt)) return null
  let chain: TracedMessage['chain'] | null = null
  return {
    async read() {
      const facts = await read(deps, receipt, chain)
      chain = facts?.chain ?? null
      return facts
    },
    show: (view, facts) =>
      facts === null
        ? null
        : traceLive(
            view,
            {
              asOf: facts.at.toISOString(),
              query: receipt,
              result: { state: 'found', message: tell(deps, view, facts) },
            },
            tell(deps, view, facts),
          ),
  }
}

/**
 * Receipts behind what somebody typed: a receipt, a record's name, a certificate's number, or a sender's own number. That
 * last one is found by trying every sender, because receipts are made from it and nothing lists it.
 */
async function findReceipts(deps: ConsoleDeps, query: string): Promise<string[]> {
  const text = query.replaceAll(/\s/g, '')
  const lower = text.toLowerCase()
  const receipt = parseRecordName(lower)?.receipt ?? lower
  if (isUuid8(receipt)) return [receipt]
  if (!/^[!-~]{1,80}$/.test(text)) return []
  // In whatever way its country writes it.
  const record = await recordOfUvci(deps.db, text)
  if (record !== null) return [record.receipt]
  if (text.length > 64) return []
  const none = Buffer.alloc(32)
  const senders = await senderIds(deps.db)
  const prefixes = senders.map((id) => receiptNumber(deps.vault.keys.receipt, id, text, none).prefix)
  return receiptsOfMessageId(deps.db, prefixes, text)
}

async function read(
  deps: ConsoleDeps,
  receipt: string,
  knownChain: TracedMessage['chain'] | null,
): Promise<Facts | null> {
  const { db } = deps
  const at = deps.now()
  const [found, stored, view] = await Promise.all([
    traceAnywhere(deps, receipt),
    aboutMessage(db, receipt, prefixOf(receipt)),
    backlog(db, at),
  ])
  if (found === null) return null
  const about = found.state === 'spooled' ? await aboutSpooled(deps, found) : stored
  const chain =
    knownChain ??
    (found.state === 'message' && about?.message != null ? await chainOf(deps, found, about.message) : 'whole')
  const faults = found.state === 'message' ? await faultsOf(deps, found) : new Map<string, KnownFault[]>()
  return { at, found, about, backlog: view, chain, opened: nothingOpened, faults }
}

const aboutSpooled = async ({ db }: ConsoleDeps, { senderId, format }: SpooledTrace): Promise<MessageAbout> => ({
  message: null,
  size: null,
  format,
  sender: await senderName(db, senderId),
  urgentBy: null,
  urgentAt: null,
})

/** Names of fields, lists and limits of a form; what the sender wrote, a year, a dose or a lot, is not among them. */
const ofForms = [
  'earlier',
  'later',
  'field',
  'expected',
  'form',
  'kind',
  'known',
  'limit',
  'list',
  'max',
  'min',
  'newest',
  'sunset',
  'version',
  'count',
]

/** Where a record is wrong, so that somebody can say on the telephone what to correct. No content leaves with it. */
async function faultsOf(deps: ConsoleDeps, found: Trace): Promise<Map<string, KnownFault[]>> {
  const opened = await openFirst(deps, found, faultyOf(found.records))
  return new Map(
    opened.map(({ record, content }) => {
      const faults = content.faults.map(({ code, path, params }) => ({
        code,
        path,
        params: Object.fromEntries(Object.entries(params).filter(([name]) => ofForms.includes(name))),
      }))
      return [nameOf(record), faults]
    }),
  )
}

/** Of these records the first, as many as a page shows contents of. */
const openFirst = (deps: ConsoleDeps, found: Trace, records: readonly TracedRecord[]): Promise<OpenedRecord[]> =>
  openRecords(
    deps,
    found.receipt,
    records.slice(0, contentsAtMost).map(({ id }) => parseRecordName(id)!.ordinal),
  )

/** Whether the blocks that hold the entries of a message still fit what was sealed. */
async function chainOf({ db }: ConsoleDeps, found: Trace, id: number): Promise<TracedMessage['chain']> {
  const numbers = await blocksOfMessage(db, { id, service: found.service, receivedAt: found.receivedAt })
  for (const number of numbers) if (!(await blockHolds(db, found.service, number))) return 'broken'
  return 'whole'
}

/** Opens the records for an operator who said why. Written down first: who is refused is written down as well. */
async function openContents(deps: ConsoleDeps, visit: Visit, facts: Facts, purpose: Purpose): Promise<Opened> {
  const { person } = visit.session
  const allowed = mayDo(person.role, 'see-content')
  const { about, found } = facts
  if (found.state !== 'message') return nothingOpened
  await logAccess(deps.db, {
    actor: person.login,
    role: person.role,
    what: 'trace-with-content',
    purpose,
    outcome: allowed ? 'given' : 'refused',
    origin: `console ${visit.request.ip}`,
    ...(about?.message == null ? {} : { message: about.message }),
  })
  if (!allowed) return nothingOpened
  const contents = await openFirst(deps, found, found.records)
  return {
    state: 'open',
    purpose,
    contents: new Map(contents.map(({ record, content }) => [nameOf(record), content])),
  }
}

const nameOf = (record: { receipt: string; ordinal: number }): string => recordName(record.receipt, record.ordinal)

function tell(deps: ConsoleDeps, view: View, facts: Facts): TracedMessage {
  const told = { view, destinations: deps.destinations, ...facts }
  return facts.found.state === 'message' ? tellMessage(facts.found, told) : tellWithoutRecords(facts.found, told)
}
