import { Client } from 'pg'
import type { Place } from './place.ts'

export const superuser = 'sluis'
const database = 'sluis'

/** What a PostgreSQL that was asked for a sign of life said. */
export type Answer = { state: 'ready' } | { state: 'not-yet' } | { state: 'refused'; reason: string }

/**
 * The address of the hub's database, for `pg` and libpq: the socket's folder stands, encoded, in the place of a host. Port and
 * TLS are said although they are the usual ones, or PGPORT and PGSSLMODE of the person at the keyboard would count.
 */
export function embeddedUrl(place: Place, name = database): string {
  const host = `${encodeURIComponent(place.socketFolder)}:5432`
  return `postgresql://${superuser}:${place.password}@${host}/${name}?sslmode=disable`
}

/** Asks for a sign of life with our password, and makes the hub's database when it is not there yet. */
export async function ask(place: Place): Promise<Answer> {
  const answer = await connect(embeddedUrl(place))
  if (answer.code !== noSuchDatabase) return answer.result
  return (await connect(embeddedUrl(place, 'postgres'), `CREATE DATABASE ${database}`)).result
}

// PostgreSQL's error codes, appendix A of its manual.
const noSuchDatabase = '3D000'
const alreadyThere = ['42P04', '23505']
const busy = ['57P03', '57P01', '57P02', 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']
const tooManyConnections = '53300'

async function connect(url: string, statement?: string): Promise<{ code: string; result: Answer }> {
  // Without options of its own it would take those of PGOPTIONS.
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, options: ' ' })
  // A server that dies while it answers raises this beside the rejected promise; the promise tells it.
  client.on('error', () => undefined)
  try {
    await client.connect()
    if (statement !== undefined) await client.query(statement)
    return { code: '', result: { state: 'ready' } }
  } catch (error) {
    const code = (error as { code?: string }).code ?? ''
    return { code, result: read(code, error as Error) }
  } finally {
    await client.end().catch(() => undefined)
  }
}

function read(code: string, error: Error): Answer {
  if (code === tooManyConnections || alreadyThere.includes(code)) return { state: 'ready' }
  // Without a code it is our own time-out or a connection closed half-way: the server may just be starting or stopping.
  if (code === '' || busy.includes(code)) return { state: 'not-yet' }
  return { state: 'refused', reason: error.message }
}
