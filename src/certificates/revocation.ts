import { createHash } from 'node:crypto'
import type { CoseMessage } from './cose.ts'
import { entryOf } from './dcc.ts'
import type { Claims } from './open.ts'

export type RevocationType = 'UCI' | 'COUNTRYCODEUCI' | 'SIGNATURE'

/** One entry of a revocation list: the first 16 bytes of a SHA-256, base64 (EU gateway, revocation batches). */
export interface RevocationEntry {
  readonly type: RevocationType
  readonly hash: string
}

/** A revocation list made ready to be asked. */
export type RevocationList = ReadonlyMap<RevocationType, ReadonlySet<string>>

const types: readonly RevocationType[] = ['UCI', 'COUNTRYCODEUCI', 'SIGNATURE']

/** The entry by which an issuer revokes a certificate it knows by its identifier. */
export function revocationEntry(uvci: string): RevocationEntry {
  return { type: 'UCI', hash: shortHash(uvci) }
}

export type RevocationRead =
  | { readonly state: 'read'; readonly list: RevocationList }
  /** `entry`: which one is none, counted from 1. */
  | { readonly state: 'unreadable'; readonly entry: number }

/**
 * A list from its entries. One that is no entry makes the whole unreadable: left out, it would let a revoked certificate
 * hold.
 *
 * @example toRevocationList([{ type: 'uci', hash: '...' }]) // { state: 'unreadable', entry: 1 }
 */
export function toRevocationList(entries: readonly unknown[]): RevocationRead {
  const list = new Map(types.map((type) => [type, new Set<string>()]))
  for (const [index, entry] of entries.entries()) {
    const { type, hash } = (entry ?? {}) as Readonly<Record<string, unknown>>
    const hashes = list.get(type as RevocationType)
    if (hashes === undefined || typeof hash !== 'string' || !isShortHash(hash))
      return { state: 'unreadable', entry: index + 1 }
    hashes.add(hash)
  }
  return { state: 'read', list }
}

/** Whether a text is 16 bytes in the one way base64 writes them (RFC 4648 section 4). */
function isShortHash(text: string): boolean {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === 16 && bytes.toString('base64') === text
}

/** What of a certificate's claims its hashes are made of. */
type Revocable = Pick<Claims, 'issuer' | 'payload'>

/** Whether one of the certificate's hashes is on the list. */
export function isRevoked(message: CoseMessage, claims: Revocable, list: RevocationList): boolean {
  return revocationHashes(message, claims).some(({ type, hash }) => list.get(type)?.has(hash) === true)
}

/**
 * The hashes by which a certificate can be revoked: its identifier, the country that issued it directly followed by the
 * identifier, and its signature. The country of the test or dose is tried too where it is another: a certificate is rather
 * refused than that a revoked one holds. Of an ES256 signature only r counts: anybody can turn (r, s) into the equally true (r, n - s).
 */
export function revocationHashes(message: CoseMessage, { issuer, payload }: Revocable): RevocationEntry[] {
  const { signature, algorithm } = message
  const canonical = algorithm === 'ES256' ? signature.subarray(0, signature.length / 2) : signature
  const hashes: RevocationEntry[] = [{ type: 'SIGNATURE', hash: shortHash(canonical) }]
  const entry = entryOf(payload)
  const [ci, country] = [entry?.['ci'], entry?.['co']]
  if (typeof ci === 'string') {
    hashes.push({ type: 'UCI', hash: shortHash(ci) })
    for (const one of new Set([issuer, country]))
      if (typeof one === 'string') hashes.push({ type: 'COUNTRYCODEUCI', hash: shortHash(one + ci) })
  }
  return hashes
}

function shortHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest().subarray(0, 16).toString('base64')
}
