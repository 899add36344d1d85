/**
 * One intake as one statement for pgbench: the rows, bytes and indexes that the hub writes for a rapid test of about 600
 * bytes (message with its encrypted body, key, step, entry). The ids are random, the bytes constant. pgbench takes a colon
 * for a variable also inside quotes, hence the actor without one.
 */
export const pgbenchScript = (): string => `\\set p random(1, 1000000000000000000)
with input as materialized (
  select nextval('message_id') as id, gen_random_uuid() as receipt, :p::bigint as prefix,
    '79e561ea-9682-4f3c-' || to_char(:p % 10000000000, 'FM0000000000') as message_id, now() as at
), fresh as (
  insert into message_key (prefix, sender_id, message_id, receipt, message, service, received_at)
  select prefix, 1, message_id, receipt, id, 'eforms', at from input
  on conflict do nothing returning message
), kept as (
  insert into message (id, service, received_at, receipt, sender_id, message_id, format, sha256, size, body, data_key, level, node)
  select i.id, 'eforms', i.at, i.receipt, 1, i.message_id, 'eform-json', decode(repeat('ab', 32), 'hex'), 600,
    decode(repeat('c5', 628), 'hex'), 1, 'stored', 'bench'
  from input i join fresh f on f.message = i.id
), todo as (
  insert into step (stage, service, shard, message, received_at, due_at)
  select 'read', 'eforms', 1, i.id, i.at, i.at from input i join fresh f on f.message = i.id
)
insert into entry (service, at, message, received_at, sender_id, kind, actor, detail)
select 'eforms', clock_timestamp(), i.id, i.at, 1, 'accepted', 'hub-bench', '{}' from input i join fresh f on f.message = i.id;
`
