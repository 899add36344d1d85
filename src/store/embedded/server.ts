import { closeSync, openSync } from 'node:fs'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SluisError } from '../../kernel/errors.ts'
import { ask } from './connection.ts'
import { program, type Native } from './native.ts'
import type { Place } from './place.ts'
import { isAlive, workingFolderOf } from './processes.ts'
import { run, type Runner } from './runner.ts'
import { serverSettings } from './settings.ts'

type Say = (line: string) => void

/**
 * The process number of a PostgreSQL that a killed hub left running on this data folder, once it answers; undefined when
 * there is none. The caller holds the lock of the folder, so no living hub uses it.
 */
export async function findOrphan(place: Place, say: Say): Promise<number | undefined> {
  const text = await readFile(pidFile(place), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  if (!(pid > 0) || !isAlive(pid) || workingFolderOf(pid) !== place.cluster) return undefined
  if (!(await untilAnswers(pid, place, say))) return undefined
  say('a database left running by an earlier hub was found and is used')
  return pid
}

function pidFile(place: Place): string {
  return join(place.cluster, 'postmaster.pid')
}

/**
 * PostgreSQL takes the number in a file it left for a living server when that is now another program's, or a zombie's in
 * a container where nobody collects orphans. It never minds its parent's, which is ours. The rest of the file must stay:
 * by it PostgreSQL sees whether processes of the dead server still hold the shared memory.
 */
async function disarmPidFile(place: Place): Promise<void> {
  const text = await readFile(pidFile(place), 'utf8').catch(() => '')
  if (text !== '') await writeFile(pidFile(place), text.replace(/^-?\d*/, String(process.pid)))
  await rm(join(place.socketFolder, '.s.PGSQL.5432.lock'), { force: true })
}

/**
 * Starts PostgreSQL and waits until it answers; gives its process number. None may be running on the folder.
 * Throws `database-start-failed`.
 */
export async function launch(
  place: Place,
  native: Native,
  runner: Runner,
  options: { readonly say: Say; readonly testOnlyNoFsync?: boolean },
): Promise<number> {
  const args = ['-D', place.cluster, ...serverSettings(place, options.testOnlyNoFsync ?? false)]
  const words = join(place.log, 'start.log')
  for (let attempt = 1; ; attempt += 1) {
    await disarmPidFile(place)
    // A new file, since another user may have made the last one; and not a pipe, since PostgreSQL may outlive the hub.
    await rm(words, { force: true })
    const out = openSync(words, 'w', 0o600)
    const child = run(runner, program(native, 'postgres'), args, { stdio: ['ignore', out, out], cwd: place.folder })
    closeSync(out)
    child.unref()
    let reason = ''
    child.once('error', (error) => (reason = error.message))
    if (child.pid !== undefined && (await answersOrIsStopped(child.pid, place, options.say))) return child.pid
    reason ||= await lastWords(place)
    if (attempt >= 40 || !remnant.test(reason))
      throw new SluisError('database-start-failed', { reason, log: place.log })
    await sleep(250)
  }
}

async function answersOrIsStopped(pid: number, place: Place, say: Say): Promise<boolean> {
  try {
    return await untilAnswers(pid, place, say)
  } catch (error) {
    await stopServer(pid, say)
    throw error
  }
}

/** The processes of a killed server need a moment to notice; until then their shared memory keeps a new one out. */
const remnant = /pre-existing shared memory block|lock file "postmaster\.pid" (already exists|is empty)/

/** Fast shutdown (PostgreSQL's manual, section 18.5): open transactions are rolled back, everything is written. */
export async function stopServer(pid: number, say: Say): Promise<void> {
  const began = Date.now()
  signal(pid, 'SIGINT')
  for (let told = 0; isAlive(pid); await sleep(20)) {
    const seconds = Math.floor((Date.now() - began) / 1000)
    if (seconds < told + 2) continue
    told = seconds
    say(`the database is writing what it holds in memory (${seconds} s)`)
    // A minute is far beyond a checkpoint: stop at once then, the next start repairs.
    if (seconds >= 60) signal(pid, 'SIGQUIT')
  }
}

/**
 * Waits until a server answers with our password; false when its process ended before.
 *
 * There is no limit while it lives: repairing after a hard stop takes as long as it takes, and killing it starts over.
 */
async function untilAnswers(pid: number, place: Place, say: Say): Promise<boolean> {
  const began = Date.now()
  for (let told = 0; isAlive(pid); await sleep(20)) {
    const answer = await ask(place)
    if (answer.state === 'ready') return true
    if (answer.state === 'refused') {
      throw new SluisError('database-start-failed', { reason: answer.reason, log: place.log })
    }
    const seconds = Math.floor((Date.now() - began) / 1000)
    if (seconds < told + 2) continue
    told = seconds
    say(`the database is not ready yet; after a hard stop it repairs itself first (${seconds} s)`)
  }
  return false
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended in this very moment.
  }
}

/** Why it ended: the last serious line of the newest log, since it writes to the day's file once it can. */
async function lastWords(place: Place): Promise<string> {
  const names = await readdir(place.log)
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(place.log, name)
      return { text: (await readFile(path, 'utf8')).slice(-10_000), changed: (await stat(path)).mtimeMs }
    }),
  )
  const lines = files.sort((a, b) => a.changed - b.changed).flatMap(({ text }) => text.trim().split('\n'))
  const serious = lines.filter((line) => /FATAL|PANIC|could not|failed/.test(line)).at(-1)
  return (serious ?? lines.at(-1) ?? '').replace(/^.*?(FATAL|PANIC): +/, '').slice(0, 500)
}
