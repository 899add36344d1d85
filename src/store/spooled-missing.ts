import { thorough, type Queryable } from './connect.ts'

/** A receipt a node gave for a message on its own disk. */
export interface SpooledReceipt {
  readonly receipt: string
  readonly prefix: string
  readonly senderId: number
  readonly spooledAt: Date
  /** Its node keeps the message aside, because the database refuses it; else its disk has lost it. */
  readonly refused: boolean
}

/**
 * SQL: of a row `x` of `spooled_missing`, a row `l` that settles it: not one of an earlier time that the receipt was given. That
 * time lies sealed beside the message; no clock of now and no file's date is asked, for what is settled may be thrown away.
 */
const isSettledBy = 'l.receipt = x.receipt and coalesce(l.given_until, l.at) >= x.spooled_at'

/** Who was given a receipt by a spool whose bytes never arrive, and when; null for any other. */
export async function findMissing(
  db: Queryable,
  receipt: string,
): Promise<{ node: string; senderId: number; spooledAt: Date } | null> {
  const { rows } = await db.query<{ node: string; senderId: number; spooledAt: Date }>({
    text: `select node, sender_id as "senderId", spooled_at as "spooledAt" from spooled_missing x where receipt = $1
      and (not refused or exists (select from lost_settled l where ${isSettledBy}))`,
    values: [receipt],
  })
  return rows[0] ?? null
}

/**
 * Writes down which of these receipts the database has no message for; the same one twice is one, given when it was last, and
 * the last word counts.
 * Returns how many are new. A message that is sent again later has a key from then on and is not missing any more.
 */
export async function insertMissing(db: Queryable, node: string, receipts: readonly SpooledReceipt[]): Promise<number> {
  const { rowCount } = await db.query({
    text: `insert into spooled_missing as x (receipt, node, sender_id, spooled_at, refused)
      select r.receipt, $1, r.sender_id, r.spooled_at, r.refused
      from unnest($2::uuid[], $3::bigint[], $4::int[], $5::timestamptz[], $6::boolean[])
        as r(receipt, prefix, sender_id, spooled_at, refused)
      where not exists (select from message_key k where k.prefix = r.prefix and k.receipt = r.receipt)
        and not exists (select from message_conflict c where c.receipt = r.receipt)
      on conflict (receipt) do update set node = excluded.node, refused = excluded.refused,
          sender_id = case when x.sender_id = 0 then excluded.sender_id else x.sender_id end,
          spooled_at = greatest(x.spooled_at, excluded.spooled_at)
        where (x.node, x.refused) <> (excluded.node, excluded.refused) or x.spooled_at < excluded.spooled_at`,
    values: [
      node,
      receipts.map((one) => one.receipt),
      receipts.map((one) => one.prefix),
      receipts.map((one) => one.senderId),
      receipts.map((one) => one.spooledAt.toISOString()),
      receipts.map((one) => one.refused),
    ],
  })
  return rowCount ?? 0
}

export interface MissingSpooled {
  readonly receipt: string
  readonly node: string
  readonly sender: string
  readonly spooledAt: Date
  /** Its node keeps the message, which the database refuses; else its disk has lost it. */
  readonly refused: boolean
}

/** A missing receipt with who said that its message never comes, and why; null while it is waited for. */
export interface LostReceipt extends MissingSpooled {
  readonly settled: { readonly at: Date; readonly actor: string; readonly why: string } | null
}

const prefixInSql = `('x' || substr(replace(x.receipt::text, '-', ''), 1, 12) || substr(replace(x.receipt::text, '-', ''), 14, 3))::bit(60)::bigint`

/** Receipts given by a spool whose bytes never arrived, neither as a message nor as a second one under its id; oldest first. */
export async function lostReceipts(db: Queryable): Promise<LostReceipt[]> {
  const { rows } = await db.query<MissingSpooled & { at: Date | null; actor: string; why: string }>({
    ...thorough,
    text: `select x.receipt, x.node, coalesce(s.name, 'not known') as sender, x.spooled_at as "spooledAt", x.refused, l.at, l.actor, l.why
      from spooled_missing x left join sender s on s.id = x.sender_id
        left join lateral (select at, actor, why from lost_settled l where ${isSettledBy} order by id limit 1) l on true
      where not exists (select 1 from message_key k where k.prefix = ${prefixInSql} and k.receipt = x.receipt)
        and not exists (select 1 from message_conflict c where c.receipt = x.receipt)
      order by x.spooled_at`,
  })
  return rows.map(({ at, actor, why, ...lost }) => ({ ...lost, settled: at === null ? null : { at, actor, why } }))
}

/** The receipts without a message that nobody settled: the books cannot balance with one. */
export async function missingSpooled(db: Queryable): Promise<MissingSpooled[]> {
  const missing = (await lostReceipts(db)).filter(({ settled }) => settled === null)
  return missing.map(({ receipt, node, sender, spooledAt, refused }) => ({ receipt, node, sender, spooledAt, refused }))
}

/** Writes that the message of a receipt never comes, of all that was given until now. */
export async function settleLost(
  db: Queryable,
  { receipt, actor, why }: { readonly receipt: string; readonly actor: string; readonly why: string },
): Promise<void> {
  await db.query({
    text: `insert into lost_settled (receipt, actor, why, given_until)
      select receipt, $2, $3, spooled_at from spooled_missing where receipt = $1`,
    values: [receipt, actor, why],
  })
}

/** Of these receipts: those of which somebody said that their message never comes. */
export async function settledAmong(db: Queryable, receipts: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ receipt: string }>({
    text: `select distinct x.receipt from spooled_missing x join lost_settled l on ${isSettledBy} where x.receipt = any($1::uuid[])`,
    values: [receipts],
  })
  return new Set(rows.map(({ receipt }) => receipt))
}
