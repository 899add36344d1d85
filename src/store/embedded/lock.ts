import { readdir, readFile, readlink, realpath, rename, rm, symlink } from 'node:fs/promises'
import { hash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SluisError } from '../../kernel/errors.ts'
import { makeFolderSync } from '../../kernel/make-folder.ts'
import { isAlive, startOf } from './processes.ts'
import { folderFault } from './place.ts'

export interface DataFolderLock {
  release(): Promise<void>
}

/** A command holds a data folder for a moment only: whoever comes after it waits. */
export type HolderKind = 'hub' | 'command'

export interface Waiting {
  readonly say: (line: string) => void
  /** Ends the waiting; the error of a folder in use is then thrown. */
  readonly stopping?: (() => boolean) | undefined
}

interface Holder {
  readonly kind: HolderKind
  readonly pid: number
  /** Of when it started, by `markOf`. */
  readonly start: string
  readonly since: string
}

/**
 * Takes a data folder for this process; a hub that was killed does not keep it, a living one does. With `waiting` it waits
 * for a living command to end, and says so.
 *
 * Throws `data-folder-in-use` when a living hub (also this one) holds it, `data-folder-unusable` when it cannot be made.
 *
 * The locks are numbered and the highest counts. Taking over from a dead holder is making the next number, which only
 * one can do; the number never goes down, so that whoever judged an older lock dead cannot undo a newer one. A lock is a
 * symbolic link that leads nowhere and names its holder: it takes no room on a full disk, which only a started hub empties.
 *
 * @example const lock = await lockDataFolder('.sluis'); await lock.release()
 */
export async function lockDataFolder(
  dataFolder: string,
  kind: HolderKind = 'hub',
  waiting?: Waiting,
): Promise<DataFolderLock> {
  const folder = await ownFolder(dataFolder).catch((error: unknown) => {
    throw folderFault(dataFolder, error)
  })
  let told = false
  for (;;) {
    try {
      return await takeNumber(folder, kind)
    } catch (error) {
      if (!(error instanceof SluisError)) throw folderFault(folder, error)
      if (waiting === undefined || error.params['by'] !== 'command' || waiting.stopping?.() === true) throw error
      if (!told)
        waiting.say(`a command (process ${error.params['pid']}) works on the database; this waits until it ends`)
      told = true
      await sleep(50)
    }
  }
}

async function ownFolder(folder: string): Promise<string> {
  makeFolderSync(folder)
  return realpath(folder)
}

/**
 * An error of a folder inside a data folder, told of the data folder itself, which is the one that somebody chose; any other
 * error as it is.
 *
 * @example lockDataFolder('.sluis/spool').catch((error) => { throw ofDataFolder(error, '.sluis') })
 */
export function ofDataFolder(error: unknown, folder: string): unknown {
  if (!(error instanceof SluisError && error.code === 'data-folder-in-use')) return error
  return new SluisError(error.code, { ...error.params, folder }, { cause: error })
}

async function takeNumber(folder: string, kind: HolderKind): Promise<DataFolderLock> {
  const holderText = holderTextOf(kind)
  for (;;) {
    const newest = Math.max(0, ...(await lockNumbers(folder)))
    const holder = newest === 0 ? undefined : await readHolder(lockPath(folder, newest))
    if (holder !== undefined && isAlive(holder.pid) && markOf(startOf(holder.pid)) === holder.start) {
      throw new SluisError('data-folder-in-use', { folder, pid: holder.pid, since: holder.since, by: holder.kind })
    }
    const mine = newest + 1
    const taken = await symlink(holderText, lockPath(folder, mine)).then(
      () => true,
      (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
        throw error
      },
    )
    if (!taken) continue
    const numbers = await lockNumbers(folder)
    if (Math.max(...numbers) > mine) {
      // Somebody went on from a number that was already gone when this one was made: theirs is newer.
      await rm(lockPath(folder, mine), { force: true })
      continue
    }
    for (const old of numbers) if (old < mine) await rm(lockPath(folder, old), { force: true })
    return { release: () => giveBack(folder, mine).catch(() => undefined) }
  }
}

/** The lock stays, without a holder, so that its number is never used again. */
async function giveBack(folder: string, number: number): Promise<void> {
  const draft = join(folder, `hub.${randomUUID()}.draft`)
  await symlink('given back', draft)
  await rename(draft, lockPath(folder, number))
}

function lockPath(folder: string, number: number): string {
  return join(folder, `hub.${number}.lock`)
}

async function lockNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names.map((name) => Number(/^hub\.(\d{1,15})\.lock$/.exec(name)?.[1] ?? 0)).filter((number) => number > 0)
}

/** Undefined for a lock given back, gone meanwhile, or torn by a power cut: nobody holds it. */
async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readLock(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw folderFault(path, error)
  })
  try {
    const value: unknown = JSON.parse(text)
    const [pid, start, since, kind] = (Array.isArray(value) ? value : olderHolder(value as Holder)) as unknown[]
    if (typeof pid !== 'number' || typeof start !== 'string' || typeof since !== 'string') return undefined
    return { pid, start, since, kind: kind === 'command' ? 'command' : 'hub' }
  } catch {
    return undefined
  }
}

function holderTextOf(kind: HolderKind): string {
  const text = [process.pid, markOf(startOf(process.pid)), new Date().toISOString()]
  return JSON.stringify(kind === 'hub' ? text : [...text, kind])
}

/** Before December 2026 a lock was a file that held an object. */
const olderHolder = ({ pid, start, since }: Holder): unknown[] => [pid, markOf(start), since]

/** Short enough for the name of a link to stand in its inode (60 bytes on ext4). */
const markOf = (start: string | undefined): string => (start ? hash('sha256', start).slice(0, 10) : '')

async function readLock(path: string): Promise<string> {
  try {
    return await readlink(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error
    return readFile(path, 'utf8')
  }
}
