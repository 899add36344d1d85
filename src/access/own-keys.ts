import { createHmac, hkdfSync } from 'node:crypto'
import type { HubKeys } from '../kernel/keys.ts'

/** Keys of this room, derived from the hub's wrapping key (HKDF-SHA-256, RFC 5869): each serves one purpose only. */
export interface AccessKeys {
  /** Seals the node's snapshot. */
  readonly cache: Buffer
  /** Makes form tokens. */
  readonly form: Buffer
  /** Seals what a browser carries from the start of a sign-in elsewhere to its end. */
  readonly signIn: Buffer
  /** Signs what one person proposes and another one confirms. */
  readonly proposal: Buffer
  /** The hub's name in its tokens: the same on all its nodes, another one on every other hub. */
  readonly issuer: string
}

export function accessKeys(keys: Pick<HubKeys, 'wrap'>): AccessKeys {
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', keys.wrap, Buffer.alloc(0), `sluis access ${purpose} v1`, 32))
  return {
    cache: derive('cache'),
    form: derive('form'),
    signIn: derive('sign-in'),
    proposal: derive('proposal'),
    issuer: `urn:sluis:hub:${createHmac('sha256', derive('issuer')).digest('hex').slice(0, 32)}`,
  }
}
