import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { replaceFile } from '../kernel/durable-file.ts'
import { open, seal } from '../kernel/keys.ts'
import type { Log } from '../kernel/log.ts'
import type { KnownSender } from '../store/senders.ts'
import type { SigningKeyRow } from '../store/signing-keys.ts'
import type { AccessKeys } from './own-keys.ts'

/** What a node must know to recognise senders while the database is away. */
interface Snapshot {
  readonly senders: readonly KnownSender[]
  readonly signingKeys: readonly SigningKeyRow[]
}

export interface NodeCache {
  /** The snapshot of an earlier run; null when there is none that this hub's key opens. */
  read(): Promise<Snapshot | null>
  /** Replaces the file in one step when something changed; a full disk is logged and otherwise without effect. */
  write(snapshot: Snapshot): Promise<void>
}

const bound = 'access-cache v1'
const jwk = z.record(z.string(), z.unknown())
const moment = z.iso.datetime().transform((text) => new Date(text))
const fileShape = z.object({
  senders: z.array(
    z.object({
      sender: z.object({
        id: z.number(),
        clientId: z.string(),
        name: z.string(),
        kind: z.string(),
        organisationNihii: z.string().nullable(),
        software: z.string().nullable(),
        language: z.enum(['nl', 'fr', 'de', 'en']),
      }),
      publicJwks: z.array(jwk),
      endedAt: moment.nullable(),
    }),
  ),
  signingKeys: z.array(
    z.object({
      kid: z.string(),
      privateKey: z.base64().transform((text) => Buffer.from(text, 'base64')),
      publicKey: jwk,
      createdAt: moment,
    }),
  ),
})

/** The encrypted file `access-cache` in the node's data folder. */
export function openNodeCache(options: { dataFolder: string; keys: AccessKeys; log: Log }): NodeCache {
  const file = join(options.dataFolder, 'access-cache')
  let written = ''
  let last = Promise.resolve()

  const replace = async (snapshot: Snapshot): Promise<void> => {
    const text = JSON.stringify({
      senders: snapshot.senders,
      signingKeys: snapshot.signingKeys.map((row) => ({ ...row, privateKey: row.privateKey.toString('base64') })),
    })
    const hash = createHash('sha256').update(text).digest('base64')
    if (hash === written) return
    try {
      await replaceFile(file, seal(options.keys.cache, Buffer.from(text), bound))
      written = hash
    } catch (error) {
      options.log.error('access-cache-unwritten', {}, error)
    }
  }
  return {
    async read() {
      try {
        const plain = open(options.keys.cache, await readFile(file), bound)
        const snapshot: unknown = JSON.parse(plain.toString())
        return fileShape.parse(snapshot)
      } catch (error) {
        const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
        if (!absent) options.log.warn('access-cache-unreadable', {}, error)
        return null
      }
    },
    write(snapshot) {
      // One after the other: two writers beside the same file would mix their bytes.
      last = last.then(() => replace(snapshot))
      return last
    },
  }
}
