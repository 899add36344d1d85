import type { Queryable } from './connect.ts'

const open = `('waiting', 'unknown', 'pending')`

// The lease itself stays: a delivery whose lease ran out is asked for before it is sent again.
const endLeases = `update delivery d set leased_until = now() + $2::int * interval '1 millisecond'
  where d.destination = $1 and d.state in ${open} and d.leased_until > now() + $2::int * interval '1 millisecond'`

/** Ends what an earlier process of this node left leased, in `waitMs`. Only before this process leases anything itself. */
export async function endOwnLeases(db: Queryable, destination: string, node: string, waitMs: number): Promise<number> {
  const { rowCount } = await db.query({
    text: `${endLeases} and d.leased_by = $3`,
    values: [destination, waitMs, node],
  })
  return rowCount ?? 0
}

/** Ends at once what nodes have leased that gave no sign of life for `silentSeconds`. */
export async function endLeasesOfSilent(db: Queryable, destination: string, silentSeconds: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'end-leases-of-silent',
    text: `${endLeases} and d.leased_by in (select name from node where seen_at < now() - make_interval(secs => $3))`,
    values: [destination, 0, silentSeconds],
  })
  return rowCount ?? 0
}
