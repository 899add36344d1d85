import type { Config } from '../config.ts'
import { isDatabaseAway } from '../store/connect.ts'
import { startEmbedded } from '../store/embedded/start.ts'
import { migrate } from '../store/migrate.ts'

export interface OpenedDatabase {
  readonly url: string
  /** Ends the embedded PostgreSQL; does nothing to one that is not ours. */
  stop(): Promise<void>
}

/** PostgreSQL of `DATABASE_URL`, else the embedded one; migrated. Waits for a database that is away at the start. */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataFolder'>,
  say: (line: string) => void,
  stopping: () => boolean = () => false,
): Promise<OpenedDatabase> {
  const database =
    config.databaseUrl === null
      ? await startEmbedded({ dataFolder: config.dataFolder, say })
      : { url: config.databaseUrl, stop: async () => undefined }
  for (let attempt = 0; ; attempt++) {
    try {
      await migrate(database.url, say)
      return database
    } catch (error) {
      if (!isDatabaseAway(error) || stopping()) {
        await database.stop()
        throw error
      }
      if (attempt === 4) say('the database does not answer yet; messages are kept on this node until it does')
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}
