import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A file that was named or found below a named folder, or why it could not be looked at. */
export type FoundFile =
  | { readonly state: 'file'; readonly file: string }
  | { readonly state: 'closed'; readonly file: string; readonly why: string }

/**
 * A file as given (`-` is standard input); of a folder everything below it in order of name. Links inside a folder are not
 * followed. What cannot be opened is told, and the rest goes on.
 *
 * @example for (const found of filesOf('inbox')) if (found.state === 'file') console.log(found.file)
 */
export function filesOf(given: string): Iterable<FoundFile> {
  try {
    const isFile = given === '-' || !statSync(given).isDirectory()
    return isFile ? [{ state: 'file', file: given }] : filesBelow(given, readdirSync(given))
  } catch (error) {
    return [{ state: 'closed', file: given, why: whyClosed(error) }]
  }
}

function* filesBelow(folder: string, names: string[]): Generator<FoundFile> {
  for (const name of names.sort()) {
    const inside = join(folder, name)
    const entry = lstatSync(inside)
    if (entry.isDirectory()) yield* filesOf(inside)
    else if (entry.isFile()) yield { state: 'file', file: inside }
  }
}

/** Why a file cannot be opened, for people. */
export function whyClosed(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? 'there is no such file' : `it cannot be opened (${code ?? String(error)})`
}
