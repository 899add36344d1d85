import { createHash } from 'node:crypto'
import type { Queryable } from './connect.ts'

/** Who of the readers may look at the patients of a practice: the last row of a practice counts, earlier ones stay. */
export interface PracticeReaders {
  readonly practice: string
  /** Logins. */
  readonly readers: readonly string[]
  readonly by: string
  readonly why: string
}

/** Says who reads a practice from now on, with who says so and why. */
export async function setPracticeReaders(db: Queryable, wish: PracticeReaders, at: Date): Promise<void> {
  const { practice, readers, by, why } = wish
  const body = JSON.stringify({ readers, why, at: at.toISOString() })
  await db.query({
    text: `insert into setting (kind, name, body, sha256, created_by) values ('practice-readers', $1, $2, $3, $4)`,
    values: [practice, body, createHash('sha256').update(body).digest(), by],
  })
}

/** The logins that read a practice; empty when nobody ever said. */
export async function readersOfPractice(db: Queryable, practice: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ readers: string[] }>({
    name: 'readers-of-practice',
    text: `select body -> 'readers' as readers from setting where kind = 'practice-readers' and name = $1
      order by id desc limit 1`,
    values: [practice],
  })
  return rows[0]?.readers ?? []
}

/** The practices somebody reads. */
export async function practicesOfReader(db: Queryable, login: string): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>({
    name: 'practices-of-reader',
    text: `select name from (select distinct on (name) name, body from setting where kind = 'practice-readers'
        order by name, id desc) last
      where body -> 'readers' ? $1 order by name`,
    values: [login],
  })
  return rows.map(({ name }) => name)
}

/** Every practice that has enrolled somebody. */
export async function knownPractices(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ practice: string }>({
    name: 'known-practices',
    text: 'select distinct practice from enrolment order by practice',
  })
  return rows.map(({ practice }) => practice)
}
