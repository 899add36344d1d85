import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Puts `content` in `file`, readable by the owner alone. A power cut leaves the old content or the new, never half of it, and
 * after the return the new. Throws the system's error.
 */
export function replaceFileSync(file: string, content: string): void {
  const beside = writeBeside(file, content)
  renameSync(beside, file)
  syncFolderSync(dirname(file))
}

/** The same where others must not wait for the disk. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const beside = `${file}.${process.pid}.new`
  const handle = await open(beside, 'w', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, file)
  await syncFolder(dirname(file))
}

/**
 * The same for a file that must never take the place of another: false, and nothing written, when there is one already.
 *
 * @example makeFileSync('.sluis/master.key', randomBytes(32).toString('base64'))
 */
export function makeFileSync(file: string, content: string): boolean {
  const beside = writeBeside(file, content)
  try {
    // Unlike a rename a link fails where there is a file, also one that another process made in this very moment.
    linkSync(beside, file)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code === 'EEXIST') return false
    if (!noLinks.includes(code)) throw error
    write(file, 'wx', content)
  } finally {
    rmSync(beside, { force: true })
  }
  syncFolderSync(dirname(file))
  return true
}

/** What link(2) says where the file system knows no hard links. */
const noLinks: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/** Makes the names of a folder durable: without it a file that was synced may be gone, or be the old one, after a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What a file of JSON holds; undefined when there is none, or when it is empty or broken. Throws when it cannot be read. */
export function readJsonSync(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function writeBeside(file: string, content: string): string {
  const beside = `${file}.${process.pid}.new`
  write(beside, 'w', content)
  return beside
}

/** Leaves no half of a file behind. */
function write(file: string, flags: 'w' | 'wx', content: string): void {
  const handle = openSync(file, flags, 0o600)
  try {
    writeFileSync(handle, content)
    fsyncSync(handle)
  } catch (error) {
    rmSync(file, { force: true })
    throw error
  } finally {
    closeSync(handle)
  }
}

function syncFolderSync(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
