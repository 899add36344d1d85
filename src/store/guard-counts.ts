import { thorough, type Queryable } from './connect.ts'

/** What an activation withheld of one sender and kind by one rule (`*` for any), beside what is usual at these hours. */
export interface GuardCount {
  readonly pack: string
  readonly activation: number
  readonly senderId: number
  readonly clientId: string
  readonly formKind: string
  readonly rule: string
  readonly checked: number
  readonly withheld: number
  /** Of these in the hour that runs. */
  readonly checkedThisHour: number
  readonly withheldThisHour: number
  /** At the same hours of the week during the four weeks before it began, under other activations. */
  readonly usualChecked: number
  readonly usualWithheld: number
}

/** The hour of the week of a count. */
const placeInWeek = `extract(isodow from c.hour at time zone 'Europe/Brussels') * 100
          + extract(hour from c.hour at time zone 'Europe/Brussels')`

/**
 * The counts of everything that counts now. Reads hourly counts only: as many rows as senders, kinds and hours, whatever
 * is stored.
 */
export async function guardCounts(db: Queryable): Promise<GuardCount[]> {
  const { rows } = await db.query<GuardCount>({
    ...thorough,
    name: 'guard-counts',
    // What is usual is what was before: counted back from now it would be gone when an activation is four weeks old.
    text: `with active as materialized (select distinct r.pack, r.activation, a.at as began
        from active_rule r join activation a on a.id = r.activation),
      own as (select c.*, ${placeInWeek} as place from active a join check_count c using (pack, activation)
        where c.hour > now() - interval '28 days'),
      former as (select a.activation as of, c.sender_id, c.form_kind, c.rule, c.records, ${placeInWeek} as place
        from active a join check_count c on c.pack = a.pack and c.activation < a.activation and c.origin = 'arrival'
          and c.hour > a.began - interval '28 days' and c.hour <= a.began),
      now_counts as (
        select pack, activation, sender_id, form_kind, rule, sum(records) as n,
          sum(records) filter (where hour = date_trunc('hour', now())) as n_hour
        from own group by 1, 2, 3, 4, 5),
      places as (select distinct pack, activation, sender_id, form_kind, place from own where rule = ''),
      usual as (
        select p.pack, p.activation, p.sender_id, p.form_kind, f.rule, sum(f.records) as n
        from places p join former f on f.of = p.activation and f.sender_id = p.sender_id and f.form_kind = p.form_kind
          and f.place = p.place
        group by 1, 2, 3, 4, 5)
      select w.pack, w.activation, w.sender_id as "senderId", coalesce(s.client_id, '') as "clientId", w.form_kind as "formKind",
        w.rule, c.n::int8 as checked, w.n::int8 as withheld, coalesce(c.n_hour, 0)::int8 as "checkedThisHour",
        coalesce(w.n_hour, 0)::int8 as "withheldThisHour", coalesce(uc.n, 0)::int8 as "usualChecked",
        coalesce(uw.n, 0)::int8 as "usualWithheld"
      from now_counts w
      join now_counts c on c.rule = '' and (c.pack, c.activation, c.sender_id, c.form_kind)
        = (w.pack, w.activation, w.sender_id, w.form_kind)
      left join usual uc on uc.rule = '' and (uc.pack, uc.activation, uc.sender_id, uc.form_kind)
        = (w.pack, w.activation, w.sender_id, w.form_kind)
      left join usual uw on uw.rule = w.rule and (uw.pack, uw.activation, uw.sender_id, uw.form_kind)
        = (w.pack, w.activation, w.sender_id, w.form_kind)
      left join sender s on s.id = w.sender_id
      where w.rule <> '' order by w.n desc`,
  })
  return rows
}
