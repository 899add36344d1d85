import { readdirSync, readFileSync } from 'node:fs'
import type { Database } from '../src/store/connect.ts'
import { serverProcess } from '../src/store/fill.ts'

/** Ticks of the kernel a second: USER_HZ, 100 on every Linux that Node runs on. */
const microsecondsInTick = 10_000

/** CPU microseconds used so far by PostgreSQL: the server, what it has running and what has ended. Linux only. */
export async function watchDatabaseCpu(db: Database): Promise<() => number> {
  const server = parentOf(await serverProcess(db))
  return () => {
    const own = statOf(server)
    const children = readdirSync('/proc').flatMap((pid) =>
      /^\d+$/.test(pid) && parentOf(Number(pid)) === server ? [statOf(Number(pid))] : [],
    )
    const ended = own.ended
    return (own.used + ended + children.reduce((sum, { used }) => sum + used, 0)) * microsecondsInTick
  }
}

const parentOf = (pid: number): number => statOf(pid).parent

/** Fields 4 and 14 to 17 of proc(5) `stat`, counted behind the name, which may hold anything. */
function statOf(pid: number): { parent: number; used: number; ended: number } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    return { parent: fields[1]!, used: fields[11]! + fields[12]!, ended: fields[13]! + fields[14]! }
  } catch {
    // Ended between the list and the look.
    return { parent: 0, used: 0, ended: 0 }
  }
}
