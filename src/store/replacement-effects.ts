import type { Queryable } from './connect.ts'
import { isKeptBack } from './delivery-had.ts'
import { counting, type NewReplacement } from './replacements.ts'

const isUnsent = (d: string): string => `(${d}.purpose <> 'revocation' and ${d}.state in ('blocked', 'waiting')
  and ${d}.lease is null and (${d}.purpose = 'certificate' and ${d}.attempts = 0 or ${isKeptBack(d)}))`

/** The records that replace of the replacements meant; null: all that are open. */
export type Only = readonly number[] | null

// Two statements: one that serves both looks at all that are open.
const among = (name: string, only: Only) =>
  only === null
    ? { name, isMeant: 'p.open', values: [] }
    : { name: `${name}-of`, isMeant: 'p.open and p.by_record = any($1)', values: [only] }

/**
 * What replaced records owe and nobody has yet need not go out any more: certificates never asked for, and all that was
 * withheld before it left. A replacement that is withheld itself changes nothing until it is let go.
 */
export async function withdrawUnsent(tx: Queryable, actor: string, only: Only): Promise<void> {
  const { name, isMeant, values } = among('withdraw-unsent', only)
  const by = `$${values.length + 1}`
  await tx.query({
    name,
    text: `with unsent as materialized (
        select d.id as delivery, p.* from replacement p
          join delivery d on d.message = p.message and d.record = p.record
        where ${isMeant} and p.record is not null and ${isUnsent('d')}
      ), gone as (
        update delivery d set state = 'withdrawn', last_code = 'replaced', settled_at = now()
        from unsent p where d.id = p.delivery and ${isUnsent('d')} and exists ${counting}
        returning d.*)
      insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor, detail)
      select service, message, received_at, record, id, sender_id, 'withdrawn', ${by},
        jsonb_build_object('destination', destination, 'purpose', purpose, 'code', 'replaced')
      from gone`,
    values: [...values, actor],
  })
}

/** A certificate that must be revoked because its record was replaced. */
export interface DueRevocation extends Omit<NewReplacement, 'prefix' | 'messageId'> {
  readonly certificate: number
  readonly destination: string
  readonly formKind: string
  readonly replaces: string
}

/** Writes down which certificates are revoked from now on, with entries that tell the sender; each once. */
export async function revokeReplaced(tx: Queryable, actor: string, only: Only): Promise<DueRevocation[]> {
  const { name, isMeant, values } = among('revoke-replaced', only)
  const by = `$${values.length + 1}`
  const { rows } = await tx.query<DueRevocation>({
    name,
    text: `with due as materialized (
        select c.id as certificate, c.uvci, b.action, b.by_record, b.by_message, b.by_receipt, b.by_ordinal, b.service,
          b.received_at, b.sender_id, d.id as delivery, d.destination, d.form_kind, d.receipt, d.ordinal, d.record,
          d.message, d.received_at as certified_at
        from replacement p join certificate c on c.record = p.record join delivery d on d.id = c.delivery
          cross join lateral ${counting} b
        where ${isMeant} and p.record is not null
      ), revoked as (
        insert into certificate_revocation (certificate, why, actor)
        select certificate, action || ' by ' || by_receipt || '.' || by_ordinal, ${by} from due
        on conflict do nothing returning certificate
      ), told as (
        insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor, tell, detail)
        select d.service, d.message, d.certified_at, d.record, d.delivery, d.sender_id, 'revoked', ${by}, true,
          jsonb_build_object('uvci', d.uvci, 'by', d.by_receipt || '.' || d.by_ordinal)
        from due d join revoked using (certificate)
      )
      select certificate, action, by_record as "byRecord", by_message as "byMessage", by_receipt as "byReceipt",
        by_ordinal as "byOrdinal", service, received_at as "receivedAt", sender_id as "senderId", destination,
        form_kind as "formKind", receipt || '.' || ordinal as replaces
      from due join revoked using (certificate)`,
    values: [...values, actor],
  })
  return rows
}

/**
 * Closes replacements that can lead to nothing more: no certificate left to revoke, and nothing of the record replaced on
 * its way, which may be withheld before it leaves.
 */
export async function closeReplacements(tx: Queryable, only: Only): Promise<void> {
  const { name, isMeant, values } = among('close-replacements', only)
  await tx.query({
    name,
    text: `update replacement p set open = false where ${isMeant} and p.record is not null
      and not exists (select from delivery d where d.message = p.message and d.record = p.record
        and d.purpose <> 'revocation' and d.state not in ('acknowledged', 'refused', 'withdrawn'))
      and not exists (select from certificate c where c.record = p.record
        and not exists (select from certificate_revocation v where v.certificate = c.id))`,
    values,
  })
}
