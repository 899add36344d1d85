import { SluisError } from '../kernel/errors.ts'

/** What is said of a `DATABASE_URL` that is none; its text is not repeated, because a password may stand in it. */
export const databaseAddressWanted =
  'takes the address of a PostgreSQL, such as postgres://user:password@host:5432/sluis ' +
  '(special characters in a password as %23)'

const schemes: readonly string[] = ['postgres:', 'postgresql:', 'socket:']

/**
 * Whether a text is the address of a PostgreSQL, as the driver reads it.
 *
 * @example isDatabaseAddress('mysql://localhost/sluis') // false
 */
export function isDatabaseAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && schemes.includes(url.protocol)
}

/**
 * Where a database is, to be told: host, port and name, never user and password.
 *
 * @example databasePlace('postgres://hub:secret@db.example/sluis') // 'db.example:5432/sluis'
 */
export function databasePlace(address: string): string {
  const url = URL.parse(address)
  if (url === null) return ''
  const host = decoded(url.hostname) || url.searchParams.get('host') || 'localhost'
  return `${host}${host.startsWith('/') ? '' : `:${url.port || '5432'}`}${decoded(url.pathname)}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** SQLSTATE class 28 (who asks is not let in) and 3D000 (no such database), PostgreSQL appendix A. */
const shutStates = /^(28[0-9A-Z]{3}|3D000)$/
/** A certificate of the server that is not trusted, by the codes of Node's TLS. */
const untrusted =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_HAS_EXPIRED|ERR_TLS_CERT_ALTNAME_INVALID)$/
/** The driver's own words where it has no code: a password that is missing, TLS that the server does not speak. */
const shutWords = /^SASL: |does not support SSL connections/

/**
 * Whether the database is there and does not let us in: wrong user, password, name or certificate. Waiting alone does not
 * help, but what is asked of it is not at fault.
 */
export function isDatabaseShut(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code = '', message } = error as NodeJS.ErrnoException
  return shutStates.test(code) || untrusted.test(code) || shutWords.test(message)
}

/** SQLSTATE 42501: the user is let in and may not do this. */
const notAllowed = '42501'

/**
 * The error `database-refuses` for a database that does not let us in, or not do what a hub must; null when it is
 * something else.
 *
 * @example databaseRefusal(error, 'postgres://hub:wrong@db.example/sluis')?.code // 'database-refuses'
 */
export function databaseRefusal(error: unknown, address: string): SluisError | null {
  if (!isDatabaseShut(error) && (error as NodeJS.ErrnoException | null)?.code !== notAllowed) return null
  const reason = (error as Error).message
  return new SluisError('database-refuses', { place: databasePlace(address), reason }, { cause: error })
}
