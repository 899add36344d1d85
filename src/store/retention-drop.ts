import { setTimeout as sleep } from 'node:timers/promises'
import { gaveWay, thorough, type Queryable } from './connect.ts'
import { ofContents, type ClosedPeriod, type Period } from './retention.ts'

/**
 * Takes away what lies outside partitions and belongs to a closed period: its deliveries, its results of laboratories with
 * their jumps, swaps and control ids, what people decided of its records and rules refused of them, bodies of conflicts, and
 * what came with a time before every partition. Returns how many deliveries went, and the patients whose results did.
 */
export async function removeSettled(
  tx: Queryable,
  { service, from, to }: Period,
): Promise<{ deliveries: number; patients: Buffer[] }> {
  const until = [service, to.toISOString()]
  const { rowCount } = await tx.query({
    ...thorough,
    text: `with gone as (delete from delivery where service = $1 and received_at < $2
        and state in ('acknowledged', 'refused', 'withdrawn') returning uid)
      delete from delivery_key where uid in (select uid from gone)`,
    values: until,
  })
  const { rows } = await tx.query<{ patient: Buffer }>({
    ...thorough,
    text: `with gone as (delete from result where $1 = 'lab' and received_at < $2 returning patient) select distinct patient from gone`,
    values: until,
  })
  if (service === 'lab') await removeFound(tx, to)
  await tx.query({
    text: `update override set ended_at = now(), ended_by = 'hub', ended_why = 'retention'
      where service = $1 and received_at < $2 and ended_at is null`,
    values: until,
  })
  await tx.query({ text: 'delete from rule_refusal where service = $1 and received_at < $2', values: until })
  await tx.query({
    text: `update message_conflict set body = '' where service = $1 and received_at < $2 and body <> ''`,
    values: until,
  })
  for (const parent of ofContents) {
    await tx.query({
      text: `delete from ${parent}_${service}_other where received_at < $1`,
      values: [to.toISOString()],
    })
  }
  await tx.query({ text: `delete from entry_${service}_other where at < $1`, values: [from.toISOString()] })
  return { deliveries: rowCount ?? 0, patients: rows.map((row) => row.patient) }
}

/**
 * What was found of laboratory results by comparing them. The other half of a swap that came a day later stays noted, and
 * withheld, as long as it is kept itself.
 */
async function removeFound(tx: Queryable, before: Date): Promise<void> {
  const until = [before.toISOString()]
  await tx.query({
    ...thorough,
    text: `with gone as (delete from jump where received_at < $1 returning record)
      delete from swap where record in (select record from gone)`,
    values: until,
  })
  await tx.query({ ...thorough, text: 'delete from control_id where received_at < $1', values: until })
}

/**
 * Takes the partitions of a period, and those of entries made before it, out of their tables. Throws when others kept
 * reading there for half a minute.
 */
export async function detachPeriod(tx: Queryable, { service, period }: Period): Promise<void> {
  const { rows } = await tx.query<{ name: string; parent: string }>({
    text: `select c.relname as name, p.relname as parent from pg_inherits i
        join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
      where p.relnamespace = 'public'::regnamespace
        and (c.relname = any($3) or (p.relname = 'entry_' || $1 and c.relname ~ '_[0-9]{6,8}$' and c.relname < 'entry_' || $1 || '_' || $2))`,
    values: [service, period, ofContents.map((parent) => `${parent}_${service}_${period}`)],
  })
  // In the order those who claim deliveries, the busiest readers, take them: each is held up and none holds up another.
  const order = ['record', 'verdict', 'record_check', 'message', 'entry'].map((parent) => `${parent}_${service}`)
  rows.sort((one, other) => order.indexOf(one.parent) - order.indexOf(other.parent))
  await tx.query({
    text: 'update closed_period set tables = $3 where service = $1 and period = $2',
    values: [service, period, rows.map((row) => row.name)],
  })
  const detach = rows.map(({ name, parent }) => `alter table ${parent} detach partition ${name}`)
  await tx.query({ text: `set local lock_timeout = '300ms'` })
  for (let tries = 1; !(await allOrNone(tx, detach)); tries++) {
    if (tries === 60) throw new Error(`partitions of ${service} ${period} are being read without a pause`)
    await sleep(200)
  }
}

/**
 * Runs statements that each want a table for themselves; false, and none is done, when one did not get it in time. Who reads
 * several of these tables takes them in another order: giving way before the server looks for deadlocks (one second), it is
 * never a reader or the intake that it ends.
 */
async function allOrNone(tx: Queryable, statements: readonly string[]): Promise<boolean> {
  await tx.query({ text: 'savepoint alone' })
  try {
    for (const text of statements) await tx.query({ text })
    return true
  } catch (error) {
    if (!gaveWay(error)) throw error
    await tx.query({ text: 'rollback to savepoint alone' })
    return false
  }
}

/** Drops the tables of a closed period. They stand apart: nobody reads there. */
export async function dropTables(tx: Queryable, { service, period, tables }: ClosedPeriod): Promise<void> {
  if (tables.length > 0) await tx.query({ text: `drop table if exists ${tables.join(', ')}` })
  await tx.query({
    text: 'update closed_period set dropped_at = coalesce(dropped_at, now()) where service = $1 and period = $2',
    values: [service, period],
  })
}

/**
 * Destroys the key of a closed period, and with it what backups hold of it; not while something that lives on is sealed with
 * it: a certificate that has not expired, the state of a monitor, a message that came after closing.
 */
export async function destroyKey(tx: Queryable, { service, period, to }: Period): Promise<boolean> {
  const { rows } = await tx.query<{ used: boolean }>({
    ...thorough,
    text: `select exists (select from data_key k where k.service = $1 and k.period = $2 and (
        exists (select from certificate c where c.service = $1 and c.data_key = k.id and c.expires_at > now())
        or exists (select from item_state s where $1 = 'lab' and s.data_key = k.id)
        or exists (select from message m where m.service = $1 and m.received_at < $3 and m.data_key = k.id)
        or exists (select from record r where r.service = $1 and r.received_at < $3 and r.data_key = k.id))) as used`,
    values: [service, period, to.toISOString()],
  })
  if (rows[0]!.used) return false
  await tx.query({ text: 'delete from data_key where service = $1 and period = $2', values: [service, period] })
  await tx.query({
    text: 'update closed_period set key_destroyed_at = now() where service = $1 and period = $2',
    values: [service, period],
  })
  return true
}
