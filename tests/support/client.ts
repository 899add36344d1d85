import { askToken } from '../../src/access/ask-token.ts'
import { makeClient, registerSender } from '../../src/access/clients.ts'
import type { Queryable } from '../../src/store/connect.ts'

/** A client that a hub knows, with a token. */
export interface KnownClient {
  readonly id: number
  readonly clientId: string
  readonly token: string
}

/** Makes a client known in the database of a running hub and asks for its token. */
export async function knownClient(url: string, db: Queryable, kind: string, name: string): Promise<KnownClient> {
  const { clientId, privateJwk, publicJwk } = await makeClient(kind)
  const { id } = await registerSender(db, { clientId, name, kind, publicJwks: [publicJwk] })
  const outcome = await askToken(url, { clientId, privateJwk })
  if (outcome.state !== 'given') throw new Error(`${name} gets no token: ${outcome.why}`)
  return { id, clientId, token: outcome.access_token }
}
