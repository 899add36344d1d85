import { services } from '../formats/record.ts'
import { SluisError } from '../kernel/errors.ts'
import type { Queryable } from './connect.ts'

/**
 * The error `transactions-behind` for a database whose next transaction has a number that entries or blocks have gone past;
 * null when it has not. A copy by pg_dump takes the numbers along and not their counter: what is stored then lies before the
 * place of every feed, webhook, block and tally, and all of them would pass over it without a word.
 */
export async function transactionsBehind(db: Queryable): Promise<SluisError | null> {
  const { rows } = await db.query<{ next: string; highest: string; epoch: string }>({
    // Of each service the last block, of each partition the end of its key.
    text: `with told as (
        (select xid from entry order by xid desc limit 1)
        union all select b.to_xid from unnest($1::text[]) as s(service), lateral
          (select to_xid from block where service = s.service order by number desc limit 1) b
      ), highest as (select xid from told order by xid desc limit 1)
      select pg_snapshot_xmax(pg_current_snapshot())::text as next, xid::text as highest,
        (div(xid::text::numeric, 4294967296) + 1)::text as epoch
      from highest where pg_snapshot_xmax(pg_current_snapshot()) <= xid`,
    values: [services],
  })
  const [found] = rows
  return found === undefined ? null : new SluisError('transactions-behind', { ...found })
}
