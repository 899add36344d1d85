import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'

/** A record that says it takes the place of the sender's earlier message. */
export interface NewReplacement {
  readonly byRecord: number
  readonly byMessage: number
  readonly byReceipt: string
  readonly byOrdinal: number
  readonly service: Service
  readonly receivedAt: Date
  readonly senderId: number
  readonly prefix: string
  readonly messageId: string
  readonly action: 'correct' | 'withdraw'
}

/** Notes who replaces what, once. */
export async function insertReplacements(tx: Queryable, rows: readonly NewReplacement[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'insert-replacements',
    text: `insert into replacement (by_record, by_message, by_receipt, by_ordinal, service, received_at, sender_id, prefix,
        message_id, action)
      select * from unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::int[], $5::text[], $6::timestamptz[], $7::int[],
        $8::bigint[], $9::text[], $10::text[])
      on conflict (by_record) do nothing`,
    values: [
      rows.map((r) => r.byRecord),
      rows.map((r) => r.byMessage),
      rows.map((r) => r.byReceipt),
      rows.map((r) => r.byOrdinal),
      rows.map((r) => r.service),
      rows.map((r) => r.receivedAt.toISOString()),
      rows.map((r) => r.senderId),
      rows.map((r) => r.prefix),
      rows.map((r) => r.messageId),
      rows.map((r) => r.action),
    ],
  })
}

/** A record that could be the one meant by an open replacement. */
export interface Candidate {
  readonly byRecord: number
  readonly byOrdinal: number
  readonly byMessage: number
  readonly byReceivedAt: Date
  readonly service: Service
  readonly senderId: number
  readonly action: 'correct' | 'withdraw'
  readonly record: number
  readonly ordinal: number
}

/**
 * The records that open replacements can mean: those made by `byRecords`, and those that wait for one of `messageIds`. Only
 * records of the same sender: the key holds the sender.
 */
export async function replacementCandidates(
  tx: Queryable,
  byRecords: readonly number[],
  messageIds: readonly { senderId: number; messageId: string }[],
): Promise<Candidate[]> {
  const { rows } = await tx.query<Candidate>({
    name: 'replacement-candidates',
    text: `with due as (
        select * from replacement where open and record is null and by_record = any($1::bigint[])
        union
        select p.* from unnest($2::int[], $3::text[]) as w(sender_id, message_id)
        join replacement p on p.sender_id = w.sender_id and p.message_id = w.message_id and p.open and p.record is null)
      select p.by_record as "byRecord", p.by_ordinal as "byOrdinal", p.by_message as "byMessage",
        p.received_at as "byReceivedAt", p.service, p.sender_id as "senderId", p.action, r.id as record, r.ordinal
      from due p
      join message_key k on k.prefix = p.prefix and k.sender_id = p.sender_id and k.message_id = p.message_id
      join record r on r.message = k.message and r.service = k.service and r.received_at = k.received_at
      where r.outcome = 'accepted' and r.message <> p.by_message
      order by p.by_record, r.ordinal`,
    values: [byRecords, messageIds.map((m) => m.senderId), messageIds.map((m) => m.messageId)],
  })
  return rows
}

/** SQL: whether a record that a rule refused was never owed to anybody. */
const unsent = (
  record: string,
  message: string,
): string => `(exists (select from rule_refusal x where x.record = ${record})
  and not exists (select from delivery d where d.message = ${message} and d.record = ${record}))`

/** What was found for one replacement. */
export interface FoundReplacement {
  readonly byRecord: number
  readonly record: number
  readonly message: number
  readonly receipt: string
  readonly ordinal: number
  readonly patient: Buffer | null
  /** Nobody was owed the record replaced. */
  readonly unsent: boolean
}

/**
 * Ties a replacement to the newest record in the chain that begins with `record` (a correction of what was corrected
 * already replaces the correction), with an entry on the record replaced. Null when that would be itself.
 */
export async function tieReplacement(
  tx: Queryable,
  byRecord: number,
  record: number,
  actor: string,
): Promise<FoundReplacement | null> {
  const { rows } = await tx.query<FoundReplacement>({
    name: 'tie-replacement',
    text: `with recursive chain as (
        select $2::bigint as record, 0 as depth
        union all select p.by_record, c.depth + 1 from chain c join replacement p on p.record = c.record where c.depth < 1000
      ), head as (
        select record from chain order by depth desc limit 1
      ), meant as (
        select r.id, r.message, r.service, r.received_at, r.ordinal, r.sender_id, r.patient
        from head h join record r on r.id = h.record where h.record <> $1
      ), tied as (
        update replacement p set record = m.id, message = m.message from meant m where p.by_record = $1
        returning p.action, p.by_receipt, p.by_ordinal
      ), told as (
        insert into entry (service, message, received_at, record, sender_id, kind, actor, detail)
        select m.service, m.message, m.received_at, m.id, m.sender_id, 'corrected', $3,
          jsonb_build_object('action', t.action, 'by', t.by_receipt || '.' || t.by_ordinal)
        from meant m, tied t
      )
      select $1::bigint as "byRecord", m.id as record, m.message, k.receipt, m.ordinal, m.patient,
        ${unsent('m.id', 'm.message')} as unsent
      from meant m join message k on k.id = m.message and k.service = m.service and k.received_at = m.received_at`,
    values: [byRecord, record, actor],
  })
  return rows[0] ?? null
}

/** Which of these records have been replaced. */
export async function replacedAmong(tx: Queryable, records: readonly number[]): Promise<Set<number>> {
  const { rows } = await tx.query<{ record: number }>({
    name: 'replaced-among',
    text: 'select record from replacement where record = any($1::bigint[])',
    values: [records],
  })
  return new Set(rows.map((row) => row.record))
}

/** What these replacing records replace, as far as it is known. */
export async function replacementsBy(tx: Queryable, byRecords: readonly number[]): Promise<FoundReplacement[]> {
  const { rows } = await tx.query<FoundReplacement>({
    name: 'replacements-by',
    text: `select p.by_record as "byRecord", p.record, p.message, k.receipt, r.ordinal, r.patient,
        ${unsent('r.id', 'r.message')} as unsent
      from replacement p join record r on r.id = p.record and r.service = p.service
      join message k on k.id = r.message and k.service = r.service and k.received_at = r.received_at
      where p.by_record = any($1::bigint[]) and p.record is not null`,
    values: [byRecords],
  })
  return rows
}

/** Certificates of replaced records that were never asked for need not be made any more. */
export async function withdrawUnasked(tx: Queryable, actor: string): Promise<void> {
  await tx.query({
    name: 'withdraw-unasked',
    text: `with gone as (
        update delivery d set state = 'withdrawn', last_code = 'replaced', settled_at = now()
        from replacement p
        where p.open and p.record is not null and d.message = p.message and d.record = p.record and d.purpose = 'certificate'
          and d.state in ('blocked', 'waiting') and d.attempts = 0 and d.lease is null
        returning d.*)
      insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor, detail)
      select service, message, received_at, record, id, sender_id, 'withdrawn', $1,
        jsonb_build_object('destination', destination, 'purpose', purpose, 'code', 'replaced')
      from gone`,
    values: [actor],
  })
}

/** A certificate that must be revoked because its record was replaced. */
export interface DueRevocation {
  readonly certificate: number
  readonly action: 'correct' | 'withdraw'
  readonly byRecord: number
  readonly byMessage: number
  readonly byReceipt: string
  readonly byOrdinal: number
  readonly service: Service
  readonly receivedAt: Date
  readonly senderId: number
  readonly destination: string
  readonly formKind: string
  readonly replaces: string
}

/** Writes down which certificates are revoked from now on, with entries that tell the sender; each once. */
export async function revokeReplaced(tx: Queryable, actor: string): Promise<DueRevocation[]> {
  const { rows } = await tx.query<DueRevocation>({
    name: 'revoke-replaced',
    text: `with due as materialized (
        select c.id as certificate, c.uvci, p.action, p.by_record, p.by_message, p.by_receipt, p.by_ordinal, p.service,
          p.received_at, p.sender_id, d.id as delivery, d.destination, d.form_kind, d.receipt, d.ordinal, d.record,
          d.message, d.received_at as certified_at
        from replacement p join certificate c on c.record = p.record join delivery d on d.id = c.delivery
        where p.open and p.record is not null
      ), revoked as (
        insert into certificate_revocation (certificate, why, actor)
        select certificate, action || ' by ' || by_receipt || '.' || by_ordinal, $1 from due
        on conflict do nothing returning certificate
      ), told as (
        insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor, tell, detail)
        select d.service, d.message, d.certified_at, d.record, d.delivery, d.sender_id, 'revoked', $1, true,
          jsonb_build_object('uvci', d.uvci, 'by', d.by_receipt || '.' || d.by_ordinal)
        from due d join revoked using (certificate)
      )
      select certificate, action, by_record as "byRecord", by_message as "byMessage", by_receipt as "byReceipt",
        by_ordinal as "byOrdinal", service, received_at as "receivedAt", sender_id as "senderId", destination,
        form_kind as "formKind", receipt || '.' || ordinal as replaces
      from due join revoked using (certificate)`,
    values: [actor],
  })
  return rows
}

/** Closes replacements that can lead to nothing more: no certificate left to revoke, and none on its way. */
export async function closeReplacements(tx: Queryable): Promise<void> {
  await tx.query({
    name: 'close-replacements',
    text: `update replacement p set open = false where p.open and p.record is not null
      and not exists (select from delivery d where d.message = p.message and d.record = p.record
        and d.purpose = 'certificate' and d.state not in ('acknowledged', 'refused', 'withdrawn'))
      and not exists (select from certificate c where c.record = p.record
        and not exists (select from certificate_revocation v where v.certificate = c.id))`,
  })
}
