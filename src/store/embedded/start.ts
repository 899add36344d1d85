import { makeCluster } from './cluster.ts'
import { leavePlace, preparePlace, type Place } from './place.ts'
import { lockDataFolder, type HolderKind } from './lock.ts'
import { endWithUs } from './end-with-us.ts'
import { keepRunning } from './keep-running.ts'
import { findOrphan, launch, stopServer } from './server.ts'
import { embeddedUrl } from './connection.ts'
import { copyNative, usableNative, type Native } from './native.ts'
import { findRunner, needRunner, type Runner } from './runner.ts'

export interface EmbeddedOptions {
  /** The hub's data folder; made when it is not there. */
  readonly dataFolder: string
  /** Hears a line of progress for whatever takes long or went another way than usual. */
  readonly say: (line: string) => void
  /** For the throw-away server of the tests alone: a power cut may then lose or damage everything. */
  readonly testOnlyNoFsync?: boolean
  /** PostgreSQL ends when this process ends, also by SIGKILL. A hub leaves its own running for the next one to adopt. */
  readonly endsWithUs?: boolean
  /** Who works on it: a command is waited for, by a hub and by the next command. */
  readonly holder?: HolderKind
  /** Ends the waiting for a command. */
  readonly stopping?: () => boolean
}

export interface EmbeddedDatabase {
  /** For `pg` and libpq alike; carries the password, so never log it. */
  readonly url: string
  /** True when a PostgreSQL left behind by a killed hub was found running and taken over. */
  readonly adopted: boolean
  /** Shuts PostgreSQL down in an orderly way and gives the data folder free; a second call does nothing more. */
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL that comes with the package, on the hub's own data folder, as root or not.
 *
 * First makes the database when there is none, repairs after a hard stop, and starts PostgreSQL again when it dies.
 * Needs no network: PostgreSQL listens on a Unix socket only.
 * Throws `data-folder-in-use`, `data-folder-unusable`, `database-not-shipped`, `database-start-failed`,
 * `database-password-missing` or `database-version-differs`.
 *
 * @example
 * const database = await startEmbedded({ dataFolder: '.sluis', say: console.error })
 * await new pg.Client(database.url).connect()
 * await database.stop()
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { say, stopping } = options
  const lock = await lockDataFolder(options.dataFolder, options.holder, { say, stopping })
  try {
    const place = await preparePlace(options.dataFolder)
    const orphan = await findOrphan(place, options.say)
    const waiting: (() => Promise<void>)[] = []
    const endsWithUs = (pid: number): void => {
      if (options.endsWithUs === true) waiting.push(endWithUs(pid, place))
    }
    const start = async () => {
      const { native, runner } = await waysToRun(place, options.say)
      await makeCluster(place, native, runner, options)
      const pid = await launch(place, native, runner, options)
      endsWithUs(pid)
      return pid
    }
    if (orphan !== undefined) endsWithUs(orphan)
    const kept = keepRunning(orphan ?? (await start()), start, options.say)
    let stopped: Promise<void> | undefined
    const stop = async () => {
      await stopServer(await kept.release(), options.say)
      await Promise.all(waiting.map((end) => end()))
      await leavePlace(place)
      await lock.release()
    }
    return {
      url: embeddedUrl(place),
      adopted: orphan !== undefined,
      stop: () => (stopped ??= stop()),
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** A system user may be kept out of the folder the programs are installed in, but not out of a copy given to it. */
async function waysToRun(place: Place, say: (line: string) => void): Promise<{ native: Native; runner: Runner }> {
  const native = await usableNative(place, say)
  const runner = await findRunner(place, native)
  if (runner !== undefined) return { native, runner }
  const copy = await copyNative(native, place, say)
  return { native: copy, runner: await needRunner(place, copy) }
}
