import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { makeFileSync } from '../kernel/durable-file.ts'
import { folderFault } from '../store/embedded/place.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Where the master key of a data folder lies, in base64. */
export const masterKeyFile = (dataFolder: string): string => join(dataFolder, 'master.key')

/**
 * The master key of the environment, else that of the data folder; null when neither has one. 32 bytes when it is one. An
 * empty file is none where nothing was sealed with it: a first start that was killed, or met a full disk, leaves such a file.
 * Throws `data-folder-unusable` when it lies there and cannot be read.
 *
 * @example readMasterKey(process.env, '.sluis')?.length // 32
 */
export function readMasterKey(env: Environment, dataFolder: string): Buffer | null {
  if (env['SLUIS_MASTER_KEY'] !== undefined) return Buffer.from(env['SLUIS_MASTER_KEY'], 'base64')
  const file = masterKeyFile(dataFolder)
  const key = inFolder(file, () => (existsSync(file) ? keyIn(file) : null))
  return key?.length === 0 && !holdsSealed(dataFolder) ? null : key
}

/** Made at the first start and kept, readable by the owner alone; durable before anything is sealed with it. */
export function makeMasterKey(dataFolder: string): Buffer {
  const file = masterKeyFile(dataFolder)
  return inFolder(dataFolder, () => {
    const key = takenAway(file) ?? randomBytes(32)
    // When another start was faster its key counts.
    makeFileSync(file, key.toString('base64'))
    return keyIn(file)
  })
}

/** Takes an empty file away; gives the key that another start put in its place between look and move. */
function takenAway(file: string): Buffer | null {
  if (!existsSync(file) || keyIn(file).length > 0) return null
  const aside = `${file}.empty`
  renameSync(file, aside)
  const moved = keyIn(aside)
  return moved.length > 0 ? moved : null
}

const keyIn = (file: string): Buffer => Buffer.from(readFileSync(file, 'utf8'), 'base64')

/** Whether something lies in a data folder that only its master key opens. */
export function holdsSealed(dataFolder: string): boolean {
  if (existsSync(join(dataFolder, 'postgres', 'cluster'))) return true
  const spool = join(dataFolder, 'spool')
  if (!existsSync(spool)) return false
  const names = inFolder(spool, () => readdirSync(spool, { recursive: true, encoding: 'utf8' }))
  return names.some((name) => /\.(segment|message)\b/.test(name))
}

/** Does what reads or writes at a place of the data folder; the system's errors become `data-folder-unusable`. */
export function inFolder<T>(place: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw folderFault(place, error)
  }
}
