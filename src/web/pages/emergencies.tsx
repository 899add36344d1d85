import { addresses } from '../addresses.ts'
import { Guard, ReasonField } from '../parts/form.tsx'
import { Icon } from '../parts/icon.tsx'
import { Empty } from '../parts/notices.tsx'
import { page } from '../parts/shell.tsx'
import { Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { roleWords } from '../texts/words.ts'
import type { View } from '../view.ts'

/** Shown in place of a patient somebody may not read: it is refused, and this is how it is read in an emergency. */
export interface EmergencyAsk {
  readonly action: string
  readonly reason: string
  readonly fault: string | null
}

export function emergencyAskPage(view: View, { action, reason, fault }: EmergencyAsk): string {
  const { t } = view
  const words = t.checks.emergency
  return page(
    view,
    { title: t.notice.forbidden, section: addresses.patients },
    <div class="confirm">
      <h1>{words.refused}</h1>
      <p>{words.refusedWhat}</p>
      <p>
        <a href={addresses.patients}>{t.back}</a>
      </p>
      <h2>{words.open}</h2>
      <p class="alarm is-late">
        <Icon name="triangle-alert" />
        {words.what}
      </p>
      <form class="act" action={action} method="post">
        <Guard view={view} />
        <ReasonField
          view={view}
          value={reason}
          label={words.reason}
          hint={words.reasonHint}
          {...(fault !== null && { fault })}
        />
        <button class="main">{words.button}</button>
      </form>
    </div>,
  )
}

interface ShownReview {
  readonly by: string
  readonly what: string
  readonly at: string
}

/** One stretch of reading in an emergency, as whoever guards privacy sees it. */
export interface ShownEmergency {
  readonly id: string
  readonly actor: string
  readonly role: string
  /** The patient index; no name and no number. */
  readonly patient: string
  readonly reason: string
  readonly since: string
  readonly until: string
  readonly isRunning: boolean
  readonly readings: number
  readonly review: ShownReview | null
  /** From before it was prolonged. */
  readonly earlierReviews: readonly ShownReview[]
}

export interface EmergenciesPage {
  readonly asOf: string
  readonly emergencies: readonly ShownEmergency[]
  /** There may be more that were looked after; the sheet has them. */
  readonly cut: boolean
}

export function emergenciesPage(view: View, { asOf, emergencies, cut }: EmergenciesPage): string {
  const words = view.t.checks.emergency
  const open = emergencies.filter(({ review }) => review === null).length
  const sentence = open === 0 ? words.sentence(emergencies.length) : words.toReview(open)
  return page(
    view,
    { title: sentence, section: addresses.emergencies },
    <>
      <div class="headline">
        <h1>{sentence}</h1>
        <p class="as-of">
          {view.t.asOf} <time datetime={asOf}>{view.f.clock(asOf)}</time>
        </p>
      </div>
      {emergencies.length === 0 ? (
        <Empty sentence={words.none} />
      ) : (
        <>
          <div class="section-head">
            <p class="lead">{words.list}</p>
            <a href={addresses.emergenciesCsv}>{view.t.csv}</a>
          </div>
          {cut && <p class="muted">{words.cut}</p>}
          <List view={view} emergencies={emergencies} />
        </>
      )}
    </>,
  )
}

function List({ view, emergencies }: { view: View; emergencies: readonly ShownEmergency[] }) {
  const words = view.t.checks.emergency
  return (
    <Table
      caption={words.title}
      quietCaption
      rows={emergencies}
      rowKey={(row) => row.id}
      columns={[
        { heading: view.t.time, cell: (row) => <Time view={view} at={row.since} /> },
        {
          heading: words.until,
          cell: (row) => (
            <span>
              {view.f.time(row.until, view.now)}, {row.isRunning ? words.running : words.over}
            </span>
          ),
        },
        {
          heading: words.who,
          cell: (row) => (
            <span>
              {row.actor} <small class="muted">{view.word(roleWords, row.role)}</small>
            </span>
          ),
        },
        { heading: words.patient, cell: (row) => <code>{row.patient.slice(0, 12)}</code> },
        { heading: words.why, cell: (row) => <q>{row.reason}</q> },
        { heading: words.readings, number: true, cell: (row) => view.f.number(row.readings) },
        { heading: words.reviewed, cell: (row) => <Reviews view={view} row={row} /> },
      ]}
    />
  )
}

function Reviews({ view, row }: { view: View; row: ShownEmergency }) {
  const { prolonged } = view.t.checks.emergency
  return (
    <>
      {row.earlierReviews.map((review) => (
        <p key={review.at}>
          <Review view={view} review={review} /> <small class="muted">{prolonged}</small>
        </p>
      ))}
      {row.review === null ? <ReviewForm view={view} row={row} /> : <Review view={view} review={row.review} />}
    </>
  )
}

function Review({ view, review: { by, what, at } }: { view: View; review: ShownReview }) {
  return (
    <span>
      <q>{what}</q> {view.t.by(by)}, <Time view={view} at={at} />
    </span>
  )
}

function ReviewForm({ view, row }: { view: View; row: ShownEmergency }) {
  const words = view.t.checks.emergency
  return (
    <details>
      <summary>{words.notYet}</summary>
      <form class="act" action={addresses.emergencies} method="post">
        <Guard view={view} />
        <input type="hidden" name="id" value={row.id} />
        <input type="hidden" name="until" value={row.until} />
        <ReasonField view={view} value="" id={`reason-${row.id}`} label={words.reviewTitle} hint={words.reviewWhat} />
        <button>{words.review}</button>
      </form>
    </details>
  )
}
