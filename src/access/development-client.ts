import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { JWK } from 'jose'
import { replaceFile } from '../kernel/durable-file.ts'
import type { Queryable } from '../store/connect.ts'
import { findSender, type Sender } from '../store/senders.ts'
import { makeClient, registerSender } from './clients.ts'

/** What DATA/client.json holds. */
export interface ClientFile {
  readonly clientId: string
  readonly privateJwk: JWK
}

export interface DevelopmentClient {
  readonly sender: Sender
  readonly file: string
  /** True when the file was written just now. */
  readonly made: boolean
}

const shape = z.object({ clientId: z.string(), privateJwk: z.record(z.string(), z.unknown()) })

export function clientFileOf(dataFolder: string): string {
  return join(dataFolder, 'client.json')
}

/**
 * The development client of a data folder, for the embedded default only: makes its key at the first start, readable by
 * the owner alone, and registers it in the database, also in a new one.
 */
export async function ensureDevelopmentClient(db: Queryable, dataFolder: string): Promise<DevelopmentClient> {
  const file = clientFileOf(dataFolder)
  const found = await readClientFile(file)
  const client = found ?? (await makeClient('development'))
  // The file first: a client in the database whose key nobody has would be of no use.
  if (found === null) {
    const { clientId, privateJwk } = client
    await replaceFile(file, `${JSON.stringify({ clientId, privateJwk }, null, 2)}\n`)
  }
  const known = await findSender(db, client.clientId)
  const sender = known?.sender ?? (await registerSender(db, registration(client)))
  return { sender, file, made: found === null }
}

/** The client a file holds; null when there is no file. Throws when the file is not one of ours. */
export async function readClientFile(file: string): Promise<ClientFile | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const content: unknown = JSON.parse(text)
  return shape.parse(content)
}

function registration({ clientId, privateJwk }: ClientFile) {
  const { d: _, alg: __, ...publicJwk } = privateJwk
  return { clientId, name: 'Development client', kind: 'development', publicJwks: [publicJwk] }
}
