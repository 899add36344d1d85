import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'

/**
 * SQL that tells whether a record is withheld now: an active rule withholds it for its sender and no person decided
 * otherwise, or a person did. The function `is_withheld` says the same for one record. `alias` is a row with service, received_at and the given column of the record. Looked up row
 * by row; for lists there is the view `withheld`.
 */
export const withheldNow = (alias: string, record = 'record'): string => `(exists (
    select from verdict v join active_rule a on a.rule_hash = v.rule_hash
      and (a.sender_id = v.sender_id or (a.sender_id = 0 and v.sender_id <> all (a.except_senders)))
    where v.service = ${alias}.service and v.received_at = ${alias}.received_at and v.record = ${alias}.${record}
      and v.outcome = 'withhold'
      and not exists (select from override o where o.record = v.record and o.ended_at is null))
  or exists (select from override o where o.record = ${alias}.${record} and o.ended_at is null and o.decision = 'confirm'))`

/** Those of the given records that are withheld now: from readers and from destinations. */
export async function withheldAmong(
  db: Queryable,
  service: Service,
  records: readonly { readonly record: number; readonly receivedAt: Date }[],
): Promise<Set<number>> {
  if (records.length === 0) return new Set()
  const { rows } = await db.query<{ record: number }>({
    name: 'withheld-among',
    text: `select r.record from (select $1::text as service, u.record, u.received_at
        from unnest($2::bigint[], $3::timestamptz[]) as u(record, received_at)) r where ${withheldNow('r')}`,
    values: [service, records.map((r) => r.record), records.map((r) => r.receivedAt.toISOString())],
  })
  return new Set(rows.map((row) => row.record))
}

/** Records of one patient withheld by one rule; `rule` is empty where a person withholds. */
export interface WithheldLine {
  readonly service: Service
  readonly senderId: number
  readonly sender: string
  readonly clientId: string
  readonly pack: string
  readonly setting: number | null
  readonly rule: string
  readonly activation: number | null
  readonly since: Date
  readonly count: number
}

const lineColumns = `w.service, w.sender_id as "senderId", coalesce(s.name, '') as sender, coalesce(s.client_id, '') as "clientId",
  w.pack, w.setting, w.rule, w.activation, min(w.since) as since, count(distinct w.record) as count`
const lineGroups = 'w.service, w.sender_id, s.name, s.client_id, w.pack, w.setting, w.rule, w.activation'

/** What is withheld of one patient, by source and rule. What is refused was never anybody's result. */
export async function withheldOfPatient(db: Queryable, patient: Buffer): Promise<WithheldLine[]> {
  const { rows } = await db.query<WithheldLine>({
    name: 'withheld-of-patient',
    text: `select ${lineColumns} from withheld w left join sender s on s.id = w.sender_id where w.patient = $1
        and not w.refuses group by ${lineGroups} order by since`,
    values: [patient],
  })
  return rows
}

/** What is withheld of everybody, by source and rule, most first; what is refused waits for its sender and not for people here. */
export async function withheldLines(db: Queryable): Promise<WithheldLine[]> {
  const { rows } = await db.query<WithheldLine>({
    text: `select ${lineColumns} from withheld w left join sender s on s.id = w.sender_id where not w.refuses
      group by ${lineGroups} order by count desc limit 1000`,
  })
  return rows
}

/** Which records a list or a bulk decision is about; null stands for any. */
export interface WithheldChoice {
  readonly clientId: string | null
  readonly pack: string | null
  readonly rule: string | null
  readonly records: readonly number[] | null
}

/** One record on the list of what is withheld. */
export interface WithheldRecord {
  readonly record: number
  readonly service: Service
  readonly receivedAt: Date
  readonly senderId: number
  readonly sender: string
  readonly patient: Buffer | null
  readonly pack: string
  readonly setting: number | null
  readonly rule: string
  readonly activation: number | null
  readonly since: Date
  /** Sealed values for the text of the rule. */
  readonly evidence: Buffer | null
}

/**
 * The condition of a choice on `w` (withheld) and `s` (sender): what is not asked is no part of the plan. Refused records are
 * chosen by naming their rule, or them: a choice of all that is withheld is not about what senders were told to correct.
 */
export function chosenBy(choice: WithheldChoice): string {
  const asked = (value: unknown, type: string, condition: string, n: number): string =>
    value === null ? `$${n}::${type} is null` : `${condition} $${n}`
  return [
    asked(choice.clientId, 'text', 's.client_id =', 1),
    asked(choice.pack, 'text', 'w.pack =', 2),
    asked(choice.rule, 'text', 'w.rule =', 3),
    choice.records === null ? '$4::bigint[] is null' : 'w.record = any($4::bigint[])',
    ...(choice.rule === null && choice.records === null ? ['not w.refuses'] : []),
  ].join(' and ')
}

export const choiceValues = (choice: WithheldChoice): unknown[] => [
  choice.clientId,
  choice.pack,
  choice.rule,
  choice.records,
]

/** A page of what is withheld, by record; `after` is the last record of the page before, 0 for the first. */
export async function withheldPage(
  db: Queryable,
  choice: WithheldChoice,
  after: number,
  limit: number,
): Promise<WithheldRecord[]> {
  const { rows } = await db.query<WithheldRecord>({
    text: `select distinct on (w.record) w.record, w.service, w.received_at as "receivedAt", w.sender_id as "senderId",
        coalesce(s.name, '') as sender, w.patient, w.pack, w.setting, w.rule, w.activation, w.since, w.evidence
      from withheld w left join sender s on s.id = w.sender_id
      where ${chosenBy(choice)} and w.record > $5 order by w.record, w.pack, w.rule limit $6`,
    values: [...choiceValues(choice), after, limit],
  })
  return rows
}

/**
 * Patients with a record that an activation withholds or withheld, in the order of their index: `after` is the last one of
 * the batch before. Read by an index on (rule, patient), a batch at a time.
 */
export async function patientsTouchedBy(
  db: Queryable,
  activation: number,
  after: Buffer | null,
  limit: number,
): Promise<Buffer[]> {
  const { rows } = await db.query<{ patient: Buffer }>({
    name: 'patients-touched-by',
    text: `select distinct p.patient from activation_rule r cross join lateral (
        select distinct v.patient from verdict v
        where v.rule_hash = r.rule_hash and v.outcome = 'withhold' and v.patient is not null
          and v.patient > coalesce($2::bytea, ''::bytea) order by v.patient limit $3) p
      where r.activation = $1 order by p.patient limit $3`,
    values: [activation, after, limit],
  })
  return rows.map((row) => row.patient)
}
