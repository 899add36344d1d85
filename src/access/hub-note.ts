import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../kernel/durable-file.ts'

const noteOf = (dataFolder: string): string => join(dataFolder, 'hub-url')

/** Writes down where the hub of a data folder listens, for commands that name the folder and no address. */
export async function noteHubUrl(dataFolder: string, url: string): Promise<void> {
  // Who listens everywhere is reached here too.
  const reached = new URL(url)
  if (reached.hostname === '0.0.0.0' || reached.hostname === '[::]') reached.hostname = '127.0.0.1'
  await replaceFile(noteOf(dataFolder), `${reached.origin}\n`)
}

/** Where the hub of a data folder listened when it started last; null when none did. */
export async function notedHubUrl(dataFolder: string): Promise<string | null> {
  const text = (await readFile(noteOf(dataFolder), 'utf8').catch(() => '')).trim()
  return URL.canParse(text) ? text : null
}
