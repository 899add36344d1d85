import { addresses } from '../addresses.ts'
import { Chip } from '../parts/chip.tsx'
import { Code } from '../parts/code.tsx'
import { Definitions } from '../parts/definitions.tsx'
import { ActForm, ReasonField } from '../parts/form.tsx'
import { PurposeField } from '../parts/purpose-field.tsx'
import { Icon } from '../parts/icon.tsx'
import { Headline, Live } from '../parts/live.tsx'
import { Failed } from '../parts/notices.tsx'
import { fragment, page } from '../parts/shell.tsx'
import { Moment, Time } from '../parts/time.tsx'
import { TracedRecordPart, type TracedRecord } from '../parts/traced-record.tsx'
import { formatWords, purposeWords } from '../texts/words.ts'
import type { View } from '../view.ts'

/** Of so many records something is said of the first only. */
export interface Cut {
  readonly first: number
  readonly of: number
}

/** One message with everything that became of it. */
export interface TracedMessage {
  readonly receipt: string
  readonly receivedAt: string
  readonly level: 'stored' | 'spooled'
  readonly sha256: string
  readonly sender: { readonly id: string; readonly name: string }
  readonly messageId: string
  readonly format: string
  /** Null when it is not known. */
  readonly bytes: number | null
  /** `spooled` and `set-aside`: on the disk of one node only, until the database is back or until somebody acts. */
  readonly state: 'waiting' | 'read' | 'unreadable' | 'conflict' | 'spooled' | 'set-aside'
  /** For a conflict: the receipt of the message that used this number first. */
  readonly conflictWith: string | null
  /** Contents are shown, to somebody who said why. */
  readonly opened: boolean
  readonly urgent: { readonly by: string; readonly at: string } | null
  /** Whether the chain of its entries holds. */
  readonly chain: 'whole' | 'broken'
  /** Where contents that were asked for end, and where it ends that a fault is said with its field. */
  readonly cut: { readonly contents: Cut | null; readonly fields: Cut | null }
  readonly records: readonly TracedRecord[]
}

/** The search and what it found. `unreachable` names sources that did not answer: nothing found there proves nothing. */
export interface Trace {
  readonly asOf: string
  readonly query: string
  readonly result:
    | { readonly state: 'start' }
    | { readonly state: 'nothing'; readonly unreachable: readonly string[] }
    | { readonly state: 'several'; readonly receipts: readonly string[] }
    | { readonly state: 'found'; readonly message: TracedMessage }
}

export function tracePage(view: View, trace: Trace): string {
  const { result } = trace
  const frame = { title: traceSentence(view, trace), section: addresses.trace }
  if (result.state === 'found') {
    return page(
      view,
      frame,
      <>
        {result.message.opened ? (
          // The stream carries no contents and would take them away again.
          <Found view={view} trace={trace} message={result.message} />
        ) : (
          <Live view={view} page="trace" of={result.message.receipt}>
            <Found view={view} trace={trace} message={result.message} />
          </Live>
        )}
        <Opening view={view} message={result.message} />
        <Urgent view={view} message={result.message} />
      </>,
    )
  }
  return page(
    view,
    frame,
    <>
      <h1>{frame.title}</h1>
      <SearchForm view={view} query={trace.query} />
      {result.state === 'several' && (
        <ul class="receipts">
          {result.receipts.map((receipt) => (
            <li key={receipt}>
              <a href={addresses.traceOf(receipt)} data-row>
                <code>{receipt}</code>
              </a>
            </li>
          ))}
        </ul>
      )}
      {result.state === 'nothing' && (
        <section>
          {result.unreachable.map((where) => (
            <Failed key={where} view={view} sentence={view.t.said.couldNotLook(where)} since={null} />
          ))}
        </section>
      )}
    </>,
  )
}

/** The inside of the live part, for the stream; only a found message has one. */
export function traceLive(view: View, trace: Trace, message: TracedMessage): string {
  return fragment(<Found view={view} trace={trace} message={message} />)
}

function traceSentence(view: View, trace: Trace): string {
  const { t } = view
  if (trace.result.state === 'start') return t.trace.start
  if (trace.result.state === 'nothing') return t.said.nothingFound(trace.query, t.said.allServices)
  if (trace.result.state === 'several') return t.several(trace.query)
  return messageSentence(view, trace.result.message)
}

/** Where the message is, worst first. */
export function messageSentence(view: View, message: TracedMessage): string {
  const words = view.t.trace
  if (message.state === 'conflict') return view.t.conflict
  if (message.state === 'unreadable') return words.unreadable
  if (message.state === 'waiting') return words.nothingInside
  if (message.state === 'spooled') return words.onDisk
  if (message.state === 'set-aside') return words.setAside
  const total = message.records.length
  if (total === 0) return words.noRecords
  const inState = (names: readonly TracedRecord['state'][]) =>
    message.records.filter((record) => names.includes(record.state))
  const refused = inState(['refused', 'conflict']).length
  if (refused > 0) return words.refused(refused, total)
  const refusedThere = inState(['refused-by-destination']).length
  if (refusedThere > 0) return view.t.refusedThere(refusedThere, total)
  const withheld = inState(['withheld']).length
  if (withheld > 0) return words.withheld(withheld, total)
  const waiting = message.records.filter((record) => record.waitingFor !== null)
  const who = [...new Set(waiting.map((record) => record.waitingFor?.who ?? ''))].filter((name) => name !== '')
  if (waiting.length > 0) {
    return who.length === 0
      ? words.waitingHere(waiting.length, total)
      : words.waitingFor(waiting.length, total, view.f.list(who))
  }
  // What is owed to nobody is acknowledged by nobody.
  return inState(['acknowledged']).length === total ? words.acknowledged(total) : words.passed(total)
}

function SearchForm({ view, query }: { view: View; query: string }) {
  const { t } = view
  return (
    <form class="search-form" action={addresses.trace} method="get" role="search" aria-label={t.trace.start}>
      <label for="q">{t.trace.number}</label>
      <p class="hint" id="q-hint">
        {t.trace.startHint}
      </p>
      <div class="field-row">
        <input
          id="q"
          name="q"
          type="search"
          value={query}
          aria-describedby="q-hint"
          autocomplete="off"
          spellcheck={false}
        />
        <button class="main">{t.trace.search}</button>
      </div>
    </form>
  )
}

function Found({ view, trace, message }: { view: View; trace: Trace; message: TracedMessage }) {
  const { t, f } = view
  const { cut } = message
  const said = lead(view, message.state)
  const format = view.word(formatWords, message.format)
  return (
    <>
      <Headline view={view} sentence={messageSentence(view, message)} asOf={trace.asOf} />
      <p class="lead">{said(f.time(message.receivedAt, view.now), message.receipt)}</p>
      {message.chain === 'broken' && (
        <p class="alarm" role="alert">
          <Icon name="octagon-x" />
          {t.trace.chainBroken}
        </p>
      )}
      {message.urgent !== null && (
        <p class="under-headline">
          <Chip view={view} state="urgent" />
          <span>
            {t.trace.isUrgent(message.urgent.by)} <Time view={view} at={message.urgent.at} />
          </span>
        </p>
      )}
      <section aria-labelledby="message-title">
        <h2 id="message-title">{t.trace.message}</h2>
        <Definitions
          items={[
            [t.trace.receipt, <Code view={view} id={message.receipt} copy />],
            [t.trace.receivedAt, <Moment view={view} at={message.receivedAt} />],
            [t.sender, message.sender.name],
            [t.trace.senderId, <Code view={view} id={message.messageId} copy />],
            [t.trace.custody, <Chip view={view} state={message.level} />],
            [t.trace.format, message.bytes === null ? format : `${format}, ${f.bytes(message.bytes)}`],
            [t.trace.hash, <Code view={view} id={message.sha256} />],
            ...(message.conflictWith === null
              ? []
              : [
                  [
                    t.conflictWith,
                    <a href={addresses.traceOf(message.conflictWith)}>{message.conflictWith}</a>,
                  ] as const,
                ]),
          ]}
        />
      </section>
      {cut.contents !== null && (
        <p class="muted">{t.trace.contentsOf(f.number(cut.contents.first), f.number(cut.contents.of))}</p>
      )}
      {cut.fields !== null && (
        <p class="muted">{t.trace.fieldsOf(f.number(cut.fields.first), f.number(cut.fields.of))}</p>
      )}
      {message.records.map((record) => (
        <TracedRecordPart key={record.id} view={view} record={record} />
      ))}
    </>
  )
}

/** That it was received and where it is now; what was spooled and stored since is where the others are. */
function lead({ t }: View, state: TracedMessage['state']): View['t']['said']['received'] {
  if (state === 'set-aside') return t.said.receivedSetAside
  return state === 'spooled' ? t.said.receivedSpooled : t.said.received
}

function Urgent({ view, message }: { view: View; message: TracedMessage }) {
  const words = view.t.trace
  const waits = message.state === 'waiting' || message.records.some((record) => record.waitingFor !== null)
  if (!waits || message.urgent !== null) return null
  return (
    <section class="acts">
      <details>
        <summary>
          <Icon name="zap" />
          {words.urgentTitle}
        </summary>
        <p>{words.urgentWhat}</p>
        <ActForm view={view} act="mark-urgent" action={addresses.markUrgent} button={words.urgentButton} main>
          <input type="hidden" name="receipt" value={message.receipt} />
          <ReasonField view={view} />
        </ActForm>
      </details>
    </section>
  )
}

/** Contents are for operators who say why; asking for them is written down. */
function Opening({ view, message }: { view: View; message: TracedMessage }) {
  const { t } = view
  if (view.person?.role !== 'operator' || message.opened || message.records.length === 0) return null
  return (
    <section class="acts">
      <details>
        <summary>
          <Icon name="file-text" />
          {t.content.open}
        </summary>
        <p>{t.purpose.what}</p>
        <form class="act" action={addresses.trace} method="get">
          <input type="hidden" name="q" value={message.receipt} />
          <PurposeField view={view} purposes={Object.keys(purposeWords)} />
          <button class="main">{t.purpose.button}</button>
        </form>
      </details>
    </section>
  )
}
