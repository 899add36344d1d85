import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder that only this user can read, with those above it; one that is there stays as it is. Throws the system's
 * error. Node's own recursive way never ends where a folder that is there refuses a new one with ENOENT, as `/proc` does.
 *
 * @example makeFolderSync('/var/lib/sluis/spool')
 */
export function makeFolderSync(folder: string): void {
  if (isFolder(folder)) return
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Another process may have made it meanwhile.
    if (code === 'EEXIST' && isFolder(folder)) return
    const parent = dirname(folder)
    if (code !== 'ENOENT' || isFolder(parent)) throw error
    makeFolderSync(parent)
    makeFolderSync(folder)
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
