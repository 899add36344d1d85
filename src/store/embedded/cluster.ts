import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SluisError } from '../../kernel/errors.ts'
import { superuser } from './connection.ts'
import { program, type Native } from './native.ts'
import type { Place } from './place.ts'
import { run, type Runner } from './runner.ts'

/**
 * Makes the data directory when there is none; takes about two seconds, once.
 *
 * It is made under another name and renamed when it is complete, so that one half made by a killed hub is never taken
 * for a database, nor a complete one ever removed. Throws `database-start-failed` or `database-version-differs`.
 */
export async function makeCluster(
  place: Place,
  native: Native,
  runner: Runner,
  options: { readonly say: (line: string) => void; readonly testOnlyNoFsync?: boolean },
): Promise<void> {
  await removeHalfMade(place)
  if (existsSync(place.cluster)) return checkVersion(place, native)
  options.say('making the database (once)')
  // Its own name each time: the program of a killed hub may still be writing in the one it began.
  const making = `${place.cluster}.${randomUUID()}.making`
  const args = [
    `--pgdata=${making}`,
    `--username=${superuser}`,
    `--pwfile=${place.passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
    ...(options.testOnlyNoFsync ? ['--no-sync'] : []),
  ]
  const result = await finish(runner, program(native, 'initdb'), args)
  if (result.code !== 0) throw new SluisError('database-start-failed', { reason: result.words, log: place.log })
  await rename(making, place.cluster)
  await syncFolder(place.folder)
}

async function removeHalfMade(place: Place): Promise<void> {
  for (const name of await readdir(place.folder)) {
    if (!name.endsWith('.making')) continue
    // What somebody is still writing in does not go now; the next start removes it.
    await rm(join(place.folder, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

async function checkVersion(place: Place, native: Native): Promise<void> {
  const found = (await readFile(join(place.cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  const shipped = native.version.split('.')[0] ?? ''
  if (found !== shipped) throw new SluisError('database-version-differs', { folder: place.cluster, found, shipped })
}

async function finish(runner: Runner, file: string, args: string[]): Promise<{ code: number; words: string }> {
  const child = run(runner, file, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2000)))
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, words: error.message }))
    child.once('close', (code) => resolve({ code: code ?? 1, words: words.trim() }))
  })
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
