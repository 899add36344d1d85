import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'

/** Those of these receipts that the hub knows neither as a message nor as a conflict. */
export async function unknownReceipts(db: Queryable, receipts: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ receipt: string }>({
    text: `select receipt from unnest($1::uuid[]) as held(receipt)
      except select receipt from message_key except select receipt from message_conflict`,
    values: [receipts],
  })
  return rows.map((row) => row.receipt)
}

export interface OpenWork {
  readonly steps: number
  readonly deliveries: number
}

/** What is still to be read, checked, planned or delivered, of messages received before a moment. */
export async function openWork(db: Queryable, before: Date | null = null): Promise<OpenWork> {
  const { rows } = await db.query<OpenWork>({
    name: 'drill-open-work',
    text: `select (select count(*) from step where $1::timestamptz is null or received_at < $1) as steps,
      (select count(*) from delivery where state in ('blocked', 'waiting', 'unknown', 'pending')
        and ($1::timestamptz is null or received_at < $1)) as deliveries`,
    values: [before],
  })
  return rows[0]!
}

/**
 * Forms that passed, and neither owe anything nor wait for being planned: they are nowhere. Nothing is owed either by what went
 * out in the words of its correction, and by a correction that names nothing it could mean.
 */
export async function recordsNowhere(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ receipt: string }>({
    text: `select k.receipt from record r join message_key k on k.message = r.message
      where r.service = 'eforms' and r.outcome = 'accepted' and r.action <> 'withdraw' and not exists (select from delivery d where d.record = r.id)
        and not exists (select from step s where s.message = r.message)
        and not exists (select from replacement p
          where p.record = r.id and (p.action = 'correct' or exists (select from rule_refusal x where x.record = r.id)))
        and not exists (select from replacement p where p.by_record = r.id and p.record is null and not p.open)
        and not exists (select from withheld w
          where w.service = r.service and w.received_at = r.received_at and w.record = r.id and w.refuses)`,
  })
  return rows.map((row) => row.receipt)
}

/** How many records are refused, by the form or by a rule, by code of the fault. */
export async function refusedByCode(db: Queryable): Promise<Record<string, number>> {
  return byCode(
    db,
    `select code, count(*) as count from record r cross join lateral unnest(r.fault_codes) as code
      where r.outcome = 'refused' or exists (select from withheld w
        where w.service = r.service and w.received_at = r.received_at and w.record = r.id and w.refuses) group by 1 order by 2 desc, 1`,
  )
}

/** How many deliveries were refused by destinations, by their code. */
export async function refusedByDestinations(db: Queryable): Promise<Record<string, number>> {
  return byCode(
    db,
    `select destination || ': ' || coalesce(last_code, 'without a code') as code, count(*) as count from delivery
      where state = 'refused' group by 1 order by 2 desc, 1`,
  )
}

/** How many offers were turned away, by code. */
export async function turnedAwayByCode(db: Queryable): Promise<Record<string, number>> {
  return byCode(db, 'select code, sum(count)::int8 as count from turned_away group by 1 order by 2 desc, 1')
}

async function byCode(db: Queryable, text: string): Promise<Record<string, number>> {
  const { rows } = await db.query<{ code: string; count: number }>({ text })
  return Object.fromEntries(rows.map(({ code, count }) => [code, count]))
}

/** The ids of all deliveries a destination acknowledged, as our side has it. */
export async function acknowledgedIds(db: Queryable, destination: string): Promise<string[]> {
  const { rows } = await db.query<{ uid: string }>({
    text: `select uid from delivery where destination = $1 and state = 'acknowledged'`,
    values: [destination],
  })
  return rows.map((row) => row.uid)
}

/** How many deliveries of people's messages received since a moment a destination has acknowledged. */
export async function acknowledgedSince(db: Queryable, destination: string, moment: Date): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    text: `select count(*)::int as count from delivery
      where destination = $1 and state = 'acknowledged' and received_at >= $2
        and exists (select from sender s where s.id = sender_id and s.kind <> 'probe')`,
    values: [destination, moment],
  })
  return rows[0]!.count
}

/** Answers with a certificate that could not be kept: its record had another already, or it was another record's. */
export async function secondCertificates(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    text: `select count(*) as count from entry where kind = 'not-certified' and detail->>'code' = 'certificate-differs'`,
  })
  return rows[0]!.count
}

/** A certificate beside the message it was made from; both are sealed. */
export interface CertificateBesideMessage {
  readonly id: number
  readonly receipt: string
  readonly service: Service
  readonly uvci: string
  readonly hc1: Buffer
  readonly hc1Key: number
  readonly body: Buffer
  readonly bodyKey: number
  readonly receivedAt: Date
  readonly createdAt: Date
}

/** The next certificates of people after a number, in order; those of the hub’s own probes are nobody’s. */
export async function certificatesBesideMessages(
  db: Queryable,
  after: number,
  limit: number,
): Promise<CertificateBesideMessage[]> {
  const { rows } = await db.query<CertificateBesideMessage>({
    name: 'certificates-beside-messages',
    text: `select c.id, m.receipt, c.service, c.uvci, c.hc1, c.data_key as "hc1Key", m.body, m.data_key as "bodyKey",
        c.received_at as "receivedAt", c.created_at as "createdAt"
      from certificate c join message m on m.service = c.service and m.received_at = c.received_at and m.id = c.message
      join sender s on s.id = m.sender_id and s.kind <> 'probe'
      where c.id > $1 order by c.id limit $2`,
    values: [after, limit],
  })
  return rows
}

export interface CertificateWait {
  readonly urgent: boolean
  readonly receivedAt: Date
  readonly settledAt: Date
}

/** Certificates of people that were owed for messages received before a moment, and settled after it. */
export async function certificateWaits(db: Queryable, moment: Date): Promise<CertificateWait[]> {
  const { rows } = await db.query<CertificateWait>({
    text: `select urgent, received_at as "receivedAt", settled_at as "settledAt" from delivery
      where purpose = 'certificate' and state = 'acknowledged' and received_at < $1 and settled_at >= $1
        and exists (select from sender s where s.id = sender_id and s.kind <> 'probe')`,
    values: [moment],
  })
  return rows
}
