import type { Stored, World } from './world.ts'

/** Withholds a record as a version of a pack and a person do: there is a verdict, and it is not to go out. */
export async function withhold(world: World, { id, receivedAt, senderId }: Stored): Promise<void> {
  await world.query(
    `insert into verdict (record, service, received_at, rule_hash, pack, pack_version, rule, outcome, sender_id)
     values ($1, 'eforms', $2, '\\x01', 'test', '1.0.0', 'r', 'withhold', $3) on conflict do nothing`,
    [id, receivedAt, senderId],
  )
  await world.query(
    `insert into override (record, service, received_at, sender_id, decision, actor, why)
     values ($1, 'eforms', $2, $3, 'confirm', 'test', 'test')`,
    [id, receivedAt, senderId],
  )
  await world.query(
    `update delivery set held = true where record = $1 and state in ('blocked', 'waiting', 'unknown', 'pending')`,
    [id],
  )
}

/** Ends it: the version that withheld it does not count any more. */
export async function letGo(world: World, { id }: Stored): Promise<void> {
  await world.query('update override set ended_at = clock_timestamp() where record = $1', [id])
}
