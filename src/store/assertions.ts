import type { Queryable } from './connect.ts'

/** An assertion that was accepted: a hash over its client and id, kept until the assertion has expired. */
export interface UsedAssertion {
  readonly hash: Buffer
  readonly expiresAt: Date
}

/** Writes used assertions down. Returns how many were new: a hash that was there already is a second use. */
export async function insertUsedAssertions(db: Queryable, used: readonly UsedAssertion[]): Promise<number> {
  const { rowCount } = await db.query({
    text: `insert into used_assertion (jti, expires_at)
      select * from unnest($1::bytea[], $2::timestamptz[]) on conflict (jti) do nothing`,
    values: [used.map((one) => one.hash), used.map((one) => one.expiresAt)],
  })
  return rowCount ?? 0
}

/** Forgets assertions that expired before `moment`; they are refused by their time from then on. */
export async function deleteExpiredAssertions(db: Queryable, moment: Date): Promise<void> {
  await db.query({ text: 'delete from used_assertion where expires_at < $1', values: [moment] })
}
