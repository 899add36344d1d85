import type { Socket } from 'node:net'
import pg from 'pg'
import { SluisError } from '../kernel/errors.ts'
import { isDatabaseShut } from './database-address.ts'

/** One statement; `query_timeout` (milliseconds) takes the place of the pool's `queryTimeout`. */
export interface Statement extends pg.QueryConfig {
  readonly query_timeout?: number
}

/** For a statement over what is owed, which a loop waits for: given up after a minute. */
export const unhurried = { query_timeout: 60_000 } as const

/**
 * For a statement whose work grows with all that is stored: given up after a quarter of an hour.
 *
 * @example await db.query({ ...thorough, text: 'analyze delivery' })
 */
export const thorough = { query_timeout: 900_000 } as const

/** A pool or one connection: whatever a statement can be run on. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(config: Statement): Promise<pg.QueryResult<Row>>
}

/** The database of the hub. Only this room makes statements for it. */
export interface Database extends Queryable {
  readonly pool: pg.Pool
  /** Lets statements under way end for two seconds; longer ones are given up, and whoever waits for them is told so. */
  close(): Promise<void>
}

export interface ConnectOptions {
  readonly url: string
  /** At most this many connections at once. */
  readonly connections: number
  /** Milliseconds until a connection attempt or a single statement is given up. */
  readonly connectTimeout?: number
  readonly statementTimeout?: number
  /** As `statementTimeout`, but counted here: also ends waiting for a server that fell silent. */
  readonly queryTimeout?: number
  /**
   * Milliseconds after which the server ends a transaction in which nothing is asked: the locks of a node whose line died
   * without a word are free again.
   */
  readonly idleTimeout?: number
  readonly applicationName?: string
}

const int8 = 20
const date = 1082
const timestamptz = 1184

/**
 * A moment as PostgreSQL writes it, read by the engine's own parser: the driver's takes ten times as long, and was half the
 * time of reading 5,000 results of a patient. What has another form (infinity, years before 1, offsets with seconds) goes
 * the driver's way, for the engine guesses at what it does not know.
 */
const readMoment = (text: string): unknown => {
  if (text[10] !== ' ') return readMomentSlowly(text)
  const [hours, minutes] = [text.at(-3), text.at(-6)]
  const date = `${text.slice(0, 10)}T${text.slice(11)}`
  if (hours === '+' || hours === '-') return new Date(`${date}:00`)
  return hours === ':' && (minutes === '+' || minutes === '-') ? new Date(date) : readMomentSlowly(text)
}
const readMomentSlowly: (text: string) => unknown = pg.types.getTypeParser(timestamptz, 'text')

// Row keys and counts stay far below 2^53; a day is a text, because a Date would give it a time and a zone.
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === int8) return Number
    if (oid === date) return (text: string) => text
    if (oid === timestamptz && format !== 'binary') return readMoment
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

/**
 * A plan is made once for each connection. Partitions make planning dear (45 ms for a claim, 115 ms on a busy machine), and
 * left to itself PostgreSQL plans such a statement again each time, because it thinks the plan for all values the dearer one.
 */
const onePlan = '-c plan_cache_mode=force_generic_plan'

/**
 * Opens a pool on PostgreSQL. Does not connect yet; a lost idle connection is dropped and replaced when next needed.
 *
 * @example const db = connect({ url: 'postgres://localhost/sluis', connections: 10 })
 */
export function connect(options: ConnectOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections,
    connectionTimeoutMillis: options.connectTimeout ?? 3_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types,
    application_name: options.applicationName ?? 'sluis',
    options: onePlan,
    ...(options.statementTimeout === undefined ? {} : { statement_timeout: options.statementTimeout }),
    ...(options.queryTimeout === undefined ? {} : { query_timeout: options.queryTimeout }),
    ...(options.idleTimeout === undefined ? {} : { idle_in_transaction_session_timeout: options.idleTimeout }),
  })
  // An idle connection that breaks is reported here and nowhere else; the next query opens a new one.
  pool.on('error', () => undefined)
  // Taken out of the pool a connection has no listener for a moment; one that breaks just then would end the process.
  const clients = new Set<pg.PoolClient>()
  pool.on('connect', (client) => {
    clients.add(client)
    client.on('error', () => undefined)
  })
  pool.on('remove', (client) => clients.delete(client))
  return {
    pool,
    query: (config) => pool.query(config),
    async close() {
      // A statement over all that is stored takes minutes, and whoever stops a node must not wait for it.
      const giveUp = setTimeout(() => clients.forEach(cutOff), closeMilliseconds)
      await pool.end().finally(() => clearTimeout(giveUp))
    },
  }
}

const closeMilliseconds = 2_000

function cutOff(client: pg.PoolClient): void {
  const { connection } = client as unknown as { readonly connection: { readonly stream: Socket } }
  connection.stream.destroy()
}

/** A database whose address is not known yet: away until `use` is called. A node takes messages before its database is up. */
export interface DeferredDatabase extends Database {
  use(url: string): void
}

export function connectLater(options: Omit<ConnectOptions, 'url'>): DeferredDatabase {
  let real: Database | undefined
  const there = (): Database => {
    if (real === undefined) throw new SluisError('database-away', { seconds: 2 })
    return real
  }
  return {
    get pool() {
      return there().pool
    },
    query: async (config) => there().query(config),
    close: async () => real?.close(),
    use(url) {
      real = connect({ ...options, url })
    },
  }
}

/** Runs `work` in one transaction on one connection: commits when it returns, rolls back when it throws. */
export async function inTransaction<T>(db: Database, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return transact(db, 'begin', work)
}

/**
 * The same for work that looks everything up by its key. A plan made while a table was empty goes through all of it for every
 * key, and is kept while the table fills, until its statistics are taken again.
 */
export async function inTransactionByIndex<T>(db: Database, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return transact(db, 'begin; set local enable_seqscan = off', work)
}

async function transact<T>(db: Database, begin: string, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await db.pool.connect()
  let broken: Error | undefined
  // Without a listener a connection that breaks between two statements would end the process.
  const onError = (error: Error): void => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query(begin)
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    // Behind a statement that was given up a rollback would only wait for it as well.
    if (isGivenUp(error)) broken ??= error
    if (broken === undefined) await client.query('rollback').catch((lost: Error) => (broken = lost))
    throw error
  } finally {
    client.removeListener('error', onError)
    client.release(broken)
  }
}

/** Runs `work` on one unchanging view of the database; it cannot write. */
export async function inSnapshot<T>(db: Database, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return inTransaction(db, async (tx) => {
    await tx.query({ text: 'set transaction isolation level repeatable read, read only' })
    return work(tx)
  })
}

const wordMilliseconds = 1_000

/**
 * Waits for what is done outside the database in the middle of a transaction, and says a word to it meanwhile: the server
 * ends a transaction in which nothing is asked for long, and the same work would be begun again for ever.
 */
export async function keptAwake<T>(tx: Queryable, work: Promise<T>): Promise<T> {
  const words: Promise<void>[] = []
  const timer = setInterval(() => {
    // What goes wrong is told by the statement that comes next.
    words[0] ??= askDatabase(tx)
      .catch(() => undefined)
      .finally(() => void words.pop())
  }, wordMilliseconds)
  try {
    return await work
  } finally {
    clearInterval(timer)
    await words[0]
  }
}

/** Resolves when the database answers; throws when it is away. */
export async function askDatabase(db: Queryable): Promise<void> {
  await db.query({ text: 'select 1' })
}

/** Version and clock of the database server. */
export async function askServer(db: Queryable): Promise<{ version: string; now: Date }> {
  const { rows } = await db.query<{ version: string; now: Date }>({
    text: `select current_setting('server_version') as version, clock_timestamp() as now`,
  })
  return rows[0]!
}

/** Whether `queryTimeout` ended a statement: its connection has an answer to come and is of no more use. */
const isGivenUp = (error: unknown): error is Error => error instanceof Error && error.message === 'Query read timeout'

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  // connect(2) on a Unix socket whose server is there and lets nobody in any more.
  'EAGAIN',
])

/**
 * Whether an error means that the database is away (connection, shutdown, recovery, disk), not that the data is at fault.
 * SQLSTATE classes 08, 53, 57P, 58 (PostgreSQL appendix A) and the socket's own codes. A database that no longer lets us in
 * is away as well: a node whose password was changed while it runs goes on to take messages into its spool.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof SluisError) return error.code === 'database-away'
  if (!(error instanceof Error)) return false
  const code = (error as Error & { code?: string }).code ?? ''
  if (connectionCodes.has(code) || isDatabaseShut(error)) return true
  if (/^(08|53|57P|58|25006)/.test(code)) return true
  return /Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Cannot use a pool after calling end|not queryable|Query read timeout/i.test(
    error.message,
  )
}

/** Classes of SQLSTATE that are about the moment: rights, locks, cancelled statements, a schema of another version, resources. */
const ofTheMoment = /^(08|25|40|42|53|55|57|58)/

/**
 * Whether a message was refused for what it is, so that the same would be refused again: by the database (SQLSTATE), or by a
 * fault of ours that it meets, which must not hold up all that come after it.
 */
export function isDataRefused(error: unknown): boolean {
  if (isDatabaseAway(error)) return false
  if (error instanceof SluisError) return !error.temporary
  return !ofTheMoment.test((error as { code?: string } | null)?.code ?? '')
}

/** Whether a statement lost a race that a second try can win: deadlock or serialization (SQLSTATE 40P01, 40001). */
export function isRetryable(error: unknown): boolean {
  const code = (error as { code?: string } | null)?.code
  return code === '40P01' || code === '40001'
}

/** Whether a statement gave way: a lock was not given in time (SQLSTATE 55P03), or another won the race for it. */
export function gaveWay(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === '55P03' || isRetryable(error)
}
