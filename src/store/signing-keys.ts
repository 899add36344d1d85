import type { JWK } from 'jose'
import type { Queryable } from './connect.ts'

/** A key the hub signs access tokens with; the private part is sealed. */
export interface SigningKeyRow {
  readonly kid: string
  readonly privateKey: Buffer
  readonly publicKey: JWK
  readonly createdAt: Date
}

/** Adds a signing key, unless one was made after `since`: two nodes starting together seldom make two. */
export async function insertSigningKey(db: Queryable, key: SigningKeyRow, since: Date): Promise<void> {
  await db.query({
    text: `insert into signing_key (kid, private_key, public_key, created_at)
      select $1, $2, $3, $4
      where not exists (select from signing_key where ended_at is null and created_at > $5)`,
    values: [key.kid, key.privateKey, JSON.stringify(key.publicKey), key.createdAt, since],
  })
}

/** The keys made after `since` that were not ended, newest first: the same order on every node. */
export async function listSigningKeys(db: Queryable, since: Date): Promise<SigningKeyRow[]> {
  const { rows } = await db.query<SigningKeyRow>({
    text: `select kid, private_key as "privateKey", public_key as "publicKey", created_at as "createdAt"
      from signing_key where ended_at is null and created_at > $1 order by created_at desc, kid`,
    values: [since],
  })
  return rows
}
