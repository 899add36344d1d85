import { readFileSync } from 'node:fs'
import type { JWK } from 'jose'

/** A sender with what it needs to speak to the hub; `nihii` is empty for one that has none. */
export interface Client {
  readonly clientId: string
  readonly privateJwk: JWK
  readonly nihii: string
  readonly name: string
}

/**
 * Reads the credentials of senders.
 *
 * @throws Error when the file is not a list of `{clientId, privateJwk, nihii, name}`
 */
export function readClients(file: string): Client[] {
  const list: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!Array.isArray(list) || list.length === 0 || !list.every(isClient)) {
    throw new Error(`${file} is no list of {clientId, privateJwk, nihii, name}`)
  }
  return list
}

function isClient(value: unknown): value is Client {
  const client = value as Partial<Record<keyof Client, unknown>> | null
  const texts = [client?.clientId, client?.nihii, client?.name]
  return texts.every((text) => typeof text === 'string') && typeof client?.privateJwk === 'object'
}
