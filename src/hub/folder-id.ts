import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFileSync } from '../kernel/durable-file.ts'
import type { Log } from '../kernel/log.ts'

/**
 * What tells a data folder from every other, kept in it, for whoever holds the folder. One that cannot be kept, as on a full
 * disk, is good as long as this process lives.
 *
 * @example folderId('.sluis', log) // '3f0c...', the same at the next start
 */
export function folderId(dataFolder: string, log: Log): string {
  const file = join(dataFolder, 'folder-id')
  try {
    const kept = readFileSync(file, 'utf8').trim()
    if (kept.length === 36) return kept
  } catch {
    // There is none yet.
  }
  const made = randomUUID()
  try {
    replaceFileSync(file, `${made}\n`)
  } catch (error) {
    log.warn('folder-id-not-kept', {
      folder: dataFolder,
      reason: (error as NodeJS.ErrnoException).code ?? String(error),
    })
  }
  return made
}
