import type { Config } from '../config.ts'
import { assertMasterKey } from '../ledger/vault.ts'
import { connect, isDatabaseAway } from '../store/connect.ts'
import { databasePlace, databaseRefusal } from '../store/database-address.ts'
import { startEmbedded } from '../store/embedded/start.ts'
import { migrate } from '../store/migrate.ts'
import { transactionsBehind } from '../store/transaction-numbers.ts'

export interface OpenedDatabase {
  readonly url: string
  /** Ends the embedded PostgreSQL; does nothing to one that is not ours. */
  stop(): Promise<void>
}

/** So many attempts go by before the words: a database that was started together with the node is nearly there. */
const quietAttempts = 4

/**
 * PostgreSQL of `DATABASE_URL`, else the embedded one; migrated. Waits for a database that is away at the start, and says
 * which and why. Throws `database-refuses` when it does not let this hub in: that is wrong in the configuration; and
 * `transactions-behind` for a copy in which everything new would be passed over, `schema-newer` for a schema that only a
 * newer version can work with; `master-key-differs` when nothing that it holds was sealed with the key of this node.
 */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataFolder' | 'masterKey'>,
  say: (line: string) => void,
  stopping: () => boolean = () => false,
): Promise<OpenedDatabase> {
  const database =
    config.databaseUrl === null
      ? await startEmbedded({ dataFolder: config.dataFolder, say, stopping })
      : { url: config.databaseUrl, stop: async () => undefined }
  let told = ''
  for (let attempt = 0; ; attempt++) {
    try {
      await migrate(database.url, say)
      await assertFit(database.url, config.masterKey)
      return database
    } catch (error) {
      const refusal = databaseRefusal(error, database.url)
      if (refusal !== null || !isDatabaseAway(error) || stopping()) {
        await database.stop()
        throw refusal ?? error
      }
      const { code, message } = error as NodeJS.ErrnoException
      const what = `the database ${databasePlace(database.url)} does not answer yet (${code ?? message})`
      if (attempt >= quietAttempts && what !== told) say(`${what}; messages are kept on this node until it does`)
      if (attempt >= quietAttempts) told = what
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}

/** Before anything is written: whether what is new will be found here, and opened by whoever opens what is there. */
async function assertFit(url: string, masterKey: Buffer): Promise<void> {
  const db = connect({ url, connections: 1 })
  try {
    const behind = await transactionsBehind(db)
    if (behind !== null) throw behind
    await assertMasterKey(db, masterKey)
  } finally {
    await db.close()
  }
}
