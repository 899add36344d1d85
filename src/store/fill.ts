import { thorough, type Queryable } from './connect.ts'

/**
 * Adds messages as if they had been accepted, read, checked and delivered over the last twenty hours: key, message, record,
 * check, delivery and the six entries of each, in their partitions and all indexes. Contents have the length of sealed ones
 * and nothing in them: rows so short are never compressed, so what they hold makes no difference. For measuring a hub that
 * has grown; never called by a running one.
 */
export async function fillStoredMessages(db: Queryable, count: number, sealedBytes: number): Promise<void> {
  await db.query({
    ...thorough,
    text: `with made as materialized (
        select nextval('message_id') as id, nextval('record_id') as record, gen_random_uuid() as receipt,
          (random() * 1e18)::bigint as prefix, gen_random_uuid()::text as message_id,
          now() - random() * interval '20 hours' as at, sha256(gen_random_uuid()::text::bytea) as hash
        from generate_series(1, $1::int)
      ), content as (
        select decode(repeat(md5(random()::text), ceil($2::int / 16.0)::int), 'hex') as sealed
      ), keyed as (
        insert into message_key (prefix, sender_id, message_id, receipt, message, service, received_at)
        select prefix, 1, message_id, receipt, id, 'eforms', at from made on conflict do nothing
      ), kept as (
        insert into message (id, service, received_at, receipt, sender_id, message_id, format, sha256, size, body, data_key, level, node)
        select id, 'eforms', at, receipt, 1, message_id, 'eform-json', hash, $2, sealed, 1, 'stored', 'fill' from made, content
      ), read as (
        insert into record (id, service, received_at, message, ordinal, sender_id, form_kind, form, form_version, action, outcome,
          fault_codes, patient, content, data_key)
        select record, 'eforms', at, id, 1, 1, 'rapid-test', 'rapid-test', '2.0', 'new', 'accepted', '{}', hash, sealed, 1
        from made, content
      ), checked as (
        insert into record_check (record, service, received_at, rule_set) select record, 'eforms', at, '\\x00' from made
      ), owed as (
        insert into delivery (uid, destination, purpose, service, form_kind, sender_id, message, record, receipt, ordinal,
          received_at, state, due_at, sent_at, settled_at)
        select gen_random_uuid(), 'sciensano', 'result', 'eforms', 'rapid-test', 1, id, record, receipt, 1, at, 'acknowledged',
          at, at, at from made
        returning id, uid, message
      ), numbered as (
        insert into delivery_key (uid, delivery) select uid, id from owed
      )
      insert into entry (service, at, message, received_at, record, delivery, sender_id, kind, actor)
      select 'eforms', m.at, m.id, m.at, case when k.place > 2 then m.record end, case when k.place > 4 then o.id end, 1, k.kind, 'hub:fill'
      from made m join owed o on o.message = m.id,
        unnest(array['accepted', 'read', 'record-read', 'passed', 'owed', 'acknowledged']) with ordinality as k(kind, place)`,
    values: [count, sealedBytes],
  })
}

/** Writes out what was filled and tells the planner of it, so that neither falls into a measurement. */
export async function settleDown(db: Queryable): Promise<void> {
  await db.query({ ...thorough, text: 'vacuum (analyze)' })
  await db.query({ ...thorough, text: 'checkpoint' })
}

/** Takes away every piece of work that is still to be done. For measuring one stage alone; never called by a running hub. */
export async function clearSteps(db: Queryable): Promise<void> {
  await db.query({ text: 'truncate step' })
}

/** Rows added, changed and removed by this transaction so far, in all tables of the hub. */
export async function rowsWritten(tx: Queryable): Promise<number> {
  const { rows } = await tx.query<{ count: number }>({
    text: `select sum(n_tup_ins + n_tup_upd + n_tup_del)::int8 as count from pg_stat_xact_user_tables`,
  })
  return rows[0]!.count
}

/** The process that answers this connection, where the server runs on this machine. */
export async function serverProcess(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ pid: number }>({ text: 'select pg_backend_pid() as pid' })
  return rows[0]!.pid
}
