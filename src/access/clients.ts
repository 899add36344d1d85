import { randomBytes } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { SluisError } from '../kernel/errors.ts'
import type { Language } from '../kernel/language.ts'
import type { Queryable } from '../store/connect.ts'
import { insertSender, updateSenderKeys, type Sender } from '../store/senders.ts'
import { readPublicJwks } from './client-keys.ts'

export interface Registration {
  readonly clientId: string
  readonly name: string
  /** What sort of sender: `pharmacy`, `laboratory`, `practice`, `development`. */
  readonly kind: string
  readonly organisationNihii?: string | null
  readonly software?: string | null
  readonly language?: Language
  /** A JWK Set's keys as the client gave them. */
  readonly publicJwks: unknown
}

/**
 * Registers a sender with its public keys. Every node knows it at its first request.
 *
 * Throws `client-key-unusable`, `client-key-private` or `client-id-taken`.
 *
 * @example await registerSender(db, { clientId: 'apotheek-1', name: 'Apotheek 1', kind: 'pharmacy', publicJwks: [jwk] })
 */
export async function registerSender(db: Queryable, registration: Registration): Promise<Sender> {
  const { clientId, name, kind } = registration
  const known = await insertSender(db, {
    clientId,
    name,
    kind,
    organisationNihii: registration.organisationNihii ?? null,
    software: registration.software ?? null,
    language: registration.language ?? 'nl',
    publicJwks: await readPublicJwks(registration.publicJwks),
  })
  if (known === null) throw new SluisError('client-id-taken', { clientId })
  return known.sender
}

/** Makes sure that a laboratory which comes over a line of its own, without keys, is a sender; one that is known stays so. */
export async function registerLine(
  db: Queryable,
  line: { readonly clientId: string; readonly name: string },
): Promise<void> {
  const nothing = { organisationNihii: null, software: null, language: 'nl', publicJwks: [] } as const
  await insertSender(db, { ...line, kind: 'laboratory', ...nothing })
}

/** Replaces a sender's keys, as after a leak. Throws `client-key-unusable`, `client-key-private` or `client-unknown`. */
export async function changeSenderKeys(db: Queryable, clientId: string, publicJwks: unknown): Promise<void> {
  const keys = await readPublicJwks(publicJwks)
  if (!(await updateSenderKeys(db, clientId, keys))) throw new SluisError('client-unknown', { clientId })
}

/** A client with both halves of its key: what its software keeps. */
export interface Client {
  readonly clientId: string
  readonly privateJwk: JWK
  readonly publicJwk: JWK
}

/**
 * Makes a client with a new ES256 key; registers nothing.
 *
 * @example const clients = await Promise.all(Array.from({ length: 50 }, () => makeClient('pharmacy')))
 */
export async function makeClient(prefix: string): Promise<Client> {
  const pair = await generateKeyPair('ES256', { extractable: true })
  const publicJwk = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(publicJwk)
  return {
    clientId: `${prefix}-${randomBytes(4).toString('hex')}`,
    privateJwk: { ...(await exportJWK(pair.privateKey)), kid, alg: 'ES256' },
    publicJwk: { ...publicJwk, kid },
  }
}
