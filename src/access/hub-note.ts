import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../kernel/durable-file.ts'

const noteOf = (dataFolder: string): string => join(dataFolder, 'hub-url')

/** Writes down where the hub of a data folder is reached, for commands that name the folder and no address. */
export async function noteHubUrl(dataFolder: string, url: string): Promise<void> {
  await replaceFile(noteOf(dataFolder), `${url}\n`)
}

/** Where the hub of a data folder listened when it started last; null when none did. */
export async function notedHubUrl(dataFolder: string): Promise<string | null> {
  const text = (await readFile(noteOf(dataFolder), 'utf8').catch(() => '')).trim()
  return URL.canParse(text) ? text : null
}
