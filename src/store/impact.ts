import type { Service } from '../formats/record.ts'
import { thorough, type Queryable } from './connect.ts'
import type { Touched } from './impact-touched.ts'
import type { WalkPlace } from './patient-walk.ts'
import { recordColumns, type StoredRecord } from './records.ts'

export type ReportPurpose = 'try' | 'regular' | 'catch-up'

/** A version judged over stored records. `against` counted when it began; null when nothing did. */
export interface ReportRow {
  readonly id: number
  readonly purpose: ReportPurpose
  readonly service: Service
  readonly pack: string
  readonly setting: number
  readonly version: string
  readonly against: number | null
  readonly againstVersion: string | null
  readonly senders: readonly number[] | null
  /** Goes patient by patient, then over what has no line in the index of results; else by time of receipt alone. */
  readonly byPatient: boolean
  /** Records of a report by patient that had no line in the index when it began. */
  readonly withoutLine: number
  readonly state: 'running' | 'stopped' | 'done'
  readonly fromAt: Date
  readonly lastAt: Date
  readonly total: number
  readonly seen: number
  readonly actor: string
  readonly at: Date
  readonly endedAt: Date | null
  readonly meaning: ImpactMeaning | null
}

/** What a change of visibility means for people. */
export interface ImpactMeaning extends Touched {
  readonly patients: number
  /** Deliveries of newly withheld records that are still owed and would stop. */
  readonly deliveries: readonly { readonly destination: string; readonly count: number }[]
  /** Of these, the ones that ask for a certificate, which would not be made. */
  readonly certificatesOwed: number
  /** What cannot be undone: acknowledged by a destination, or certified, before. */
  readonly acknowledged: number
  readonly certificates: number
  /** Items of monitors by the state they would leave and enter; null when it was not worked out. */
  readonly monitors: readonly MonitorChange[] | null
}

export interface MonitorChange {
  readonly monitor: string
  readonly from: string
  readonly to: string
  readonly count: number
}

const columns = `r.id, r.purpose, r.service, r.pack, r.setting, s.body ->> 'version' as version, r.against,
  b.body ->> 'version' as "againstVersion", r.senders, r.by_patient as "byPatient", r.without_line as "withoutLine", r.state, r.from_at as "fromAt", r.last_at as "lastAt", r.total, r.seen,
  r.actor, r.at, r.ended_at as "endedAt", '{"certificatesOwed": 0, "measured": [], "laboratories": [], "practices": []}'::jsonb || r.meaning as meaning`
const joined = 'impact_report r join setting s on s.id = r.setting left join setting b on b.id = r.against'

/** What a report that begins is about; `from` null stands for all that is stored. */
export type NewReport = Pick<
  ReportRow,
  'purpose' | 'service' | 'pack' | 'setting' | 'against' | 'actor' | 'byPatient' | 'senders'
> & {
  readonly from: Date | null
}

/**
 * Begins a report over what is stored up to now: one row, whatever is stored. Until `countReport` has counted it, results
 * without a line are taken to be there.
 */
export async function insertReport(db: Queryable, report: NewReport): Promise<number> {
  const { rows } = await db.query<{ id: number }>({
    // The clock, not the start of the transaction: it begins after what it belongs to.
    text: `with mark as (select clock_timestamp() as at, coalesce($7::timestamptz, '-infinity') as since)
      insert into impact_report (purpose, service, pack, setting, against, senders, state, from_at, cursor_at, cursor_id, last_at,
        total, actor, by_patient, cursor_patient, without_line, at)
      select $1, $2, $3, $4, $5, $6, 'running', m.since, m.since, 0, m.at, 0, $8, $9, case when $9 then ''::bytea end,
        $9::bool::int, m.at
      from mark m returning id`,
    values: [
      report.purpose,
      report.service,
      report.pack,
      report.setting,
      report.against,
      report.senders,
      report.from?.toISOString() ?? null,
      report.actor,
      report.byPatient,
    ],
  })
  return rows[0]!.id
}

/** Counts what a report is about: reads as much as is stored in its time. */
export async function countReport(db: Queryable, id: number): Promise<void> {
  await db.query({
    ...thorough,
    text: `with counted as (select r.id, (select count(*) from record k
          where k.service = r.service and k.received_at >= r.from_at and k.received_at <= r.last_at and k.outcome = 'accepted'
            and (r.senders is null or k.sender_id = any(r.senders))) as total,
          case when r.by_patient then (select count(*) from result i where i.received_at <= r.last_at) end as lines
        from impact_report r where r.id = $1)
      update impact_report u set total = c.total, without_line = coalesce(greatest(0, c.total - c.lines), 0)
      from counted c where u.id = c.id`,
    values: [id],
  })
}

/** Reports, newest first. */
export async function reports(
  db: Queryable,
  only: { readonly id?: number; readonly pack?: string; readonly running?: boolean } = {},
): Promise<ReportRow[]> {
  const { rows } = await db.query<ReportRow>({
    text: `select ${columns} from ${joined} where ($1::bigint is null or r.id = $1) and ($2::text is null or r.pack = $2)
      and (not $3::bool or r.state = 'running') order by r.id desc limit 200`,
    values: [only.id ?? null, only.pack ?? null, only.running ?? false],
  })
  return rows
}

/** Takes a running report for some seconds, again and again while it is worked on; false when another worker has it. */
export async function holdReport(db: Queryable, id: number, worker: string, seconds: number): Promise<boolean> {
  const { rows } = await db.query<{ id: number }>({
    name: 'hold-report',
    text: `update impact_report set worker = $2, worked_until = now() + make_interval(secs => $3)
      where id = $1 and state = 'running' and (worker = $2 or worked_until is null or worked_until < now()) returning id`,
    values: [id, worker, seconds],
  })
  return rows.length > 0
}

/** Stops or resumes a report; what was judged stays judged. False when it was not in the other state. */
export async function setReportState(db: Queryable, id: number, state: 'running' | 'stopped'): Promise<boolean> {
  const { rows } = await db.query<{ id: number }>({
    text: `update impact_report set state = $2, worker = null, worked_until = null,
        ended_at = case $2 when 'stopped' then now() end
      where id = $1 and state = case $2 when 'stopped' then 'running' else 'stopped' end returning id`,
    values: [id, state],
  })
  return rows.length > 0
}

/** How far a report has come: after a result of a patient, or after a record in the order of receipt. */
export type ReportPlace =
  | ({ readonly state: 'by-patient' } & WalkPlace)
  | { readonly state: 'by-receipt'; readonly at: string; readonly id: number }

export async function reportPlace(db: Queryable, id: number): Promise<ReportPlace> {
  const { rows } = await db.query<{ at: string; id: number; patient: Buffer | null }>({
    text: 'select cursor_at::text as at, cursor_id as id, cursor_patient as patient from impact_report where id = $1',
    values: [id],
  })
  const { patient, ...receipt } = rows[0]!
  return patient === null ? { state: 'by-receipt', ...receipt } : { state: 'by-patient', patient, record: receipt.id }
}

/** Where a report by time of receipt begins, and one by patient goes on after the last. */
export const firstReceived = { state: 'by-receipt', at: '-infinity', id: 0 } as const

/** The next records of a report after a place in the order of receipt, and the place of the last of them. */
export async function nextToJudge(
  db: Queryable,
  report: ReportRow,
  after: Extract<ReportPlace, { state: 'by-receipt' }>,
  limit: number,
): Promise<{ records: StoredRecord[]; place: typeof after }> {
  const { rows } = await db.query<StoredRecord & { placeAt: string }>({
    ...thorough,
    name: report.byPatient ? 'next-without-line' : 'next-to-judge',
    text: `select ${recordColumns}, r.received_at::text as "placeAt" from (
        select * from record k where service = $1 and outcome = 'accepted' and (received_at, id) > ($2::timestamptz, $3::bigint)
          and received_at <= $4 and ($5::int[] is null or sender_id = any($5::int[]))
          ${report.byPatient ? 'and not exists (select from result i where i.patient = k.patient and i.record = k.id)' : ''}
        order by received_at, id limit $6) r
      join message m on m.service = r.service and m.id = r.message and m.received_at = r.received_at
      order by r.received_at, r.id`,
    values: [report.service, after.at, after.id, report.lastAt.toISOString(), report.senders, limit],
  })
  const last = rows.at(-1)
  return { records: rows, place: last === undefined ? after : { state: 'by-receipt', at: last.placeAt, id: last.id } }
}

/** Counts of one sender, kind and rule; the empty rule counts records. */
export interface ImpactLine {
  readonly senderId: number
  readonly formKind: string
  readonly rule: string
  readonly records: number
  readonly withheldBefore: number
  readonly withheldAfter: number
  readonly newlyWithheld: number
  readonly newlyVisible: number
  readonly errors: number
}

export interface ImpactChange {
  readonly record: number
  readonly receivedAt: Date
  readonly senderId: number
  readonly ruleHash: Buffer
  readonly change: 'newly-withheld' | 'newly-visible' | 'error'
  readonly patient: Buffer | null
}

/**
 * Writes what a batch came to and moves the place, in the caller's transaction: a crash repeats the batch and counts it
 * once. False when the report was stopped or another worker has taken it; then nothing may be kept.
 */
export async function addToReport(
  tx: Queryable,
  report: { readonly id: number; readonly worker: string },
  seen: number,
  place: ReportPlace,
  lines: readonly ImpactLine[],
  changes: readonly ImpactChange[],
): Promise<boolean> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'move-report',
    text: `update impact_report set seen = seen + $3, cursor_at = $4::timestamptz, cursor_id = $5, cursor_patient = $6,
        worked_until = now() + interval '15 seconds'
      where id = $1 and worker = $2 and state = 'running' returning id`,
    values: [report.id, report.worker, seen, ...cursorOf(place)],
  })
  if (rows.length === 0) return false
  await addLines(tx, report.id, lines)
  if (changes.length > 0) {
    await tx.query({
      name: 'add-impact-changes',
      text: `insert into impact_change (report, record, received_at, sender_id, rule_hash, change, patient)
        select $1, c.record, c.received_at, c.sender_id, decode(c.hash, 'hex'), c.change, decode(c.patient, 'hex')
        from unnest($2::bigint[], $3::timestamptz[], $4::int[], $5::text[], $6::text[], $7::text[])
          as c(record, received_at, sender_id, hash, change, patient) on conflict do nothing`,
      values: [
        report.id,
        changes.map((c) => c.record),
        changes.map((c) => c.receivedAt.toISOString()),
        changes.map((c) => c.senderId),
        changes.map((c) => c.ruleHash.toString('hex')),
        changes.map((c) => c.change),
        changes.map((c) => c.patient?.toString('hex') ?? null),
      ],
    })
  }
  return true
}

function cursorOf(place: ReportPlace): [at: string, id: number, patient: Buffer | null] {
  return place.state === 'by-patient' ? ['-infinity', place.record, place.patient] : [place.at, place.id, null]
}

async function addLines(tx: Queryable, report: number, lines: readonly ImpactLine[]): Promise<void> {
  await tx.query({
    name: 'add-impact-lines',
    text: `insert into impact_line as l (report, sender_id, form_kind, rule, records, withheld_before, withheld_after,
        newly_withheld, newly_visible, errors)
      select $1, n.* from unnest($2::int[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
        $9::bigint[], $10::bigint[]) as n
      on conflict (report, sender_id, form_kind, rule) do update set records = l.records + excluded.records,
        withheld_before = l.withheld_before + excluded.withheld_before,
        withheld_after = l.withheld_after + excluded.withheld_after,
        newly_withheld = l.newly_withheld + excluded.newly_withheld,
        newly_visible = l.newly_visible + excluded.newly_visible, errors = l.errors + excluded.errors`,
    values: [
      report,
      lines.map((l) => l.senderId),
      lines.map((l) => l.formKind),
      lines.map((l) => l.rule),
      lines.map((l) => l.records),
      lines.map((l) => l.withheldBefore),
      lines.map((l) => l.withheldAfter),
      lines.map((l) => l.newlyWithheld),
      lines.map((l) => l.newlyVisible),
      lines.map((l) => l.errors),
    ],
  })
}
