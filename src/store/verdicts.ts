import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'

/** What one rule said of one record when it did not simply pass. */
export interface NewVerdict {
  readonly record: number
  readonly receivedAt: Date
  readonly ruleHash: Buffer
  readonly pack: string
  readonly packVersion: string
  readonly rule: string
  readonly outcome: 'flag' | 'withhold' | 'error'
  /** The code of the finding its rule refuses records for; null when it does not refuse. Not stored. */
  readonly refusesFor: string | null
  readonly senderId: number
  readonly patient: Buffer | null
  /** Sealed like the record; null when the text of the rule needs nothing. */
  readonly evidence: Buffer | null
  /** An `error` of a rule that was not asked, because it stood still on other records. Not stored. */
  readonly barred?: true
}

/** Acts for the rest of the transaction as the checker, who may not change or delete a message or record (law 2). */
export async function actAsChecker(tx: Queryable): Promise<void> {
  await tx.query({ text: 'set local role sluis_checking' })
}

/** Takes the hub's own role again within the transaction. */
export async function actAsHub(tx: Queryable): Promise<void> {
  await tx.query({ text: 'reset role' })
}

/**
 * Writes that records were checked by a set of rules. Repeating it adds nothing. The clock is read behind the lock of the
 * packs, not at the start of the transaction: what was checked before an activation has an earlier moment than it.
 */
export async function insertChecks(
  tx: Queryable,
  service: Service,
  records: readonly { id: number; receivedAt: Date }[],
  ruleSet: Buffer,
): Promise<void> {
  await tx.query({
    name: 'insert-checks',
    text: `insert into record_check (record, service, received_at, rule_set, at)
      select c.record, $1, c.received_at, $4, clock_timestamp() from unnest($2::bigint[], $3::timestamptz[]) as c(record, received_at)
      on conflict do nothing`,
    values: [service, records.map((r) => r.id), records.map((r) => r.receivedAt.toISOString()), ruleSet],
  })
}

/** Adds verdicts; one that is there already stays as it is. */
export async function insertVerdicts(tx: Queryable, service: Service, verdicts: readonly NewVerdict[]): Promise<void> {
  if (verdicts.length === 0) return
  const hex = (bytes: Buffer | null): string | null => bytes?.toString('hex') ?? null
  await tx.query({
    name: 'insert-verdicts',
    text: `insert into verdict (record, service, received_at, rule_hash, pack, pack_version, rule, outcome, sender_id, patient,
        evidence, at)
      select v.record, $1, v.received_at, decode(v.rule_hash, 'hex'), v.pack, v.pack_version, v.rule, v.outcome, v.sender_id,
        decode(v.patient, 'hex'), decode(v.evidence, 'hex'), clock_timestamp()
      from unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[],
        $10::text[], $11::text[])
        as v(record, received_at, rule_hash, pack, pack_version, rule, outcome, sender_id, patient, evidence)
      on conflict do nothing`,
    values: [
      service,
      verdicts.map((v) => v.record),
      verdicts.map((v) => v.receivedAt.toISOString()),
      verdicts.map((v) => hex(v.ruleHash)),
      verdicts.map((v) => v.pack),
      verdicts.map((v) => v.packVersion),
      verdicts.map((v) => v.rule),
      verdicts.map((v) => v.outcome),
      verdicts.map((v) => v.senderId),
      verdicts.map((v) => hex(v.patient)),
      verdicts.map((v) => hex(v.evidence)),
    ],
  })
}

/** Rules that were asked of records again, and which of them could not be worked out this time either. */
export interface AskedAgain {
  readonly records: readonly { readonly id: number; readonly receivedAt: Date; readonly patient: Buffer | null }[]
  readonly rules: readonly Buffer[]
  readonly failed: readonly Pick<NewVerdict, 'record' | 'ruleHash'>[]
}

/**
 * Takes errors away where the rule was worked out this time: an error says that nothing was judged, and would stand in the
 * place of what is judged now. As the hub: the checker has no right to it. Returns whose records they were.
 */
export async function removeAnsweredErrors(tx: Queryable, service: Service, asked: AskedAgain): Promise<Buffer[]> {
  if (asked.rules.length === 0) return []
  const named = asked.records.filter(({ patient }) => patient !== null)
  const nameless = asked.records.filter(({ patient }) => patient === null)
  return [...(await removeErrors(tx, service, asked, named)), ...(await removeErrors(tx, service, asked, nameless))]
}

async function removeErrors(
  tx: Queryable,
  service: Service,
  { rules, failed }: AskedAgain,
  records: AskedAgain['records'],
): Promise<Buffer[]> {
  if (records.length === 0) return []
  const patients = records.flatMap(({ patient }) => (patient === null ? [] : [patient]))
  const { rows } = await tx.query<{ patient: Buffer | null }>({
    // By the index of errors, which is nearly empty, where there is a patient.
    name: patients.length > 0 ? 'remove-errors-of-patients' : 'remove-errors',
    text: `delete from verdict v using unnest($2::bigint[], $3::timestamptz[]) as g(record, received_at)
      where v.service = $1 and v.outcome = 'error' and v.received_at = g.received_at and v.record = g.record
        and v.rule_hash = any($4::bytea[])
        and not exists (select from unnest($5::bigint[], $6::bytea[]) as f(record, rule_hash)
          where f.record = v.record and f.rule_hash = v.rule_hash)
        and ${patients.length > 0 ? 'v.patient = any($7::bytea[])' : 'v.patient is null and cardinality($7::bytea[]) = 0'}
      returning v.patient`,
    values: [
      service,
      records.map(({ id }) => id),
      records.map(({ receivedAt }) => receivedAt.toISOString()),
      rules,
      failed.map(({ record }) => record),
      failed.map(({ ruleHash }) => ruleHash),
      patients,
    ],
  })
  return rows.flatMap(({ patient }) => patient ?? [])
}

/** How many records of a batch were checked under an activation (`rule` empty), and how many a rule withheld. */
export interface CheckCount {
  readonly pack: string
  readonly activation: number
  readonly senderId: number
  readonly formKind: string
  readonly rule: string
  readonly records: number
}

/** Adds to the hourly counts the guard looks at. One worker at a time has a sender, so nobody waits for a row. */
export async function addCheckCounts(
  tx: Queryable,
  service: Service,
  origin: 'arrival' | 'stored',
  counts: readonly CheckCount[],
): Promise<void> {
  if (counts.length === 0) return
  await tx.query({
    name: 'add-check-counts',
    text: `insert into check_count as c (hour, service, pack, activation, origin, sender_id, form_kind, rule, records)
      select date_trunc('hour', now()), $1, n.pack, n.activation, $2, n.sender_id, n.form_kind, n.rule, n.records
      from unnest($3::text[], $4::bigint[], $5::int[], $6::text[], $7::text[], $8::bigint[])
        as n(pack, activation, sender_id, form_kind, rule, records)
      order by 3, 4, 6, 7, 8
      on conflict (pack, hour, activation, origin, sender_id, form_kind, rule)
        do update set records = c.records + excluded.records`,
    values: [
      service,
      origin,
      counts.map((c) => c.pack),
      counts.map((c) => c.activation),
      counts.map((c) => c.senderId),
      counts.map((c) => c.formKind),
      counts.map((c) => c.rule),
      counts.map((c) => c.records),
    ],
  })
}
