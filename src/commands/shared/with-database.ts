import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandIo } from '../../cli.ts'
import { inFolder, makeMasterKey, readMasterKey } from '../../hub/master-key.ts'
import { SluisError } from '../../kernel/errors.ts'
import { makeFolderSync } from '../../kernel/make-folder.ts'
import { connect, type Database } from '../../store/connect.ts'
import { databaseAddressWanted, databaseRefusal, isDatabaseAddress } from '../../store/database-address.ts'
import { ask, embeddedUrl } from '../../store/embedded/connection.ts'
import { preparePlace } from '../../store/embedded/place.ts'
import { startEmbedded } from '../../store/embedded/start.ts'
import { newerWords, schemaState } from '../../store/migrate.ts'
import { BadAnswer, WrongUse } from './outcome.ts'
import { tellingWhenLong } from './progress.ts'

/** The database of a hub as a command works on it. */
export interface HubDatabase {
  readonly db: Database
  readonly url: string
  readonly dataFolder: string
  /** Of whom it is: named by DATABASE_URL, of a hub that runs, or started for the time of this command. */
  readonly kind: 'named' | 'of-running-hub' | 'started-here'
}

export interface Wish {
  readonly data?: string | undefined
  /** Work also on a database of another version. */
  readonly anySchema?: boolean
  /** Make the embedded database when it does not exist yet. */
  readonly mayMake?: boolean
}

/**
 * Runs `work` on the database of a hub: that of DATABASE_URL, else the embedded one of its data folder. That one is joined
 * when a hub runs on it, else started for as long as the work takes: hubs and commands that start meanwhile wait. Throws
 * `WrongUse` when there is no database there or DATABASE_URL names none, `BadAnswer` when this version cannot work with its
 * schema, `database-refuses` when it lets nobody in.
 *
 * @example await withDatabase(values, io, ({ db }) => account(db, days))
 */
export async function withDatabase<T>(wish: Wish, io: CommandIo, work: (hub: HubDatabase) => Promise<T>): Promise<T> {
  const dataFolder = dataFolderOf(wish.data)
  const opened = await open(dataFolder, wish.mayMake === true, io)
  try {
    const db = connect({ url: opened.url, connections: 4, applicationName: 'sluis command' })
    try {
      if (wish.anySchema !== true) await assertSchema(db, io)
      return await work({ db, url: opened.url, dataFolder, kind: opened.kind })
    } catch (error) {
      throw databaseRefusal(error, opened.url) ?? error
    } finally {
      await db.close()
    }
  } finally {
    await opened.stop()
  }
}

export function dataFolderOf(said: string | undefined): string {
  return resolve(said ?? process.env['SLUIS_DATA'] ?? '.sluis')
}

/** Whether the database of a hub can be worked on from here, without asking whether it answers. */
export function hasDatabase(dataFolder: string): boolean {
  return process.env['DATABASE_URL'] !== undefined || existsSync(join(dataFolder, 'postgres', 'cluster'))
}

/** The master key of a hub. Throws `WrongUse` when there is none. */
export function masterKeyOf(dataFolder: string): Buffer {
  const key = readMasterKey(process.env, dataFolder)
  if (key?.length === 32) return key
  const why = key === null ? `There is no ${join(dataFolder, 'master.key')}` : 'The master key does not have 32 bytes'
  throw new WrongUse(`${why}. Name the hub's data folder with --data, or give the key in SLUIS_MASTER_KEY (base64).`)
}

interface Opened extends Pick<HubDatabase, 'url' | 'kind'> {
  stop(): Promise<void>
}

async function open(dataFolder: string, mayMake: boolean, io: CommandIo): Promise<Opened> {
  const named = process.env['DATABASE_URL']
  if (named !== undefined && !isDatabaseAddress(named)) throw new WrongUse(`DATABASE_URL ${databaseAddressWanted}`)
  if (named !== undefined) return { url: named, kind: 'named', stop: async () => undefined }
  if (!mayMake && !hasDatabase(dataFolder)) {
    throw new WrongUse(
      `There is no hub in ${dataFolder}. Name its folder with --data, or its database with DATABASE_URL.`,
    )
  }
  if (!hasDatabase(dataFolder)) ensureMasterKey(dataFolder)
  try {
    const say = (line: string): void => void io.stderr.write(`${line}\n`)
    // Also after a Ctrl-C: it was started for this command, and whoever broke it off thinks that nothing runs.
    const started = await startEmbedded({ dataFolder, say, holder: 'command', endsWithUs: true })
    return { url: started.url, kind: 'started-here', stop: started.stop }
  } catch (error) {
    if (!(error instanceof SluisError && error.code === 'data-folder-in-use')) throw error
    return { url: await joinRunning(dataFolder, io), kind: 'of-running-hub', stop: async () => undefined }
  }
}

/** Before the database: a folder with a database and no key is one that lost its key, and no hub starts on it. */
function ensureMasterKey(dataFolder: string): void {
  inFolder(dataFolder, () => makeFolderSync(dataFolder))
  if (readMasterKey(process.env, dataFolder) === null) makeMasterKey(dataFolder)
}

/** The address of the PostgreSQL of a hub that runs; waits for one that is just starting. */
async function joinRunning(dataFolder: string, io: CommandIo): Promise<string> {
  const place = await preparePlace(dataFolder)
  const ready = async (): Promise<void> => {
    for (const end = Date.now() + 20_000; Date.now() < end; await sleep(200)) {
      if ((await ask(place)).state === 'ready') return
    }
  }
  await tellingWhenLong(io, "waiting for the running hub's database", ready())
  return embeddedUrl(place)
}

async function assertSchema(db: Database, io: CommandIo): Promise<void> {
  const { missing, unknown, unworkable } = await schemaState(db)
  if (missing.length > 0) {
    throw new BadAnswer(`The database misses ${missing.join(', ')}. Run \`sluis migrate\` first.`)
  }
  if (unworkable.length > 0) {
    throw new BadAnswer(`The database is of a newer version (${unworkable.join(', ')}). Use that version of sluis.`)
  }
  if (unknown.length > 0) io.stderr.write(`${newerWords(unknown.join(', '))}\n`)
}
