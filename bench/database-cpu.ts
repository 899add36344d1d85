import type { Database } from '../src/store/connect.ts'
import { serverProcess } from '../src/store/fill.ts'
import { familyCpu, timesOf } from './process-times.ts'

/** CPU microseconds used so far by PostgreSQL: the server, what it has running and what has ended. Linux only. */
export async function watchDatabaseCpu(db: Database): Promise<() => number> {
  const server = timesOf(await serverProcess(db))?.parent ?? 0
  return () => familyCpu(server)
}
