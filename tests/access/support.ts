import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importJWK, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose'
import { expect } from 'vitest'
import { openAccess, type Access } from '../../src/access/access.ts'
import type { Client } from '../../src/access/clients.ts'
import { SluisError } from '../../src/kernel/errors.ts'
import { deriveKeys } from '../../src/kernel/keys.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { connect, type Database } from '../../src/store/connect.ts'

const endpoint = 'http://127.0.0.1:8080/oauth/token'
export const keys = deriveKeys(Buffer.alloc(32, 7))

/** A clock that stands still until it is moved. */
export function handClock(start = new Date()) {
  let now = start.getTime()
  return {
    now: () => new Date(now),
    move: (seconds: number) => {
      now += seconds * 1_000
    },
  }
}

/** A database that can be taken away and given back. */
export function removable(url: string): Database & { away: boolean } {
  const db = connect({ url, connections: 4 })
  const door: Database & { away: boolean } = {
    ...db,
    away: false,
    query: (config) =>
      door.away ? Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })) : db.query(config),
  }
  return door
}

export async function temporaryFolder(): Promise<{ path: string; [Symbol.asyncDispose](): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'sluis-access-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

export function open(db: Database, dataFolder: string, clock = handClock(), hubKeys = keys): Promise<Access> {
  return openAccess({ db, keys: hubKeys, dataFolder, clock, log: silentLog, tokenEndpoints: () => [endpoint] })
}

export interface Changes {
  readonly claims?: JWTPayload
  readonly header?: Partial<JWTHeaderParameters>
  readonly at?: Date
}

/** An assertion as a client's software makes it, with what a test wants otherwise. */
export async function assertionOf(client: Client, changes: Changes = {}): Promise<string> {
  const now = Math.floor((changes.at ?? new Date()).getTime() / 1_000)
  const claims = {
    iss: client.clientId,
    sub: client.clientId,
    aud: endpoint,
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    ...changes.claims,
  }
  const header = { alg: 'ES256', kid: client.privateJwk.kid, ...changes.header } as JWTHeaderParameters
  return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(client.privateJwk, 'ES256'))
}

export function formOf(assertion: string): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }
}

/** The error's code and parameters; fails when there is none or it is not of the table. */
export async function refusal(work: () => unknown): Promise<{ code: string; params: Record<string, string | number> }> {
  try {
    await work()
  } catch (error) {
    expect(error).toBeInstanceOf(SluisError)
    const { code, params } = error as SluisError
    return { code, params }
  }
  throw new Error('not refused')
}
