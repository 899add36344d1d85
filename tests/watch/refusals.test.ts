import { beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../src/kernel/log.ts'
import { runningAlerts } from '../../src/store/alerts.ts'
import { refusalsLook } from '../../src/watch/refusals.ts'
import { lookOnce } from '../../src/watch/watch.ts'
import { databaseOfFile } from '../support/database.ts'

const { db } = await databaseOfFile()
beforeEach(() => db.pool.query('delete from tally'))

const now = new Date('2026-11-28T10:20:00Z')

async function alertsAt(at: Date): Promise<string[]> {
  await lookOnce({ db, log: silentLog, looks: [] }, refusalsLook({ now: () => at }))
  return (await runningAlerts(db)).map(({ kind, scope }) => `${kind} ${scope}`)
}

const hour = 3_600_000

/** What came so many hours ago: counts by what, and for a refusal its code. */
async function came(hoursAgo: number, counts: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, count] of Object.entries(counts)) {
    const [what = '', code = ''] = name.split(' ')
    const answer = what === 'acknowledged' || what === 'refused-by-destination'
    const [formKind, destination] = answer ? ['', 'sciensano'] : what === 'unreadable' ? ['', ''] : ['rapid-test', '']
    await db.pool.query(
      `insert into tally (hour, service, what, form_kind, destination, code, count, last_at)
        values (date_trunc('hour', $1::timestamptz), 'eforms', $2, $3, $4, $5, $6, $1)
        on conflict (hour, service, what, form_kind, destination, code) do update set count = tally.count + excluded.count`,
      [new Date(now.getTime() - hoursAgo * hour), what, formKind, destination, code, count],
    )
  }
}

const usualWeek = async (): Promise<void> => {
  for (const hoursAgo of [2, 30, 100, 160])
    await came(hoursAgo, { 'record-read': 980, 'record-refused': 20, 'refusal lot-missing': 20 })
}

test('a code that refuses far more than in the week before raises an alert with its shares, and ends it when it stops', async () => {
  await usualWeek()
  await came(0, { 'record-read': 180, 'record-refused': 8, 'refusal lot-missing': 8 })
  expect(await alertsAt(now)).toEqual([])
  await came(0, { 'record-refused': 30, 'refusal code-expired': 30 })
  expect(await alertsAt(now)).toEqual(['refusals-unusual eforms rapid-test code-expired'])
  expect((await runningAlerts(db))[0]?.detail).toMatchObject({ refused: 30, of: 218 })
  // The rule that refused them is taken back: they count as read again.
  await came(0, { 'record-read': 30, 'record-refused': -30, 'refusal code-expired': -30 })
  expect(await alertsAt(now)).toEqual([])
})

test('an alert lasts over the turn of the hour, until the new hour says otherwise or says nothing', async () => {
  await usualWeek()
  await came(0, { 'record-read': 20, 'record-refused': 40, 'refusal lot-missing': 40 })
  const raised = ['refusals-unusual eforms rapid-test lot-missing']
  expect(await alertsAt(now)).toEqual(raised)
  const next = new Date(now.getTime() + hour)
  expect(await alertsAt(next)).toEqual(raised)
  await came(-1, { 'record-read': 25 })
  expect(await alertsAt(next)).toEqual([])
  await db.pool.query(`delete from tally where hour > $1`, [now])
  expect(await alertsAt(next)).toEqual(raised)
  expect(await alertsAt(new Date(now.getTime() + 2 * hour))).toEqual([])
})

test('a destination that refuses, and messages nobody can read, are told apart', async () => {
  for (const hoursAgo of [20, 40]) await came(hoursAgo, { 'record-read': 500, acknowledged: 500 })
  await came(0, { 'record-read': 60, acknowledged: 20, 'refused-by-destination E17': 40, 'unreadable not-json': 25 })
  expect((await alertsAt(now)).sort()).toEqual([
    'refusals-unusual eforms  not-json',
    'refusals-unusual eforms sciensano E17',
  ])
})

test('what was always refused much, what is rare, and what nothing is known of raise nothing', async () => {
  await came(0, { 'record-refused': 50, 'refusal lot-missing': 50 })
  expect(await alertsAt(now)).toEqual([])
  await came(50, { 'record-read': 600, 'record-refused': 400, 'refusal lot-missing': 400 })
  await came(0, { 'record-read': 50 })
  expect(await alertsAt(now)).toEqual([])
  await db.pool.query('delete from tally')
  await usualWeek()
  await came(0, { 'record-read': 2_000, 'record-refused': 60, 'refusal lot-missing': 60 })
  expect(await alertsAt(now)).toEqual([])
  await came(0, { 'record-refused': 19, 'refusal code-expired': 19 })
  expect(await alertsAt(now)).toEqual([])
})
