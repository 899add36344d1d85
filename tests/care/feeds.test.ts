import { expect, onTestFinished, test, vi } from 'vitest'
import { loadCalendar } from '../../src/care/calendar.ts'
import { feedFacts, isRhythmKnown, watchFeeds } from '../../src/care/feeds.ts'
import { practiceMonitors } from '../../src/care/practice.ts'
import { repairDisturbance } from '../../src/store/feeds.ts'
import { sluis } from '../commands/support.ts'
import { careKey, daysAgo, makeCareWorld, patientOne, type CareWorld } from './world.ts'

const hourLength = 3_600_000
/** Wednesday 18 November 2026, 11:00 in Brussels. */
const now = new Date('2026-11-18T10:00:00Z')

/** Eight weeks of a laboratory that sends 40 results an hour, day and night, up to `until`. */
async function eightWeeks(world: CareWorld, until: Date): Promise<void> {
  await world.query(`insert into feed_source (source, kind) values ('labo-noord', 'lab') on conflict do nothing`)
  await world.query(
    `insert into feed_hour (source, kind, hour, results, released, quantities, timed, delay_seconds, last_at)
      select 'labo-noord', 'lab', h, 38 + extract(hour from h)::int % 5, 40, 40, 40, 24000,
        least(h + interval '59 minutes', $1::timestamptz)
      from generate_series(date_trunc('hour', $1::timestamptz) - interval '56 days', $1::timestamptz - interval '1 minute', interval '1 hour') h
      on conflict (source, kind, hour) do update set results = excluded.results, released = excluded.released, last_at = excluded.last_at`,
    [until],
  )
}

const later = (hours: number): Date => new Date(now.getTime() + hours * hourLength)

test('a laboratory that falls silent is one row, whatever number of patients it delivers to, and an alert', async () => {
  const world = await makeCareWorld()
  for (const identifier of [patientOne, '85073003328', '90020199704', '72020290081']) await world.enrol({ identifier })
  await world.keep()
  await eightWeeks(world, now)
  expect(await watchFeeds(world.db, now)).toBe(false)
  const ofPatients = (): Promise<unknown[]> =>
    Promise.all(['item_state', 'dirty'].map((table) => world.query(`select t::text as row from ${table} t order by 1`)))
  const before = await ofPatients()
  expect(before).toMatchObject([{ length: 60 }, []])
  expect(await watchFeeds(world.db, later(3))).toBe(true)
  expect(await watchFeeds(world.db, later(4))).toBe(false)
  const rows = await world.query('select source, reason, from_at, to_at, repaired_until from feed_disturbance')
  expect(rows).toEqual([
    {
      source: 'labo-noord',
      reason: 'silent',
      from_at: new Date('2026-11-18T09:59:00Z'),
      to_at: null,
      repaired_until: null,
    },
  ])
  expect(await ofPatients()).toEqual(before)
  expect(await world.query('select kind, scope from alert where ended_at is null')).toEqual([
    { kind: 'feed-disturbed', scope: 'labo-noord lab' },
  ])
})

test('red by absence becomes unreliable while the feed is disturbed and red again when the backlog is in', async () => {
  const world = await makeCareWorld()
  await world.enrol()
  // Measured too long ago, and a value out of target that stays red.
  await world.send(
    { value: '50', collected: daysAgo(500) },
    { code: '22748-8', value: '4.1', unit: 'mmol/L', order: 'O2' },
  )
  await world.keep()
  await world.query('delete from feed_hour')
  const read = new Date()
  await eightWeeks(world, new Date(read.getTime() - 4 * hourLength))
  expect(await world.shown('hba1c')).toMatchObject({ state: 'red-overdue' })
  await watchFeeds(world.db, read)
  expect(await world.shown('hba1c')).toMatchObject({ state: 'unreliable', clinical: 'red-overdue' })
  expect(await world.shown('ldl')).toMatchObject({ state: 'red-out-of-target' })
  const practice = await practiceMonitors(
    world.deps,
    world.db,
    'praktijk-noord',
    { state: 'unreliable', item: 'hba1c' },
    { after: null, limit: 10 },
    read,
  )
  expect(practice.total).toBe(1)
  expect(practice.counts['diabetes-cvrm hba1c']).toEqual({ unreliable: 1 })
  expect(practice.page[0]?.person.name).toBe('A. Peeters')

  // It sends again, what it released meanwhile first in part, then in full.
  const back = new Date(read.getTime() + hourLength)
  await world.query(
    `insert into feed_hour (source, kind, hour, results, released, last_at)
      select 'labo-noord', 'lab', date_trunc('hour', $1::timestamptz), 40, 40, $1`,
    [back],
  )
  await watchFeeds(world.db, back)
  expect(await world.query('select to_at is null as open, repaired_until from feed_disturbance')).toEqual([
    { open: false, repaired_until: null },
  ])
  expect(await world.shown('hba1c')).toMatchObject({ state: 'unreliable' })
  await world.query(
    `insert into feed_hour (source, kind, hour, released)
      select 'labo-noord', 'lab', h, 40 from generate_series($1::timestamptz - interval '6 hours', $1::timestamptz - interval '1 hour', interval '1 hour') h
      on conflict (source, kind, hour) do update set released = 40`,
    [new Date(Math.floor(back.getTime() / hourLength) * hourLength)],
  )
  await watchFeeds(world.db, new Date(back.getTime() + 60_000))
  expect(await world.shown('hba1c')).toMatchObject({ state: 'red-overdue' })
  expect(await world.query('select count(*)::int as n from alert where ended_at is null')).toEqual([{ n: 0 }])
})

test('a silence of more weeks than a rhythm is learned in ends with the first result after it', async () => {
  const world = await makeCareWorld()
  await eightWeeks(world, now)
  expect(await watchFeeds(world.db, later(3))).toBe(true)
  const days = (count: number): Date => later(24 * count)
  expect(await watchFeeds(world.db, days(41))).toBe(false)
  const sending = (from: Date, to: Date): Promise<unknown> =>
    world.query(
      `insert into feed_hour (source, kind, hour, results, released, last_at)
        select 'labo-noord', 'lab', h, 40, 40, h + interval '59 minutes'
        from generate_series($1::timestamptz, $2::timestamptz - interval '1 hour', interval '1 hour') h`,
      [from, to],
    )
  await sending(days(42), days(43))
  expect(await watchFeeds(world.db, days(43))).toBe(true)
  expect(await watchFeeds(world.db, days(43))).toBe(false)
  expect(await world.query('select reason, to_at from feed_disturbance')).toEqual([
    { reason: 'silent', to_at: days(42) },
  ])
  expect(await world.query('select count(*)::int as n from alert where ended_at is null')).toEqual([{ n: 0 }])
  // From then on it teaches again.
  await sending(days(43), days(64))
  expect(await watchFeeds(world.db, days(64))).toBe(false)
  expect(await watchFeeds(world.db, new Date(days(64).getTime() + 3 * hourLength))).toBe(true)
  expect(await world.query('select reason from feed_disturbance where to_at is null')).toEqual([{ reason: 'silent' }])
})

test('a source that sends less than usual for more weeks than a rhythm is learned in teaches what is usual now', async () => {
  const world = await makeCareWorld()
  await eightWeeks(world, now)
  const days = (count: number): Date => later(24 * count)
  const sending = (from: Date, to: Date, results: number): Promise<unknown> =>
    world.query(
      `insert into feed_hour (source, kind, hour, results, released, last_at)
        select 'labo-noord', 'lab', h, $3, $3, h + interval '59 minutes'
        from generate_series($1::timestamptz, $2::timestamptz - interval '1 hour', interval '1 hour') h`,
      [from, to, results],
    )
  await sending(now, days(1), 15)
  expect(await watchFeeds(world.db, days(1))).toBe(true)
  const running = 'select reason from feed_disturbance where to_at is null'
  expect(await world.query(running)).toEqual([{ reason: 'thin' }])
  await sending(days(1), days(34), 15)
  expect(await watchFeeds(world.db, days(34))).toBe(false)
  // Nobody knows any more what is usual, and nothing has come for two days: it is not over.
  await sending(days(34), days(43), 15)
  expect(await watchFeeds(world.db, days(45))).toBe(false)
  expect(await world.query(running)).toEqual([{ reason: 'thin' }])
  await sending(days(45), days(46), 15)
  expect(await watchFeeds(world.db, days(46))).toBe(true)
  expect(await watchFeeds(world.db, days(46))).toBe(false)
  expect(await world.query('select reason, to_at from feed_disturbance')).toEqual([{ reason: 'thin', to_at: days(46) }])
  expect(await world.query('select count(*)::int as n from alert where ended_at is null')).toEqual([{ n: 0 }])
  // From then on it teaches again, and a silence is noticed.
  await sending(days(46), days(68), 15)
  await watchFeeds(world.db, days(68))
  expect(await watchFeeds(world.db, new Date(days(68).getTime() + 3 * hourLength))).toBe(true)
  expect(await world.query(running)).toEqual([{ reason: 'silent' }])
})

test('a person who knows that nothing is missing settles a disturbance', async () => {
  const world = await makeCareWorld()
  await eightWeeks(world, now)
  await watchFeeds(world.db, later(3))
  const [feed] = await feedFacts(world.db)
  expect(feed?.open).toHaveLength(1)
  expect(await repairDisturbance(world.db, feed!.open[0]!.id, { by: 'operator', why: 'closed for stocktaking' })).toBe(
    true,
  )
  expect((await feedFacts(world.db))[0]?.open).toEqual([])
  // As if it had been settled at the hour of this test.
  await world.query('update feed_disturbance set to_at = $1, repaired_until = $1', [later(3)])
  expect(await watchFeeds(world.db, new Date(later(3).getTime() + 60_000))).toBe(false)
  expect((await feedFacts(world.db))[0]?.open).toEqual([])
  // A silence that goes on after that is told anew, from there on.
  expect(await watchFeeds(world.db, later(6))).toBe(true)
  expect((await feedFacts(world.db))[0]?.open).toMatchObject([{ reason: 'silent', from: later(3), to: null }])
})

test('of a source that sent for days only, nobody says that it sends as usual', async () => {
  const world = await makeCareWorld()
  await eightWeeks(world, now)
  await world.send({ value: '50', lab: 'NEW-LAB' })
  expect(await isRhythmKnown(world.db, { source: 'labo-noord', kind: 'lab' }, now)).toBe(true)
  expect(await isRhythmKnown(world.db, { source: 'new-lab', kind: 'lab' }, now)).toBe(false)
  vi.stubEnv('DATABASE_URL', world.url)
  vi.stubEnv('SLUIS_MASTER_KEY', careKey.toString('base64'))
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const { out } = await sluis(['monitor', 'feeds'])
  expect(out).toMatch(/^new-lab .* not known: its rhythm is learned in three weeks$/m)
})

test('history that is handed over, or an old result that is corrected, does not make its source late', async () => {
  const world = await makeCareWorld()
  const at = (days: number) => new Date(now.getTime() - days * 24 * hourLength)
  const stamp = (moment: Date) => moment.toISOString().slice(0, 16).replaceAll(/[-T:]/g, '')
  await eightWeeks(world, now)
  const old = Array.from({ length: 40 }, (_, index) => ({
    value: '50',
    order: `H${index}`,
    collected: stamp(at(200 + index)),
    released: stamp(at(200 + index)),
    receivedAt: new Date(now.getTime() - hourLength),
  }))
  await world.send(...old)
  const [hour] = await world.query<{ timed: number; delay: number }>(
    `select timed, delay_seconds::int as delay from feed_hour where last_at is not null order by hour desc limit 1`,
  )
  expect(hour).toEqual({ timed: 40, delay: 24_000 })
  await watchFeeds(world.db, now)
  expect((await feedFacts(world.db))[0]?.open).toEqual([])
  // Two days late is late.
  const late = Array.from({ length: 40 }, (_, index) => ({
    value: '50',
    order: `L${index}`,
    collected: stamp(at(2)),
    released: stamp(at(2)),
    receivedAt: new Date(now.getTime() - hourLength),
  }))
  await world.send(...late)
  await watchFeeds(world.db, now)
  expect((await feedFacts(world.db))[0]?.open).toMatchObject([{ reason: 'late' }])
})

test('a closing day is silence as usual', async () => {
  const world = await makeCareWorld()
  const eve = new Date('2026-12-24T16:00:00Z')
  await eightWeeks(world, eve)
  await world.query(`delete from feed_hour where extract(isodow from hour at time zone 'Europe/Brussels') > 5`)
  const christmas = new Date('2026-12-25T20:00:00Z')
  await world.query(
    `delete from feed_hour where extract(hour from hour at time zone 'Europe/Brussels') not between 8 and 16`,
  )
  expect(await watchFeeds(world.db, christmas, loadCalendar('be'))).toBe(false)
  expect(await watchFeeds(world.db, christmas, { ...loadCalendar('be'), isClosed: () => false })).toBe(true)
})

test('what arrives is counted by hour of arrival and hour of release', async () => {
  const world = await makeCareWorld()
  await world.send(
    { value: '50', collected: daysAgo(3), released: daysAgo(2) },
    { value: '51', order: 'O2', collected: daysAgo(0, '0000'), unit: '' },
  )
  const rows = await world.query(
    'select results, released, quantities, without_unit, timed from feed_hour order by hour',
  )
  expect(rows[0]).toMatchObject({ results: 0, released: 1 })
  expect(rows.at(-1)).toMatchObject({ results: 2, quantities: 2, without_unit: 1, timed: 2 })
})
