import { calculateJwkThumbprint, importJWK, type JWK } from 'jose'
import { z } from 'zod'
import { SluisError } from '../kernel/errors.ts'

const text = z.string().max(2_000)
const shape = z
  .array(
    z.object({
      kty: z.enum(['EC', 'OKP', 'RSA']),
      kid: z.string().min(1).max(200).optional(),
      use: z.literal('sig').optional(),
      crv: z.enum(['P-256', 'P-384', 'Ed25519']).optional(),
      x: text.optional(),
      y: text.optional(),
      n: text.optional(),
      e: text.optional(),
    }),
  )
  .min(1)
  .max(8)

/**
 * Reads the public keys a client offers. Keeps only what belongs to a public signing key and gives each a `kid` (its
 * thumbprint, RFC 7638, when it has none).
 *
 * Throws `client-key-unusable`, or `client-key-private` when a private part is among them: that key is no secret any more.
 *
 * @example await readPublicJwks([{ kty: 'EC', crv: 'P-256', x: '...', y: '...' }])
 */
export async function readPublicJwks(offered: unknown): Promise<JWK[]> {
  if (Array.isArray(offered) && offered.some(isPrivate)) throw new SluisError('client-key-private')
  const parsed = shape.safeParse(offered)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new SluisError('client-key-unusable', { why: issue?.path.join('.') || 'keys' })
  }
  const keys: JWK[] = []
  for (const key of parsed.data) {
    const jwk = Object.fromEntries(Object.entries(key).filter(([, value]) => value !== undefined)) as JWK
    const kid = await usableKid(jwk)
    keys.push({ ...jwk, kid: key.kid ?? kid })
  }
  return keys
}

const isPrivate = (key: unknown): boolean => typeof key === 'object' && key !== null && 'd' in key

async function usableKid(jwk: JWK): Promise<string> {
  try {
    const key = await importJWK(jwk, algorithmOf(jwk))
    const bits = key instanceof Uint8Array ? 0 : ((key.algorithm as { modulusLength?: number }).modulusLength ?? 2_048)
    if (bits < 2_048) throw new Error(`${bits} bit`)
    return await calculateJwkThumbprint(jwk)
  } catch (error) {
    throw new SluisError('client-key-unusable', { why: (error as Error).message.slice(0, 100) }, { cause: error })
  }
}

function algorithmOf({ kty, crv }: JWK): string {
  if (kty === 'RSA') return 'PS256'
  if (kty === 'OKP') return 'EdDSA'
  return crv === 'P-384' ? 'ES384' : 'ES256'
}
