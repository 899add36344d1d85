import { services, type Service } from '../formats/record.ts'
import { inTransaction, thorough, type Database } from './connect.ts'

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

const createText = ({ table, parent, from, to }: ReturnType<typeof wantedPartitions>[number]): string =>
  `create table ${table} partition of ${parent} for values from ('${from}') to ('${to}')` +
  (parent.startsWith('entry_') ? `;\nalter table ${table} ${entrySettings}` : '')

/** Makes missing partitions; one node at a time, repeatable. Returns how many it made. */
export async function ensurePartitions(db: Database, now: Date): Promise<number> {
  return inTransaction(db, async (tx) => {
    await tx.query({ ...thorough, text: 'select pg_advisory_xact_lock($1)', values: [partitionLock] })
    const { rows } = await tx.query<{ name: string }>({
      text: `select relname as name from pg_class where relkind = 'r' and relispartition and relnamespace = 'public'::regnamespace`,
    })
    const present = new Set(rows.map((row) => row.name))
    const missing = wantedPartitions(now).filter((partition) => !present.has(partition.table))
    if (missing.length > 0) {
      await tx.query({
        ...thorough,
        text: missing.map(createText).join(';\n'),
      })
    }
    return missing.length
  })
}
