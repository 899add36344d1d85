import { createECDH, hkdfSync } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { SluisError } from '../kernel/errors.ts'
import type { HubKeys } from '../kernel/keys.ts'
import type { Queryable } from '../store/connect.ts'
import { findSender } from '../store/senders.ts'
import { changeSenderKeys, registerSender, type Client } from './clients.ts'

type OwnKind = 'probe' | 'proof'

/**
 * The reserved sender of the hub's own probes. Its key is made from the hub's keys: every node has it, also while the
 * database is away, and nobody else does.
 */
export const probeClient = (keys: Pick<HubKeys, 'wrap'>): Promise<Client> => ownClient(keys, 'probe')

/** The reserved client with which the hub reads itself through its public interface, to prove an undo. */
export const proofClient = (keys: Pick<HubKeys, 'wrap'>): Promise<Client> => ownClient(keys, 'proof')

async function ownClient(keys: Pick<HubKeys, 'wrap'>, kind: OwnKind): Promise<Client> {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(Buffer.from(hkdfSync('sha256', keys.wrap, Buffer.alloc(0), `sluis access ${kind} v1`, 32)))
  const point = pair.getPublicKey()
  const publicJwk: JWK = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const kid = await calculateJwkThumbprint(publicJwk)
  const d = pair.getPrivateKey().toString('base64url').padStart(43, 'A')
  return {
    clientId: `sluis-${kind}`,
    publicJwk: { ...publicJwk, kid },
    privateJwk: { ...publicJwk, d, kid, alg: 'ES256' },
  }
}

/** Registers the probes' sender, or gives it the key of this hub; nodes that do so at the same time do the same. */
export const ensureProbeSender = (db: Queryable, keys: Pick<HubKeys, 'wrap'>): Promise<void> =>
  ensureOwn(db, keys, 'probe')

/** The same for the client that reads for a proof. */
export const ensureProofSender = (db: Queryable, keys: Pick<HubKeys, 'wrap'>): Promise<void> =>
  ensureOwn(db, keys, 'proof')

async function ensureOwn(db: Queryable, keys: Pick<HubKeys, 'wrap'>, kind: OwnKind): Promise<void> {
  const { clientId, publicJwk } = await ownClient(keys, kind)
  const known = await findSender(db, clientId)
  if (known === null) {
    await registerSender(db, { clientId, name: `Sluis ${kind}`, kind, publicJwks: [publicJwk] }).catch(
      (error: unknown) => {
        // Another node was faster, with the same key.
        if (!(error instanceof SluisError && error.code === 'client-id-taken')) throw error
      },
    )
  } else if (known.publicJwks[0]?.kid !== publicJwk.kid) {
    await changeSenderKeys(db, clientId, [publicJwk])
  }
}
