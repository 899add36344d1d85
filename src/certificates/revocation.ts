import { createHash } from 'node:crypto'
import type { CoseMessage } from './cose.ts'
import { entryOf } from './dcc.ts'

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

/** A list from its entries; entries that are none are left out. */
export function toRevocationList(entries: Iterable<unknown>): RevocationList {
  const list = new Map(types.map((type) => [type, new Set<string>()]))
  for (const entry of entries) {
    if (typeof entry !== 'object' || entry === null) continue
    const { type, hash } = entry as Readonly<Record<string, unknown>>
    if (typeof hash === 'string') list.get(type as RevocationType)?.add(hash)
  }
  return list
}

/** Whether one of the certificate's three hashes is on the list. */
export function isRevoked(message: CoseMessage, payload: unknown, list: RevocationList): boolean {
  return revocationHashes(message, payload).some(({ type, hash }) => list.get(type)?.has(hash) === true)
}

/**
 * The hashes by which a certificate can be revoked: its identifier, its country directly followed by the identifier, and
 * its signature. Of an ES256 signature only r counts: anybody can turn (r, s) into the equally true (r, n - s).
 */
export function revocationHashes(message: CoseMessage, payload: unknown): RevocationEntry[] {
  const { signature, algorithm } = message
  const canonical = algorithm === 'ES256' ? signature.subarray(0, signature.length / 2) : signature
  const hashes: RevocationEntry[] = [{ type: 'SIGNATURE', hash: shortHash(canonical) }]
  const entry = entryOf(payload)
  const [ci, country] = [entry?.['ci'], entry?.['co']]
  if (typeof ci === 'string') {
    hashes.push({ type: 'UCI', hash: shortHash(ci) })
    if (typeof country === 'string') hashes.push({ type: 'COUNTRYCODEUCI', hash: shortHash(country + ci) })
  }
  return hashes
}

function shortHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest().subarray(0, 16).toString('base64')
}
