import { thorough, type Queryable } from './connect.ts'

/**
 * Adds so many enrolled patients as copies of those that are there, each with its stored states. What is sealed in a copy is
 * bound to another patient and never opens. For measuring only; never called by a running hub.
 */
export async function copyMonitors(db: Queryable, count: number): Promise<void> {
  await db.query({
    ...thorough,
    text: `with one as (select patient, row_number() over () - 1 as place, count(*) over () as all_of from enrolment),
      made as (select substr(sha256(('copy ' || n)::bytea), 1, 16) as new, o.patient
        from generate_series(1, $1::int) n join one o on o.place = n % o.all_of),
      enrolled as (
        insert into enrolment (patient, monitor, version, practice, from_day, to_day, zone, content, data_key, actor)
        select m.new, e.monitor, e.version, e.practice || '-' || get_byte(m.new, 0) % 50, e.from_day, e.to_day, e.zone,
          e.content, e.data_key, e.actor
        from made m join enrolment e using (patient))
      insert into item_state (patient, monitor, item, practice, item_hash, state, basis, state_hash, outline, since,
        next_change_at, next_state, activation_mark, cause_seq, evaluated_at, content, data_key, fingerprint)
      select m.new, i.monitor, i.item, i.practice || '-' || get_byte(m.new, 0) % 50, i.item_hash, i.state, i.basis,
        i.state_hash, i.outline, i.since, i.next_change_at, i.next_state, i.activation_mark, i.cause_seq, i.evaluated_at,
        i.content, i.data_key, i.fingerprint
      from made m join item_state i using (patient)`,
    values: [count],
  })
  await db.query({ ...thorough, text: 'vacuum (analyze) item_state, enrolment, dirty, result' })
}

/** A rule begins to withhold every result of one analyte, as an activation makes it. */
export async function withholdAnalyte(db: Queryable, analyte: string): Promise<void> {
  await db.query({
    ...thorough,
    text: `insert into verdict (record, service, received_at, rule_hash, pack, pack_version, rule, outcome, sender_id, patient)
      select record, 'lab', received_at, '\\xbe', 'bench', '1.0.0', 'bench', 'withhold', sender_id, patient
      from result where analyte = $1 on conflict do nothing`,
    values: [analyte],
  })
  await db.query({
    text: `with s as (insert into setting (kind, name, body, sha256, created_by) values ('pack', 'bench', '{}', '\\xbe', 'bench')
        returning id),
      a as (insert into activation (setting, mode, actor, why) select id, 'active', 'bench', 'bench' from s returning id, setting),
      r as (insert into activation_rule select id, '\\xbe' from a)
      insert into active_rule (rule_hash, pack, rule, sender_id, except_senders, setting, activation, since)
      select '\\xbe', 'bench', 'bench', 0, '{}', setting, id, now() from a`,
  })
}
