import { addresses } from '../addresses.ts'
import { kindWords, serviceWords } from '../texts/words.ts'
import type { View } from '../view.ts'
import { Chip } from './chip.tsx'
import { Code } from './code.tsx'
import { Definitions } from './definitions.tsx'
import { HeldByLine, type HeldBy } from './held-by.tsx'
import { Icon } from './icon.tsx'
import type { StateName } from './states.ts'
import { Table } from './table.tsx'
import { Moment, Time } from './time.tsx'
import { Timeline, type Entry } from './timeline.tsx'

/** What a record waits for: `who` is null while it waits in the hub; times are null when they are not known. */
export interface Waiting {
  readonly who: string | null
  readonly since: string
  readonly expectedAt: string | null
  readonly nextNewsAt: string | null
  /** The sender's id of the message it corrects or withdraws, while no record of that has come. */
  readonly replaces: string | null
}

export interface TracedDelivery {
  readonly id: string
  readonly destination: { readonly id: string; readonly name: string }
  readonly state: Extract<
    StateName,
    'waiting' | 'sending' | 'asked-again' | 'acknowledged' | 'refused' | 'withdrawn' | 'paused'
  >
  readonly attempts: number
  readonly lastSentAt: string | null
  readonly nextTryAt: string | null
  readonly acknowledgedAt: string | null
  /** The destination's own number for it. */
  readonly reference: string | null
  /** What it last answered, in the reader's language where we know it. */
  readonly answer: string | null
}

export interface TracedRecord {
  readonly id: string
  readonly ordinal: number
  readonly service: string
  readonly kind: string
  readonly state: Extract<
    StateName,
    'waiting' | 'passed' | 'withheld' | 'refused' | 'conflict' | 'withdrawn' | 'acknowledged' | 'refused-by-destination'
  >
  readonly happenedAt: string | null
  readonly waitingFor: Waiting | null
  readonly faults: readonly { readonly code: string; readonly sentence: string; readonly field: string | null }[]
  readonly withheld: { readonly since: string; readonly by: HeldBy } | null
  /** What refuses a record that was read whole; null where the form does, or nothing. */
  readonly refusedBy: HeldBy | null
  readonly entries: readonly Entry[]
  readonly deliveries: readonly TracedDelivery[]
  readonly certificate: {
    /** Name of the record, by which a certificate is found. */
    readonly id: string
    readonly state: Extract<StateName, 'issued' | 'revoked'>
    readonly at: string
  } | null
  /** What the record says, when it may be shown. */
  readonly content: Opened | null
}

/** The person and the fact of a record, in the words of the reader. */
export interface Opened {
  readonly name: string
  readonly born: string
  readonly insz: string | null
  readonly pharmacy: string | null
  readonly fact: string | null
}

/** One record: what it waits for in a sentence, what happened to it, where it goes. */
export function TracedRecordPart({ view, record }: { view: View; record: TracedRecord }) {
  const { t, f } = view
  const title = `record-${record.id}`
  return (
    <section class="card record" aria-labelledby={title}>
      <header>
        <h2 id={title}>
          {t.trace.record(record.ordinal)}
          {f.colon}
          {view.word(kindWords, record.kind)} <small>{view.word(serviceWords, record.service)}</small>
        </h2>
        <Chip view={view} state={record.state} />
      </header>
      {record.happenedAt !== null && (
        <p class="muted">
          {record.kind === 'rapid-test' ? t.trace.happenedAt['rapid-test'] : t.trace.happenedAt.other}
          {f.colon}
          <Moment view={view} at={record.happenedAt} />
        </p>
      )}
      {recordSentence(view, record) !== null && <p>{recordSentence(view, record)}</p>}
      {record.withheld !== null && (
        <p>
          <HeldByLine view={view} by={record.withheld.by} />
        </p>
      )}
      {record.refusedBy !== null && (
        <p>
          <HeldByLine view={view} by={record.refusedBy} />
          {record.refusedBy.state === 'rule' && (
            <>
              {' · '}
              <a href={addresses.withheld({ pack: record.refusedBy.pack, rule: record.refusedBy.rule })}>
                {view.t.checks.heldBySame}
              </a>
            </>
          )}
        </p>
      )}
      {record.content !== null && <Content view={view} content={record.content} />}
      {record.faults.length > 0 && <Faults view={view} record={record} />}
      {record.certificate !== null && <CertificateLine view={view} certificate={record.certificate} />}
      <h3>{t.trace.deliveries}</h3>
      {record.deliveries.length === 0 ? (
        <p class="muted">{t.trace.noDeliveries}</p>
      ) : (
        <Deliveries view={view} record={record} />
      )}
      <details class="history" open={record.state !== 'acknowledged'}>
        <summary>{t.trace.history}</summary>
        <Timeline view={view} entries={record.entries} next={nextSentence(view, record)} />
      </details>
    </section>
  )
}

function recordSentence(view: View, record: TracedRecord): string | null {
  const { t, f } = view
  if (record.state === 'refused') return t.said.refused
  if (record.withheld !== null) return t.said.withheld(f.time(record.withheld.since, view.now))
  return record.waitingFor === null ? null : waitingSentence(view, record.waitingFor)
}

/** Since when, for whom, until about when: always all three, also when one is not known. */
function waitingSentence(view: View, waiting: Waiting): string {
  const { t, f } = view
  const since = f.time(waiting.since, view.now)
  if (waiting.replaces !== null) return t.waitingReplaced(since, waiting.replaces)
  if (waiting.who === null) return t.waitingInside(since)
  const { who } = waiting
  if (waiting.expectedAt !== null) return t.said.waiting(since, who, f.time(waiting.expectedAt, view.now))
  if (waiting.nextNewsAt === null) return t.waitingOnly(since, who)
  return t.said.waitingUnknown(since, who, f.time(waiting.nextNewsAt, view.now))
}

function Content({ view, content }: { view: View; content: Opened }) {
  const { t } = view
  return (
    <section class="content" aria-label={t.content.open}>
      <p class="muted">{t.content.shown}</p>
      <Definitions
        items={[
          [t.certificatePage.name, content.name],
          [t.certificatePage.born, content.born],
          [t.content.insz, content.insz ?? '–'],
          // A laboratory's result comes from none.
          ...(content.pharmacy === null ? [] : [[t.content.pharmacy, content.pharmacy] as const]),
          [t.content.fact, content.fact ?? '–'],
        ]}
      />
    </section>
  )
}

/** What is still to come for a record; a withheld one waits for release. */
function nextSentence(view: View, record: TracedRecord): string {
  if (record.withheld === null && record.waitingFor !== null) return waitingSentence(view, record.waitingFor)
  return record.withheld === null ? view.t.trace.end : view.t.trace.untilReleased
}

function Faults({ view, record }: { view: View; record: TracedRecord }) {
  return (
    <>
      <h3>{view.t.trace.faults}</h3>
      <ul class="fault-list">
        {record.faults.map((fault) => (
          <li key={`${fault.code}-${fault.field}`}>
            <Icon name="octagon-x" />
            <span>
              {fault.sentence}{' '}
              <code>
                {fault.code}
                {fault.field !== null && ` ${fault.field}`}
              </code>
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

function CertificateLine({ view, certificate }: { view: View; certificate: NonNullable<TracedRecord['certificate']> }) {
  const { t, f } = view
  return (
    <p class="certificate-line">
      <Chip view={view} state={certificate.state} />
      <a href={addresses.certificate(certificate.id)}>
        <Icon name="qr-code" />
        {t.trace.certificate}
      </a>
      {certificate.state === 'issued' && <span>{t.said.certificateReady(f.time(certificate.at, view.now))}</span>}
    </p>
  )
}

function Deliveries({ view, record }: { view: View; record: TracedRecord }) {
  const { t, f } = view
  return (
    <Table
      caption={t.trace.deliveries}
      quietCaption
      rows={record.deliveries}
      rowKey={(delivery) => delivery.id}
      columns={[
        {
          heading: t.destination,
          cell: (row) => <a href={addresses.destination(row.destination.id)}>{row.destination.name}</a>,
        },
        { heading: t.state, cell: (row) => <Chip view={view} state={row.state} /> },
        { heading: t.trace.attempts, number: true, cell: (row) => f.number(row.attempts) },
        {
          heading: t.trace.lastSent,
          cell: (row) => (row.lastSentAt === null ? '–' : <Time view={view} at={row.lastSentAt} />),
        },
        {
          heading: t.trace.answer,
          cell: (row) => <Answer view={view} delivery={row} />,
        },
      ]}
    />
  )
}

function Answer({ view, delivery }: { view: View; delivery: TracedDelivery }) {
  const { answer, reference, nextTryAt } = delivery
  if (answer === null && reference === null && nextTryAt === null) return <>–</>
  return (
    <span class="answer">
      {answer !== null && <span>{answer}</span>}
      {reference !== null && <Code view={view} id={reference} />}
      {nextTryAt !== null && <span>{`${view.t.trace.nextTry}${view.f.colon}${view.f.time(nextTryAt, view.now)}`}</span>}
    </span>
  )
}
