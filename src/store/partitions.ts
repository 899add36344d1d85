import { setTimeout as sleep } from 'node:timers/promises'
import { services, type Service } from '../formats/record.ts'
import { gaveWay, inTransaction, isDatabaseAway, thorough, type Database } from './connect.ts'

const partitionLock = 7_301_002
const parents = ['message', 'record', 'record_check', 'verdict', 'entry'] as const

/** Short-lived services are kept by day, the others by month: retention drops one service's partition. */
const byDay: ReadonlySet<Service> = new Set<Service>(['eforms', 'gfd'])

/** The retention partition a moment falls in, in UTC: `20220701` or `202207`. Also names the data key. */
export function periodOf(service: Service, moment: Date): string {
  const day = Math.floor(moment.getTime() / 86_400_000)
  if (day !== last.day) last = { day, text: moment.toISOString().slice(0, 10).replaceAll('-', '') }
  return byDay.has(service) ? last.text : last.text.slice(0, 6)
}

/** Asked for every message, and they come on the same day. */
let last = { day: Number.NaN, text: '' }

function bounds(service: Service, moment: Date): { from: string; to: string } {
  const year = moment.getUTCFullYear()
  const month = moment.getUTCMonth()
  const day = moment.getUTCDate()
  return byDay.has(service)
    ? {
        from: new Date(Date.UTC(year, month, day)).toISOString(),
        to: new Date(Date.UTC(year, month, day + 1)).toISOString(),
      }
    : {
        from: new Date(Date.UTC(year, month, 1)).toISOString(),
        to: new Date(Date.UTC(year, month + 1, 1)).toISOString(),
      }
}

/** Days made ahead: looked after every hour, and each partition is a part of every plan over its table. */
const daysAhead = 2

/** The partitions that should exist around `now`: yesterday to two days ahead, or this month and perhaps the next. */
export function wantedPartitions(now: Date): { table: string; parent: string; from: string; to: string }[] {
  const wanted = new Map<string, { table: string; parent: string; from: string; to: string }>()
  for (const service of services) {
    for (let ahead = -1; ahead <= daysAhead; ahead++) {
      const moment = new Date(now.getTime() + ahead * 86_400_000)
      for (const parent of parents) {
        const table = `${parent}_${service}_${periodOf(service, moment)}`
        wanted.set(table, { table, parent: `${parent}_${service}`, ...bounds(service, moment) })
      }
    }
  }
  return [...wanted.values()]
}

// Nothing is sought by the details of an entry: statistics of them take longer than those of all other columns together.
const entrySettings = 'alter column detail set statistics 0, alter column xid set statistics 0'

/** One partition by time of one service. */
type Partition = ReturnType<typeof wantedPartitions>[number]

/** A partition that is not there yet, and why: what belongs in it lies in the default partition until it is. */
export interface Unmade extends Partition {
  readonly error: unknown
}

const passes = 2
const pauseMs = 200

/**
 * Makes missing partitions. One that cannot be made now keeps no other from being made, and nothing here fails for it. One
 * node at a time, repeatable. Returns how many it made, and those the next call must try again.
 *
 * @example const { made, unmade } = await ensurePartitions(db, new Date())
 */
export async function ensurePartitions(db: Database, now: Date): Promise<{ made: number; unmade: Unmade[] }> {
  const { rows } = await db.query<{ name: string }>({
    text: `select relname as name from pg_class where relkind = 'r' and relispartition and relnamespace = 'public'::regnamespace`,
  })
  const present = new Set(rows.map((row) => row.name))
  const missing = wantedPartitions(now).filter((partition) => !present.has(partition.table))
  let unmade = await makeEach(db, missing)
  for (let pass = 1; pass < passes && unmade.some(({ error }) => gaveWay(error)); pass++) {
    await sleep(pauseMs)
    unmade = await makeEach(db, unmade)
  }
  return { made: missing.length - unmade.length, unmade }
}

async function makeEach(db: Database, partitions: readonly Partition[]): Promise<Unmade[]> {
  const byParent = Map.groupBy(partitions, ({ parent }) => parent)
  const unmade: Unmade[] = []
  for (const ofOne of byParent.values()) unmade.push(...(await makeOf(db, ofOne)))
  return unmade
}

/** Makes the partitions of one table, in one transaction if it goes: at a first start there are many. */
async function makeOf(db: Database, partitions: readonly Partition[]): Promise<Unmade[]> {
  try {
    await makePartitions(db, partitions)
    return []
  } catch (error) {
    if (isDatabaseAway(error)) throw error
    // Whoever reads in one reads in all of that table: trying each would hold up the others each time.
    if (gaveWay(error) || partitions.length === 1) return partitions.map((partition) => ({ ...partition, error }))
  }
  const unmade: Unmade[] = []
  for (const partition of partitions) unmade.push(...(await makeOf(db, [partition])))
  return unmade
}

/**
 * Makes partitions of one table apart, moves into each what came before it was there (a clock that was ahead, days without a
 * watcher) and attaches it. Waits a moment only for whoever reads in the default partition, because all who come after wait
 * behind it; the table itself is written and read meanwhile, which `create table ... partition of` would forbid.
 */
async function makePartitions(db: Database, partitions: readonly Partition[]): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx.query({ ...thorough, text: 'select pg_advisory_xact_lock($1)', values: [partitionLock] })
    const { rows } = await tx.query<{ name: string }>({
      text: `select relname as name from pg_class
        where relname = any($1::text[]) and relispartition and relnamespace = 'public'::regnamespace`,
      values: [partitions.map(({ table }) => table)],
    })
    // Another node made it meanwhile.
    const made = new Set(rows.map(({ name }) => name))
    const steps = partitions.filter(({ table }) => !made.has(table)).flatMap(stepsFor)
    if (steps.length > 0)
      await tx.query({ ...thorough, text: [`set local lock_timeout = '300ms'`, ...steps].join(';\n') })
  })
}

function stepsFor({ table, parent, from, to }: Partition): string[] {
  const isEntry = parent.startsWith('entry_')
  const bounds = [`'${from}'`, `'${to}'`] as const
  const time = isEntry ? 'at' : 'received_at'
  return [
    `lock table ${parent}_other in access exclusive mode`,
    `create table ${table} (like ${parent} including all)`,
    ...(isEntry ? [`alter table ${table} ${entrySettings}`] : []),
    `with moved as (delete from ${parent}_other where ${time} >= ${bounds[0]} and ${time} < ${bounds[1]} returning *)
      insert into ${table} select * from moved`,
    `alter table ${parent} attach partition ${table} for values from (${bounds[0]}) to (${bounds[1]})`,
  ]
}
