import type { Queryable } from './connect.ts'

/** How one probe went. `stop` is null when it arrived. */
export interface ProbeRow {
  readonly node: string
  readonly startedAt: Date
  readonly endedAt: Date
  readonly stop: string | null
  readonly code: string | null
  readonly receipt: string | null
}

/** Writes down how a probe went, and forgets those of more than a month ago. */
export async function insertProbe(db: Queryable, probe: ProbeRow): Promise<void> {
  await db.query({
    name: 'insert-probe',
    text: `with old as (delete from probe where started_at < now() - interval '31 days')
      insert into probe (node, started_at, ended_at, ok, stop, code, receipt) values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [probe.node, probe.startedAt, probe.endedAt, probe.stop === null, probe.stop, probe.code, probe.receipt],
  })
}

export interface FailingProbe {
  readonly node: string
  readonly stop: string
  readonly code: string | null
  readonly receipt: string | null
  readonly endedAt: Date
}

/** Nodes that are here and whose last probe did not arrive; a node that sent none for so many seconds is not judged by it. */
export async function failingProbes(db: Queryable, seconds: number): Promise<FailingProbe[]> {
  const { rows } = await db.query<FailingProbe>({
    name: 'failing-probes',
    text: `select n.name as node, p.stop, p.code, p.receipt, p.ended_at as "endedAt" from node n
      cross join lateral (select * from probe where node = n.name and ended_at > now() - make_interval(secs => $1)
        order by started_at desc limit 1) p
      where n.state <> 'stopped' and not p.ok order by 1`,
    values: [seconds],
  })
  return rows
}
