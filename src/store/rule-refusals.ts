import type { Service } from '../formats/record.ts'
import { thorough, type Queryable } from './connect.ts'

/** A record that a rule refused, and the findings it was refused for. */
export interface NewRefusal {
  readonly record: number
  readonly receivedAt: Date
  readonly message: number
  readonly senderId: number
  readonly formKind: string
  readonly faults: readonly string[]
}

/** A refusal as it was told last; `refused` says whether it still was one then. */
export interface Refusal extends NewRefusal {
  readonly service: Service
  readonly ordinal: number
  readonly refused: boolean
}

/** Keeps that the senders of these records were told of a refusal; once. */
export async function insertRefusals(tx: Queryable, service: Service, rows: readonly NewRefusal[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'insert-refusals',
    text: `insert into rule_refusal (record, service, received_at, message, sender_id, form_kind, faults, refused)
      select r.record, $1, r.received_at, r.message, r.sender_id, r.form_kind, string_to_array(r.faults, ' '), true
      from unnest($2::bigint[], $3::timestamptz[], $4::bigint[], $5::int[], $6::text[], $7::text[])
        as r(record, received_at, message, sender_id, form_kind, faults)
      on conflict do nothing`,
    values: [
      service,
      rows.map((row) => row.record),
      rows.map((row) => row.receivedAt.toISOString()),
      rows.map((row) => row.message),
      rows.map((row) => row.senderId),
      rows.map((row) => row.formKind),
      rows.map((row) => row.faults.join(' ')),
    ],
  })
}

/** What is certain already: all of it, or while a version is still judging what a person released, whatever it says. */
export type Certain = 'all' | 'released'

/**
 * Records of which the sender was told otherwise than it is now, oldest first: refused and no more, or again. Those never
 * told of are records that passed and are refused since, by a version that judged what was stored.
 */
export async function refusalsToldOtherwise(tx: Queryable, limit: number, certain: Certain): Promise<Refusal[]> {
  const { rows } = await tx.query<Refusal>({
    ...thorough,
    // Both as sets: asked one by one, as many refusals as there are forms with a typing error in months take long.
    text: `with refused as materialized (select distinct record, service, received_at from withheld where refuses),
      differing as (
        select coalesce(x.record, n.record) as record, coalesce(x.service, n.service) as service,
          coalesce(x.received_at, n.received_at) as received_at, coalesce(x.refused, false) as refused, x.faults
        from rule_refusal x full join refused n on n.record = x.record
        where coalesce(x.refused, false) <> (n.record is not null) and ($2 = 'all' or x.refused and exists (
          select from override o where o.record = x.record and o.decision = 'release' and o.ended_at is null))
        order by 1 limit $1)
      select d.record, d.service, r.received_at as "receivedAt", r.message, r.sender_id as "senderId",
        r.form_kind as "formKind", r.ordinal, d.refused, coalesce(d.faults, r.fault_codes) as faults
      from differing d join record r on r.service = d.service and r.id = d.record and r.received_at = d.received_at
      order by d.record`,
    values: [limit, certain],
  })
  return rows
}

/** By which rules a record is withheld, and under which activation; no rule and null where a person confirmed it. */
export interface Withholding {
  readonly rules: readonly string[]
  readonly activation: number | null
}

/** Those of the records that are withheld, by record. */
export async function withheldAmong(
  tx: Queryable,
  records: readonly number[],
): Promise<ReadonlyMap<number, Withholding>> {
  const { rows } = await tx.query<Withholding & { record: number }>({
    ...thorough,
    name: 'withholdings-of',
    text: `select w.record, coalesce(array_agg(distinct w.rule) filter (where w.rule <> ''), '{}') as rules,
        max(w.activation) as activation
      from unnest($1::bigint[]) as n(record) join withheld w on w.record = n.record group by w.record`,
    values: [records],
  })
  return new Map(rows.map(({ record, rules, activation }) => [record, { rules, activation }]))
}

/** Writes down what senders are told now. */
export async function noteRefusals(
  tx: Queryable,
  rows: readonly (Refusal & { readonly now: boolean })[],
): Promise<void> {
  await tx.query({
    name: 'note-refusals',
    text: `insert into rule_refusal (record, service, received_at, message, sender_id, form_kind, faults, refused)
      select r.record, r.service, r.received_at, r.message, r.sender_id, r.form_kind, string_to_array(r.faults, ' '), r.refused
      from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::bigint[], $5::int[], $6::text[], $7::text[], $8::bool[])
        as r(record, service, received_at, message, sender_id, form_kind, faults, refused)
      on conflict (record) do update set refused = excluded.refused`,
    values: [
      rows.map((row) => row.record),
      rows.map((row) => row.service),
      rows.map((row) => row.receivedAt.toISOString()),
      rows.map((row) => row.message),
      rows.map((row) => row.senderId),
      rows.map((row) => row.formKind),
      rows.map((row) => row.faults.join(' ')),
      rows.map((row) => row.now),
    ],
  })
}

/**
 * Whether what is stored is still being judged by a version of a pack that counts, for all or for a sender: what it refused
 * under another name is not let pass before. A version that was just activated is waited for until its judging has begun; a
 * revert needs none, and what was undone is not waited for.
 */
export async function isJudgingStored(db: Queryable, pack: string): Promise<boolean> {
  const { rows } = await db.query<{ judging: boolean }>({
    name: 'is-judging-stored',
    text: `with counting as (
        select a.setting, a.at, s.id as sender from activation a left join sender s on s.client_id = a.source
        where a.id in (select activation from active_rule where pack = $1) and a.reverts is null
          and exists (select from activation f join setting p on p.id = f.setting
            where p.kind = 'pack' and p.name = $1 and f.mode in ('active', 'canary') and f.id < a.id)),
      begun as (
        select c.at, r.state from counting c left join impact_report r on r.purpose = 'catch-up' and r.setting = c.setting
          and r.at >= c.at and (r.senders is null or c.sender = any(r.senders)))
      select exists (select from begun where state <> 'done'
        or state is null and at > now() - interval '15 seconds') as judging`,
    values: [pack],
  })
  return rows[0]!.judging
}

/** Changes whenever a rule of a pack may refuse what it did not, or the other way round. */
export async function refusalMark(db: Queryable, pack: string): Promise<string> {
  const { rows } = await db.query<{ mark: string }>({
    name: 'refusal-mark',
    text: `select concat_ws(' ', (select max(id) from activation), (select max(id) from override),
      (select max(ended_at) from override where ended_at is not null),
      (select sum(seen) from impact_report where pack = $1 and purpose <> 'try')) as mark`,
    values: [pack],
  })
  return rows[0]!.mark
}
