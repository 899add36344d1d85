import type { Service } from '../formats/record.ts'
import { thorough, type Queryable } from './connect.ts'
import type { ImpactLine, ImpactMeaning, ReportRow } from './impact.ts'
import type { Touched } from './impact-touched.ts'

/** A line with the names of its sender. */
export interface NamedImpactLine extends ImpactLine {
  readonly sender: string
  readonly clientId: string
  readonly organisation: string | null
}

/** The lines of a report, most newly withheld first. */
export async function impactLines(db: Queryable, report: number): Promise<NamedImpactLine[]> {
  const { rows } = await db.query<NamedImpactLine>({
    text: `select l.sender_id as "senderId", coalesce(s.name, 'not known') as sender, coalesce(s.client_id, '') as "clientId",
        s.organisation_nihii as organisation, l.form_kind as "formKind", l.rule, l.records,
        l.withheld_before as "withheldBefore", l.withheld_after as "withheldAfter", l.newly_withheld as "newlyWithheld",
        l.newly_visible as "newlyVisible", l.errors
      from impact_line l left join sender s on s.id = l.sender_id where l.report = $1
      order by l.newly_withheld desc, l.newly_visible desc, l.sender_id, l.form_kind, l.rule`,
    values: [report],
  })
  return rows
}

/** A record that a report changes, to look at. */
export interface ImpactExample {
  readonly ruleHash: string
  readonly change: 'newly-withheld' | 'newly-visible' | 'error'
  readonly sender: string
  readonly receivedAt: Date
  readonly receipt: string
}

const examplesOfSource = 2
const examplesAtMost = 20
/** However much a report changes, this is what is looked through for examples. */
const lookedThrough = 5_000

/** A few records for each rule, change and source, so that somebody can look at what the figures are about. */
export async function impactExamples(db: Queryable, report: number, service: string): Promise<ImpactExample[]> {
  const { rows } = await db.query<ImpactExample>({
    text: `with first as materialized (
        select record, received_at, sender_id, rule_hash, change from impact_change where report = $1 order by record limit $3
      ), shown as (
        select f.*, row_number() over (partition by rule_hash, change, sender_id order by record) as place from first f
      ), chosen as (select * from shown where place <= $4 order by place, record limit $5)
      select encode(f.rule_hash, 'hex') as "ruleHash", f.change, coalesce(s.name, 'not known') as sender,
        f.received_at as "receivedAt", m.receipt
      from chosen f cross join lateral (select r.message from record r
          where r.service = $2 and r.received_at = f.received_at and r.id = f.record limit 1) r
        cross join lateral (select m.receipt from message m
          where m.service = $2 and m.received_at = f.received_at and m.id = r.message limit 1) m
        left join sender s on s.id = f.sender_id
      order by f.change, f.rule_hash, sender, f.record`,
    values: [report, service, lookedThrough, examplesOfSource, examplesAtMost],
  })
  return rows
}

/** Marks what is still owed of newly withheld records: whether it may go is asked from now on. */
export async function holdDeliveries(tx: Queryable, records: readonly number[]): Promise<void> {
  if (records.length === 0) return
  await tx.query({
    name: 'hold-deliveries',
    text: `update delivery set held = true where record = any($1::bigint[]) and not held
      and state in ('blocked', 'waiting', 'unknown', 'pending')`,
    values: [records],
  })
}

/** Marks what was planned while its record was being judged. */
export async function holdDeliveriesOf(db: Queryable, report: number): Promise<void> {
  await db.query({
    ...thorough,
    text: `update delivery d set held = true from impact_change c where c.report = $1 and c.change = 'newly-withheld'
      and d.record = c.record and not d.held and d.state in ('blocked', 'waiting', 'unknown', 'pending')`,
    values: [report],
  })
}

/** Patients, deliveries and certificates behind the changes of a report. */
export async function meaningOf(
  db: Queryable,
  report: ReportRow,
): Promise<Omit<ImpactMeaning, 'monitors' | keyof Touched>> {
  const { rows: touched } = await db.query<{ patients: number }>({
    ...thorough,
    text: `select count(distinct patient) as patients from impact_change where report = $1 and change <> 'error'`,
    values: [report.id],
  })
  const { rows: deliveries } = await db.query<{
    destination: string
    state: string
    count: number
    certificates: number
  }>({
    ...thorough,
    text: `select d.destination, case when d.state in ('acknowledged') then 'acknowledged' else 'open' end as state,
        count(*) as count, count(*) filter (where d.purpose = 'certificate') as certificates
      from (select distinct record, received_at from impact_change where report = $1 and change = 'newly-withheld') c
      join record r on r.service = $2 and r.id = c.record and r.received_at = c.received_at
      join delivery d on d.message = r.message and d.record = r.id
      where d.state in ('acknowledged', 'blocked', 'waiting', 'unknown', 'pending') group by 1, 2 order by 1`,
    values: [report.id, report.service],
  })
  const { rows: certificates } = await db.query<{ count: number }>({
    ...thorough,
    text: `select count(distinct k.id) as count from impact_change c join certificate k on k.record = c.record
      where c.report = $1 and c.change = 'newly-withheld'
        and not exists (select from certificate_revocation x where x.certificate = k.id)`,
    values: [report.id],
  })
  const open = deliveries.filter((one) => one.state === 'open')
  return {
    patients: touched[0]!.patients,
    deliveries: open.map(({ destination, count }) => ({ destination, count })),
    certificatesOwed: open.reduce((sum, one) => sum + one.certificates, 0),
    acknowledged: deliveries.filter((one) => one.state !== 'open').reduce((sum, one) => sum + one.count, 0),
    certificates: certificates[0]!.count,
  }
}

/** Patients whose visible records a report changes, a page at a time in the order of their index. */
export async function patientsOfReport(
  db: Queryable,
  report: number,
  after: Buffer | null,
  limit: number,
): Promise<Buffer[]> {
  const { rows } = await db.query<{ patient: Buffer }>({
    text: `select distinct patient from impact_change where report = $1 and patient > coalesce($2::bytea, ''::bytea)
      and change <> 'error' order by patient limit $3`,
    values: [report, after, limit],
  })
  return rows.map((row) => row.patient)
}

/** The changed records of some patients of a report, for whoever works out what they mean. */
export async function changesOfPatients(
  db: Queryable,
  report: number,
  patients: readonly Buffer[],
): Promise<{ record: number; receivedAt: Date; patient: Buffer; change: 'newly-withheld' | 'newly-visible' }[]> {
  const { rows } = await db.query<{
    record: number
    receivedAt: Date
    patient: Buffer
    change: 'newly-withheld' | 'newly-visible'
  }>({
    text: `select distinct record, received_at as "receivedAt", patient, change from impact_change
      where report = $1 and patient = any($2::bytea[]) and change <> 'error'`,
    values: [report, patients],
  })
  return rows
}

/** Ends a report with what it means. */
export async function endReport(db: Queryable, id: number, worker: string, meaning: ImpactMeaning): Promise<boolean> {
  const { rows } = await db.query<{ id: number }>({
    text: `update impact_report set state = 'done', ended_at = now(), meaning = $3, worker = null, worked_until = null
      where id = $1 and worker = $2 and state = 'running' returning id`,
    values: [id, worker, JSON.stringify(meaning)],
  })
  return rows.length > 0
}

/** Records of a service that came after a moment. */
export async function arrivedSince(db: Queryable, service: Service, since: Date): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    ...thorough,
    text: `select count(*) as count from record where service = $1 and received_at > $2 and outcome = 'accepted'`,
    values: [service, since.toISOString()],
  })
  return rows[0]!.count
}
