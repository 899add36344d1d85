import type { Service } from '../../src/formats/record.ts'
import type { Database } from '../../src/store/connect.ts'
import { setRetention } from '../../src/store/retention.ts'
import { openLine, type Line } from './line.ts'

const day = 86_400_000
const tables = ['message', 'message_key', 'record', 'record_check', 'verdict', 'delivery', 'step'] as const
const ofResults = ['result', 'jump', 'control_id'] as const

/**
 * Makes all that a hub took today as if it had been taken some days ago, in the partitions of then. Only before the entries
 * are sealed: their times are part of the chain. Returns the period, such as `20220701`.
 */
export async function makeOlder(db: Database, days: number, service: Service = 'eforms'): Promise<string> {
  const then = new Date(Date.now() - days * day)
  const period = then.toISOString().slice(0, 10).replaceAll('-', '')
  const from = `${then.toISOString().slice(0, 10)}T00:00:00Z`
  const to = new Date(Date.parse(from) + day).toISOString()
  for (const parent of ['message', 'record', 'record_check', 'verdict', 'entry']) {
    await db.query({
      text: `create table if not exists ${parent}_${service}_${period} partition of ${parent}_${service} for values from ('${from}') to ('${to}')`,
    })
  }
  for (const table of service === 'lab' ? [...tables, ...ofResults] : tables) {
    await db.query({
      text: `update ${table} set received_at = received_at - $1::int * interval '1 day' where received_at > now() - interval '1 day'`,
      values: [days],
    })
  }
  await db.query({
    text: `update entry set received_at = received_at - $1::int * interval '1 day', at = at - $1::int * interval '1 day'
      where received_at > now() - interval '1 day'`,
    values: [days],
  })
  await db.query({ text: `update data_key set period = $1 where service = $2`, values: [period, service] })
  return period
}

/** A hub with one settled form of a period that is due: it is 40 days old, and forms are kept for 30. */
export async function openAgedLine(): Promise<{ readonly line: Line; readonly period: string }> {
  const line = await openLine()
  await line.acceptSample('rapid-test', 0)
  await line.work()
  await settleAll(line.db)
  const period = await makeOlder(line.db, 40)
  await setRetention(line.db, { service: 'eforms', days: 30, actor: 'test', why: 'a test' })
  return { line, period }
}

/** Gives every record of the hub that waits to be planned one delivery, acknowledged at once. */
export async function settleAll(db: Database): Promise<void> {
  await db.query({
    text: `with done as (delete from step where stage = 'plan' returning record, received_at), owed as (
        insert into delivery (uid, destination, purpose, service, form_kind, sender_id, message, record, receipt, ordinal,
          received_at, state, due_at, settled_at)
        select gen_random_uuid(), 'sciensano', 'result', r.service, r.form_kind, r.sender_id, r.message, r.id, m.receipt,
          r.ordinal, r.received_at, 'acknowledged', now(), now()
        from done join record r on r.id = done.record and r.received_at = done.received_at
          join message m on m.id = r.message and m.received_at = r.received_at
        where r.outcome = 'accepted' returning id, uid, message, record, received_at, sender_id
      ), numbered as (
        insert into delivery_key (uid, delivery) select uid, id from owed
      )
      insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor)
      select 'eforms', message, received_at, record, id, sender_id, kind, 'hub:test'
      from owed, unnest(array['owed', 'acknowledged']) as kind`,
  })
}
