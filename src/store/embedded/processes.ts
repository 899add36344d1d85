import { readFileSync, readlinkSync } from 'node:fs'
import { execFileSync } from 'node:child_process'

/** Whether a process lives; a zombie (ended, not yet collected by its parent) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return statFields(pid)?.[0] !== 'Z'
}

/**
 * When a process started, as a text that only serves to be compared: a process number is given out again, but never
 * with the same start. Undefined when there is no such process or it cannot be told.
 */
export function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return ask('ps', ['-o', 'lstart=', '-p', String(pid)])
  // proc(5): `starttime` is field 22, counted in ticks since boot, so the boot belongs to it.
  const ticks = statFields(pid)?.[19]
  return ticks === undefined ? undefined : `${bootId()}/${ticks}`
}

/** The folder a process works in; a PostgreSQL server always works in its data directory. */
export function workingFolderOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return ask('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn'])?.split('\nn')[1]
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}

// proc(5): the name in brackets may itself hold spaces and brackets, so the fields start after the last bracket.
function statFields(pid: number): string[] | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

function ask(command: string, args: string[]): string | undefined {
  try {
    const answer = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return answer === '' ? undefined : answer
  } catch {
    return undefined
  }
}
