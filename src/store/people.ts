import type { Language } from '../kernel/language.ts'
import type { Queryable } from './connect.ts'

/** Somebody who signs in: at the hub itself or at an identity provider. */
export interface Person {
  readonly id: number
  readonly login: string
  readonly name: string
  readonly role: 'operator' | 'helper' | 'reader'
  readonly language: Language
}

export interface LocalPerson {
  readonly person: Person
  readonly passwordHash: string | null
  readonly endedAt: Date | null
}

const columns = 'id, login, name, role, language'

/** One person by login, ended or not. */
export async function findPerson(db: Queryable, login: string): Promise<LocalPerson | null> {
  const { rows } = await db.query<Person & { passwordHash: string | null; endedAt: Date | null }>({
    text: `select ${columns}, password_hash as "passwordHash", ended_at as "endedAt" from person where login = $1`,
    values: [login],
  })
  if (rows[0] === undefined) return null
  const { passwordHash, endedAt, ...person } = rows[0]
  return { person, passwordHash, endedAt }
}

/** Everybody who has not ended, by login. */
export async function listPeople(db: Queryable): Promise<Person[]> {
  const { rows } = await db.query<Person>({
    text: `select ${columns} from person where ended_at is null order by login`,
  })
  return rows
}

/** Adds a local account; null when the login is taken. */
export async function insertLocalPerson(
  db: Queryable,
  person: Omit<Person, 'id'> & { readonly passwordHash: string },
): Promise<Person | null> {
  const { rows } = await db.query<Person>({
    text: `insert into person (login, name, role, language, password_hash) values ($1, $2, $3, $4, $5)
      on conflict (login) do nothing returning ${columns}`,
    values: [person.login, person.name, person.role, person.language, person.passwordHash],
  })
  return rows[0] ?? null
}

/**
 * The person an identity provider vouches for, with the name and role it says now; null when the person was ended here.
 * A login that somebody else has is not taken over: the person then gets the subject as login.
 */
export async function upsertForeignPerson(
  db: Queryable,
  person: Omit<Person, 'id' | 'language'> & { readonly subject: string },
): Promise<Person | null> {
  const { rows } = await db.query<Person>({
    text: `insert into person (login, name, role, subject)
      values (case when exists (select from person where login = $1 and subject is distinct from $4) then $4 else $1 end, $2, $3, $4)
      on conflict (subject) do update set name = excluded.name, role = excluded.role where person.ended_at is null
      returning ${columns}`,
    values: [person.login, person.name, person.role, person.subject],
  })
  return rows[0] ?? null
}

/** Ends a person and all of the person's sessions; false when there is none of this login that has not ended. */
export async function endPerson(db: Queryable, login: string): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `with ended as (update person set ended_at = now() where login = $1 and ended_at is null returning id),
        closed as (update session set ended_at = now() from ended where person_id = ended.id and session.ended_at is null)
      select from ended`,
    values: [login],
  })
  return rowCount === 1
}
