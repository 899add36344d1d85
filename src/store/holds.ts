import type { Queryable } from './connect.ts'
import type { MessagePlace } from './trace.ts'

/**
 * What keeps a record from readers and destinations: a rule of a version of a pack by its activation, or a person, and then
 * `pack`, `version` and `rule` are empty and `by` names who.
 */
export interface Hold {
  readonly pack: string
  readonly version: string
  readonly rule: string
  readonly activation: number | null
  readonly since: Date
  readonly by: string | null
  /** It is refused: its sender was told. */
  readonly refuses: boolean
}

const columns = `w.pack, coalesce(p.body ->> 'version', '') as version, w.rule, w.activation, o.actor as by, w.refuses`
const joined = 'left join setting p on p.id = w.setting left join override o on o.id = w.override'

/** What holds the records of a message now; a record that several rules withhold stands there once, by the first. */
export async function holdsOfMessage(db: Queryable, message: MessagePlace): Promise<Map<number, Hold>> {
  const { rows } = await db.query<Hold & { record: number }>({
    name: 'holds-of-message',
    text: `select distinct on (w.record) w.record, ${columns}, w.since from withheld w join record r
        on r.service = w.service and r.received_at = w.received_at and r.id = w.record ${joined}
      where w.service = $1 and w.received_at = $2 and r.message = $3 order by w.record, w.refuses desc, w.since, w.pack,
        w.rule`,
    values: [message.service, message.receivedAt, message.id],
  })
  return new Map(rows.map(({ record, ...hold }) => [record, hold]))
}

/** Deliveries to one destination that wait for the same to let go. */
export interface HeldLine extends Hold {
  readonly destination: string
  readonly formKind: string
  readonly count: number
}

/** So many held deliveries of a destination are looked through; of more the oldest. */
export const heldAtMost = 20_000

/**
 * What the open deliveries of a destination (null: of all) wait for besides their turn: by form kind and activation, most
 * first. One that several rules hold is counted once, under the first.
 */
export async function heldLines(db: Queryable, destination: string | null): Promise<HeldLine[]> {
  const { rows } = await db.query<HeldLine>({
    name: 'held-lines',
    text: `with held as materialized (
        select id, destination, form_kind, service, received_at, record from delivery
        where held and state in ('waiting', 'unknown', 'pending') and ($1::text is null or destination = $1)
        order by destination, due_at, id limit ${heldAtMost}
      ), first as (
        select distinct on (d.id) d.destination, d.form_kind, w.pack, w.setting, w.rule, w.activation, w.override, w.since, w.refuses
        from held d join withheld w
          on w.service = d.service and w.received_at = d.received_at and w.record = d.record
        order by d.id, w.since, w.pack, w.rule
      )
      select w.destination, w.form_kind as "formKind", ${columns}, min(w.since) as since, count(*) as count
      from first w ${joined} group by 1, 2, 3, 4, 5, 6, 7, 8 order by count desc limit 100`,
    values: [destination],
  })
  return rows
}
