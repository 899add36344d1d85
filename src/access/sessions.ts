import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import { SluisError } from '../kernel/errors.ts'
import type { HubKeys } from '../kernel/keys.ts'
import type { Database } from '../store/connect.ts'
import type { Person } from '../store/people.ts'
import { endSession, findSession, insertSession, type SessionRow } from '../store/sessions.ts'
import { ask } from './away.ts'
import { readCookie, writeCookie } from './cookies.ts'
import { accessKeys } from './own-keys.ts'

/** Somebody who has signed in. */
export interface Session {
  readonly person: Person
  readonly expiresAt: Date
  /** Goes into every form as a hidden field; `requireFormToken` wants it back. */
  readonly formToken: string
}

export interface Sessions {
  /** Opens a session; the answer is the value of `Set-Cookie`. */
  begin(person: Person): Promise<string>
  /** The session of a `Cookie` header; null without one that counts. Throws `database-away` for one not seen here lately. */
  find(cookies: string | undefined): Promise<Session | null>
  /** Ends the session; the answer is the value of `Set-Cookie` that removes the cookie. */
  end(cookies: string | undefined): Promise<string>
}

const hours = 3_600_000
/** A working day and a bit; there is no prolonging. */
const lasts = 12 * hours
/** For so long a session is believed without asking again; that somebody signed out on another node is seen after it. */
const believed = 10_000
const mostKept = 2_000

/** Sessions of the console. The cookie holds 32 random bytes, the database their hash only. `secure`: reached over https. */
export function makeSessions(options: {
  readonly db: Database
  readonly clock: Clock
  readonly keys: Pick<HubKeys, 'wrap'>
  readonly secure: boolean
}): Sessions {
  const { db, clock, secure } = options
  const formKey = accessKeys(options.keys).form
  const name = secure ? '__Host-sluis_session' : 'sluis_session'
  const seen = new Map<string, { readonly row: SessionRow; readonly at: number }>()
  const remember = (token: string, row: SessionRow): void => {
    if (seen.size >= mostKept) seen.delete(seen.keys().next().value ?? '')
    seen.set(token, { row, at: clock.now().getTime() })
  }

  const look = async (token: string): Promise<SessionRow | null> => {
    const now = clock.now()
    const known = seen.get(token)
    if (known !== undefined && known.row.expiresAt <= now) return null
    if (known !== undefined && now.getTime() - known.at < believed) return known.row
    const asked = await ask(findSession(db, hashOf(token), now))
    // Operations must stay readable during an outage by those who were there when it began.
    if (asked.state === 'away' && known !== undefined) return known.row
    if (asked.state === 'away') throw new SluisError('database-away', { seconds: 5 })
    seen.delete(token)
    if (asked.value !== null) remember(token, asked.value)
    return asked.value
  }
  return {
    async begin(person) {
      const token = randomBytes(32).toString('base64url')
      const now = clock.now()
      await insertSession(db, hashOf(token), person.id, now, new Date(now.getTime() + lasts))
      return writeCookie(name, token, { secure, seconds: lasts / 1_000 })
    },
    async find(cookies) {
      const token = readToken(cookies, name)
      const row = token === null ? null : await look(token)
      if (token === null || row === null) return null
      const formToken = createHmac('sha256', formKey).update(hashOf(token)).digest('base64url')
      return { ...row, formToken }
    },
    async end(cookies) {
      const token = readToken(cookies, name)
      if (token !== null) {
        seen.delete(token)
        await endSession(db, hashOf(token))
      }
      return writeCookie(name, '', { secure, seconds: 0 })
    },
  }
}

/**
 * Holds a form against the session it was shown in (CSRF). Throws `form-token-differs`; call it for every POST of a
 * person.
 */
export function requireFormToken(session: Session, given: unknown): void {
  const expected = Buffer.from(session.formToken)
  const bytes = Buffer.from(typeof given === 'string' ? given.slice(0, 100) : '')
  if (bytes.length === expected.length && timingSafeEqual(bytes, expected)) return
  throw new SluisError('form-token-differs')
}

function readToken(cookies: string | undefined, name: string): string | null {
  const value = readCookie(cookies, name)
  return value !== null && /^[\w-]{43}$/.test(value) ? value : null
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
