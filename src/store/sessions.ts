import type { Queryable } from './connect.ts'
import type { Person } from './people.ts'

/** A session that counts: not over, not ended, of a person who has not ended. */
export interface SessionRow {
  readonly person: Person
  readonly expiresAt: Date
}

export async function insertSession(
  db: Queryable,
  tokenHash: Buffer,
  person: number,
  from: Date,
  until: Date,
): Promise<void> {
  await db.query({
    text: 'insert into session (token_hash, person_id, created_at, expires_at) values ($1, $2, $3, $4)',
    values: [tokenHash, person, from, until],
  })
}

/** The session behind a token at `moment`; null when there is none that counts. */
export async function findSession(db: Queryable, tokenHash: Buffer, moment: Date): Promise<SessionRow | null> {
  const { rows } = await db.query<Person & { expiresAt: Date }>({
    text: `select p.id, p.login, p.name, p.role, p.language, s.expires_at as "expiresAt"
      from session s join person p on p.id = s.person_id
      where s.token_hash = $1 and s.expires_at > $2 and s.ended_at is null and p.ended_at is null`,
    values: [tokenHash, moment],
  })
  if (rows[0] === undefined) return null
  const { expiresAt, ...person } = rows[0]
  return { person, expiresAt }
}

export async function endSession(db: Queryable, tokenHash: Buffer): Promise<void> {
  await db.query({
    text: 'update session set ended_at = now() where token_hash = $1 and ended_at is null',
    values: [tokenHash],
  })
}

/** Ends all sessions of whom an identity provider knows by this subject; the person may come back. */
export async function endSessionsOf(db: Queryable, subject: string): Promise<void> {
  await db.query({
    text: `update session set ended_at = now() from person
      where person.subject = $1 and session.person_id = person.id and session.ended_at is null`,
    values: [subject],
  })
}
