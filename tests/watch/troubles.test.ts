import { afterEach, expect, test } from 'vitest'
import { silentLog } from '../../src/kernel/log.ts'
import { runningAlerts } from '../../src/store/alerts.ts'
import { latestEvents } from '../../src/store/console-events.ts'
import { endPause, insertPause } from '../../src/store/pauses.ts'
import { insertProbe } from '../../src/store/probes.ts'
import { signOfLife } from '../../src/store/nodes.ts'
import type { Look } from '../../src/watch/look.ts'
import { breakerLook, lateLook, probeLook, stuckLook } from '../../src/watch/troubles.ts'
import { lookOnce } from '../../src/watch/watch.ts'
import { databaseOfFile } from '../support/database.ts'

const { db } = await databaseOfFile()
afterEach(() =>
  db.pool.query('delete from probe; delete from step; delete from delivery; delete from destination_state'),
)

/** Takes a look and gives what runs then. */
async function alertsAfter(look: Look): Promise<[kind: string, scope: string][]> {
  await lookOnce({ db, log: silentLog, looks: [] }, look)
  return (await runningAlerts(db)).map(({ kind, scope }) => [kind, scope])
}

const probed = (stop: string | null, secondsAgo = 0): Promise<void> => {
  const at = new Date(Date.now() - secondsAgo * 1_000)
  return insertProbe(db, { node: 'a', startedAt: at, endedAt: at, stop, code: null, receipt: null })
}

const owed = async (destination: string, state: string, secondsAgo: number, kind = 'rapid-test'): Promise<void> => {
  const uid = `gen_random_uuid(), '${destination}', 'result', 'eforms', '${kind}', 1, 1, 1, gen_random_uuid(), 1`
  await db.pool.query(
    `insert into delivery (uid, destination, purpose, service, form_kind, sender_id, message, record, receipt, ordinal,
      received_at, owed_at, due_at, state) values (${uid}, now(), now() - make_interval(secs => $1), now(), $2)`,
    [secondsAgo, state],
  )
}

test('a probe that did not arrive raises an alert that names node and stop; the next one that arrives ends it', async () => {
  const look = probeLook(60_000, 30_000)
  await signOfLife(
    db,
    { name: 'a', url: 'http://127.0.0.1:1', roles: ['intake'], version: '1', state: 'up', facts: {} },
    new Date(),
  )
  await probed(null, 90)
  expect(await alertsAfter(look)).toEqual([])
  await probed('sciensano', 60)
  expect(await alertsAfter(look)).toEqual([['probe-failed', 'a: sciensano']])
  await probed('reading', 30)
  expect(await alertsAfter(look)).toEqual([['probe-failed', 'a: reading']])
  await probed(null)
  expect(await alertsAfter(look)).toEqual([])
})

test('a node that sends no probes any more is not judged by its last one', async () => {
  await probed('sciensano', 600)
  expect(await alertsAfter(probeLook(60_000, 30_000))).toEqual([])
})

test('a destination is late when what can be sent is owed for longer than its own bound', async () => {
  const look = lateLook([
    { name: 'sciensano', lateAfterMs: 60_000 },
    { name: 'vaccinnet', lateAfterMs: 600_000 },
  ])
  await owed('sciensano', 'waiting', 30)
  await owed('sciensano', 'acknowledged', 300)
  await owed('sciensano', 'blocked', 300)
  await owed('vaccinnet', 'pending', 300)
  expect(await alertsAfter(look)).toEqual([])
  await owed('sciensano', 'unknown', 90)
  expect(await alertsAfter(look)).toEqual([['destination-late', 'sciensano']])
  await db.pool.query(`update delivery set state = 'acknowledged'`)
  expect(await alertsAfter(look)).toEqual([])
})

test('what a person paused is told with who and since when, not as late; one form kind paused leaves the rest late', async () => {
  const look = lateLook([{ name: 'sciensano', lateAfterMs: 60_000 }])
  await owed('sciensano', 'waiting', 90)
  const kind = await insertPause(
    db,
    { what: 'delivery', destination: 'sciensano', service: 'eforms', formKind: 'rapid-test' },
    'their list is old',
    'op2',
  )
  expect(await alertsAfter(look)).toEqual([['paused-late', 'sciensano']])
  expect((await runningAlerts(db))[0]?.detail).toMatchObject({ by: 'op2', reason: 'their list is old' })
  await owed('sciensano', 'waiting', 80, 'vaccination')
  const both = (await alertsAfter(look)).map((alert) => alert.join(' '))
  expect(new Set(both)).toEqual(new Set(['destination-late sciensano', 'paused-late sciensano']))
  await endPause(db, kind.id, 'they are ready', 'op2')
  expect(await alertsAfter(look)).toEqual([['destination-late', 'sciensano']])
  const service = await insertPause(
    db,
    { what: 'delivery', destination: null, service: 'eforms', formKind: null },
    'all forms wait',
    'op3',
  )
  expect(await alertsAfter(look)).toEqual([['paused-late', 'sciensano']])
  await endPause(db, service.id, 'they go on', 'op3')
  const scope = { what: 'delivery', destination: 'sciensano', service: null, formKind: null } as const
  const whole = await insertPause(db, scope, 'partner asked for it', 'op1')
  expect(await alertsAfter(look)).toEqual([['paused-late', 'sciensano']])
  expect((await runningAlerts(db))[0]?.detail).toMatchObject({ by: 'op1', since: whole.since.toISOString() })
  expect(
    (await latestEvents(db, 5)).find((row) => row.what === 'alert-began' && row.kind === 'paused-late'),
  ).toMatchObject({
    by: 'op1',
    reason: 'partner asked for it',
    since: whole.since.toISOString(),
  })
  await endPause(db, whole.id, 'they are ready', 'op1')
  expect(await alertsAfter(look)).toEqual([['destination-late', 'sciensano']])
  await db.pool.query('delete from delivery')
  expect(await alertsAfter(look)).toEqual([])
})

test('an open breaker is an alert until it is closed, not until it is tried', async () => {
  const look = breakerLook([{ name: 'sciensano' }])
  const breaker = (state: string): Promise<unknown> =>
    db.pool.query(
      `insert into destination_state (destination, breaker) values ('sciensano', $1), ('gone', 'open')
        on conflict (destination) do update set breaker = excluded.breaker`,
      [state],
    )
  await breaker('closed')
  expect(await alertsAfter(look)).toEqual([])
  await breaker('open')
  expect(await alertsAfter(look)).toEqual([['breaker-open', 'sciensano']])
  await breaker('trying')
  expect(await alertsAfter(look)).toEqual([['breaker-open', 'sciensano']])
  await breaker('closed')
  expect(await alertsAfter(look)).toEqual([])
})

test('work that nobody does, or that fails again and again, is an alert that names the stage', async () => {
  const step = (stage: string, secondsAgo: number, attempts: number): Promise<unknown> =>
    db.pool.query(
      `insert into step (stage, service, shard, message, record, received_at, due_at, attempts)
        values ($1, 'eforms', 1, 1, 0, now(), now() - make_interval(secs => $3), $2)`,
      [stage, attempts, secondsAgo],
    )
  await step('read', 10, 2)
  expect(await alertsAfter(stuckLook)).toEqual([])
  await step('check', 300, 0)
  await step('plan', -30, 6)
  const found = await alertsAfter(stuckLook)
  expect(found.toSorted(([, a], [, b]) => a.localeCompare(b))).toEqual([
    ['steps-stuck', 'eforms check'],
    ['steps-stuck', 'eforms plan'],
  ])
  await db.pool.query('delete from step')
  expect(await alertsAfter(stuckLook)).toEqual([])
})
