import type { JWK } from 'jose'
import type { Language } from '../kernel/language.ts'
import type { Queryable } from './connect.ts'

/** Who hands over messages: a pharmacy, laboratory or practice, through its software. */
export interface Sender {
  readonly id: number
  readonly clientId: string
  readonly name: string
  readonly kind: string
  readonly organisationNihii: string | null
  readonly software: string | null
  readonly language: Language
}

/** A sender with what is needed to recognise it. An ended sender stays known, so that it can be told so. */
export interface KnownSender {
  readonly sender: Sender
  readonly publicJwks: readonly JWK[]
  readonly endedAt: Date | null
}

export type NewSender = Omit<Sender, 'id'> & { readonly publicJwks: readonly JWK[] }

interface Row extends Sender {
  readonly publicJwks: readonly JWK[]
  readonly endedAt: Date | null
}

const columns = `id, client_id as "clientId", name, kind, organisation_nihii as "organisationNihii", software, language,
  public_keys as "publicJwks", ended_at as "endedAt"`

function known({ publicJwks, endedAt, ...sender }: Row): KnownSender {
  return { sender, publicJwks, endedAt }
}

/** Adds a sender; null when its client id is taken, also by an ended one. */
export async function insertSender(db: Queryable, sender: NewSender): Promise<KnownSender | null> {
  const { rows } = await db.query<Row>({
    text: `insert into sender (client_id, name, kind, organisation_nihii, software, language, public_keys)
      values ($1, $2, $3, $4, $5, $6, $7) on conflict (client_id) do nothing returning ${columns}`,
    values: [
      sender.clientId,
      sender.name,
      sender.kind,
      sender.organisationNihii,
      sender.software,
      sender.language,
      JSON.stringify(sender.publicJwks),
    ],
  })
  return rows[0] === undefined ? null : known(rows[0])
}

/** One sender, ended or not; null when nobody has this client id. */
export async function findSender(db: Queryable, clientId: string): Promise<KnownSender | null> {
  const { rows } = await db.query<Row>({
    text: `select ${columns} from sender where client_id = $1`,
    values: [clientId],
  })
  return rows[0] === undefined ? null : known(rows[0])
}

/** All senders, ended ones too, by name. */
export async function listSenders(db: Queryable): Promise<KnownSender[]> {
  const { rows } = await db.query<Row>({ text: `select ${columns} from sender order by name, id` })
  return rows.map(known)
}

/** Ends a sender from now on; false when there is none with this client id that has not ended. */
export async function endSender(db: Queryable, clientId: string): Promise<boolean> {
  const { rowCount } = await db.query({
    text: 'update sender set ended_at = now() where client_id = $1 and ended_at is null',
    values: [clientId],
  })
  return rowCount === 1
}

/** Replaces the public keys of a sender that has not ended; false when there is none. */
export async function updateSenderKeys(db: Queryable, clientId: string, publicJwks: readonly JWK[]): Promise<boolean> {
  const { rowCount } = await db.query({
    text: 'update sender set public_keys = $2 where client_id = $1 and ended_at is null',
    values: [clientId, JSON.stringify(publicJwks)],
  })
  return rowCount === 1
}
