import type { Queryable } from './connect.ts'

/** A certificate to be kept; `hc1` is sealed. */
export interface NewCertificate {
  readonly delivery: number
  readonly uvci: string
  readonly hc1: Buffer
  readonly dataKey: number
  readonly hashUci: Buffer
  readonly hashSignature: Buffer
  readonly issuedAt: Date
  readonly expiresAt: Date
}

/**
 * Keeps certificates with an entry that tells the sender; the first of a record stays, and the same one again is nothing
 * new. The sender is also told of one that cannot be kept: its record has another, or it is another record's.
 */
export async function insertCertificates(
  tx: Queryable,
  certificates: readonly NewCertificate[],
  actor: string,
): Promise<void> {
  const columns = [
    certificates.map((c) => c.delivery),
    certificates.map((c) => c.uvci),
    certificates.map((c) => c.hc1.toString('base64')),
    certificates.map((c) => c.dataKey),
    certificates.map((c) => c.hashUci.toString('hex')),
    certificates.map((c) => c.hashSignature.toString('hex')),
    certificates.map((c) => c.issuedAt.toISOString()),
    certificates.map((c) => c.expiresAt.toISOString()),
  ]
  await tx.query({
    name: 'insert-certificates',
    text: `with kept as (
        insert into certificate (record, message, service, received_at, delivery, uvci, hc1, data_key, hash_uci,
          hash_signature, issued_at, expires_at)
        select d.record, d.message, d.service, d.received_at, d.id, i.uvci, decode(i.hc1, 'base64'), i.data_key,
          decode(i.hash_uci, 'hex'), decode(i.hash_signature, 'hex'), i.issued_at, i.expires_at
        from unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::timestamptz[],
          $8::timestamptz[]) as i(delivery, uvci, hc1, data_key, hash_uci, hash_signature, issued_at, expires_at)
        join delivery d on d.id = i.delivery
        order by d.record
        on conflict do nothing returning record, delivery, uvci)
      insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor, tell, detail)
      select d.service, d.message, d.received_at, d.record, d.id, d.sender_id, 'certified', $9, true,
        jsonb_build_object('destination', d.destination, 'uvci', k.uvci)
      from kept k join delivery d on d.id = k.delivery order by d.id`,
    values: [...columns, actor],
  })
  await tx.query({
    name: 'differing-certificates',
    text: `with other as (
        select d.* from unnest($1::bigint[], $2::text[]) as i(delivery, uvci) join delivery d on d.id = i.delivery
        where not exists (select from certificate c where c.record = d.record and c.uvci = i.uvci))
      insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor, tell, detail)
      select service, message, received_at, record, id, sender_id, 'not-certified', $3, true,
        jsonb_build_object('destination', destination, 'purpose', purpose, 'code', 'certificate-differs')
      from other`,
    values: [columns[0], columns[1], actor],
  })
}
