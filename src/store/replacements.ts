import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'
import type { MessagePlace } from './trace.ts'

/**
 * SQL: the replacement that counts now of the one that `p` begins, by what replaces it in turn where it is withheld itself; no
 * row when all of them are.
 */
export const counting = `(
    with recursive later as (
      select p.by_record, p.by_message, p.by_receipt, p.by_ordinal, p.service, p.received_at, p.sender_id, p.action, 1 as steps
      union all
      select n.by_record, n.by_message, n.by_receipt, n.by_ordinal, n.service, n.received_at, n.sender_id, n.action, l.steps + 1
      from later l join replacement n on n.record = l.by_record
      where l.steps < 1000 and is_withheld(l.service, l.received_at, l.by_record)
    )
    select * from later l where not is_withheld(l.service, l.received_at, l.by_record) order by l.steps limit 1)`

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
export interface Candidate extends ReplacedBy {
  readonly byOrdinal: number
  readonly record: number
  readonly ordinal: number
  readonly receipt: string
  readonly recordMessage: number
  readonly recordReceivedAt: Date
  /** What it says it replaces itself and nobody noted, because it was refused and never planned; null for others. */
  readonly unnoted: { readonly action: 'correct' | 'withdraw'; readonly messageId: string } | null
  /** Both were sent on the same form, so they are owed to the same destinations. */
  readonly sameForm: boolean
  readonly accepted: boolean
}

/**
 * The records of the messages that open replacements name: of replacements made by `byRecords`, and of those that wait for
 * one of `messageIds`. Only records of the same sender: the key holds the sender.
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
        p.received_at as "byReceivedAt", p.service, p.sender_id as "senderId", p.action, r.id as record, r.ordinal, k.receipt,
        r.message as "recordMessage", r.received_at as "recordReceivedAt",
        case when r.action <> 'new' and not exists (select from replacement o where o.by_record = r.id)
          then json_build_object('action', r.action, 'messageId', coalesce(r.replaces_message_id, '')) end as unnoted,
        r.form = b.form as "sameForm", r.outcome = 'accepted' as accepted
      from due p
      join record b on b.id = p.by_record and b.service = p.service and b.received_at = p.received_at
      join message_key k on k.prefix = p.prefix and k.sender_id = p.sender_id and k.message_id = p.message_id
      join record r on r.message = k.message and r.service = k.service and r.received_at = k.received_at
      where r.message <> p.by_message
      order by p.by_record, r.ordinal`,
    values: [byRecords, messageIds.map((m) => m.senderId), messageIds.map((m) => m.messageId)],
  })
  return rows
}

/** What was found for one replacement. */
export interface FoundReplacement {
  readonly byRecord: number
  readonly record: number
  readonly receipt: string
  readonly ordinal: number
  readonly patient: Buffer | null
  /** As it is owed: a withdrawal goes by the kind of what it withdraws. */
  readonly formKind: string
  /** Somebody is owed the record replaced. */
  readonly sent: boolean
}

/**
 * Ties a replacement to the newest record in the chain that begins with `record` (a correction of what was corrected
 * already replaces the correction), with an entry on the record replaced. False when that would be itself.
 */
export async function tieReplacement(tx: Queryable, byRecord: number, record: number, actor: string): Promise<boolean> {
  const { rows } = await tx.query({
    name: 'tie-replacement',
    text: `with recursive chain as (
        select $2::bigint as record, 0 as depth
        union all select p.by_record, c.depth + 1 from chain c join replacement p on p.record = c.record where c.depth < 1000
      ), head as (
        select record from chain order by depth desc limit 1
      ), meant as (
        select r.id, r.message, r.service, r.received_at, r.sender_id
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
      select from tied`,
    values: [byRecord, record, actor],
  })
  return rows.length > 0
}

/** A replacement that means no record of the message it names, the receipt of that message, and why. */
export interface Misled {
  readonly byRecord: number
  readonly receipt: string
  readonly code: 'replaces-other-form' | 'replaces-unclear'
}

/** Ends open replacements that mean no record, with entries that tell the sender; each once. */
export async function endReplacements(tx: Queryable, rows: readonly Misled[], actor: string): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'end-replacements',
    text: `with ended as (
        update replacement p set open = false from unnest($1::bigint[], $2::text[], $3::text[]) as n(by_record, receipt, code)
        where p.by_record = n.by_record and p.open and p.record is null
        returning p.service, p.by_message, p.received_at, p.by_record, p.by_ordinal, p.sender_id, n.receipt, n.code)
      insert into entry (service, message, received_at, record, sender_id, kind, actor, tell, detail)
      select service, by_message, received_at, by_record, sender_id, 'replaces-nothing', $4, true,
        jsonb_build_object('code', code, 'ordinal', by_ordinal, 'named', receipt)
      from ended`,
    values: [rows.map((row) => row.byRecord), rows.map((row) => row.receipt), rows.map((row) => row.code), actor],
  })
}

/** The sender's own ids of the messages that records of one message wait for, because they replace one of theirs; by record. */
export async function awaitedByMessage(db: Queryable, message: MessagePlace): Promise<Map<number, string>> {
  const { rows } = await db.query<{ record: number; messageId: string }>({
    name: 'awaited-by-message',
    text: `select r.id as record, p.message_id as "messageId" from record r join replacement p on p.by_record = r.id
      where r.service = $1 and r.received_at = $2 and r.message = $3 and p.open and p.record is null`,
    values: [message.service, message.receivedAt.toISOString(), message.id],
  })
  return new Map(rows.map((row) => [row.record, row.messageId]))
}

/** Which of these records replace nothing, as their sender was told. */
export async function replacingNothing(tx: Queryable, byRecords: readonly number[]): Promise<number[]> {
  const { rows } = await tx.query<{ byRecord: number }>({
    name: 'replacing-nothing',
    text: `select by_record as "byRecord" from replacement
      where by_record = any($1::bigint[]) and record is null and not open`,
    values: [byRecords],
  })
  return rows.map((row) => row.byRecord)
}

/** Which of these records have been replaced. */
export async function replacedAmong(tx: Queryable, records: readonly number[]): Promise<Map<number, Replacing>> {
  const { rows } = await tx.query<Replacing & { record: number }>({
    name: 'replaced-among',
    text: `select p.record, coalesce(b.action, p.action) as action, coalesce(b.by_record, p.by_record) as "byRecord",
        coalesce(b.by_message, p.by_message) as "byMessage", coalesce(b.received_at, p.received_at) as "byReceivedAt",
        p.service, p.sender_id as "senderId", b.by_record is null as "isWithheld",
        exists (select from delivery d where d.message = b.by_message and d.record = b.by_record
          and d.purpose in ('result', 'vaccination')) as "isOwed"
      from replacement p left join lateral ${counting} b on true where p.record = any($1::bigint[])`,
    values: [records],
  })
  return new Map(rows.map((row) => [row.record, row]))
}

/** What takes the place of a record, and how. */
export interface ReplacedBy {
  readonly byRecord: number
  readonly byMessage: number
  readonly byReceivedAt: Date
  readonly service: Service
  readonly senderId: number
  readonly action: 'correct' | 'withdraw'
}

/** What took the place of a record; withheld now it changes nothing. */
export interface Replacing extends ReplacedBy {
  readonly isWithheld: boolean
  /** A register is told, or was, of what there was before the record came. */
  readonly isOwed: boolean
}

/** What these replacing records replace, one after the other, as far as it is known: the latest first. */
export async function replacementsBy(tx: Queryable, byRecords: readonly number[]): Promise<FoundReplacement[]> {
  const { rows } = await tx.query<FoundReplacement>({
    name: 'replacements-by',
    text: `with recursive earlier as (
        select by_record, record, message, service, 1 as steps from replacement
        where by_record = any($1::bigint[]) and record is not null
        union all
        select e.by_record, p.record, p.message, p.service, e.steps + 1 from earlier e
        join replacement p on p.by_record = e.record where p.record is not null and e.steps < 1000
      )
      select p.by_record as "byRecord", p.record, k.receipt, r.ordinal, r.patient,
        coalesce(o.form_kind, r.form_kind) as "formKind", coalesce(o.sent, false) as sent
      from earlier p join record r on r.id = p.record and r.service = p.service
      join message k on k.id = r.message and k.service = r.service and k.received_at = r.received_at
      cross join lateral (select min(d.form_kind) as form_kind, bool_or(d.state <> 'withdrawn') as sent from delivery d
        where d.message = p.message and d.record = p.record and d.purpose in ('result', 'vaccination')) o
      order by p.by_record, p.steps`,
    values: [byRecords],
  })
  return rows
}
