import { hkdfSync } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../../kernel/durable-file.ts'
import { open as unseal, seal } from '../../kernel/keys.ts'
import { makeFolder, writeDurably, type OpenFile } from './files.ts'
import { decodeMessage, encodeMessage, type SpooledMessage } from './message.ts'

/** Messages the database refused for what they are: kept, encrypted, one file each, until it takes them. */
export interface Aside {
  put(message: SpooledMessage): Promise<void>
  /** When each was set aside, by receipt. */
  since(): ReadonlyMap<string, Date>
  /** The message of a receipt; null when it is not here or its file is damaged. Throws what the disk says. */
  read(receipt: string): Promise<SpooledMessage | null>
  remove(receipt: string): Promise<void>
}

const suffix = '.message'
const timeBytes = 8

export async function openAside(folder: string, master: Buffer, openFile: OpenFile): Promise<Aside> {
  await makeFolder(folder)
  const key = Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), 'sluis spool aside', 32))
  const names = (await readdir(folder)).filter((name) => name.endsWith(suffix))
  const kept = new Map<string, Date>()
  for (const name of names) {
    const file = await unlessGone(stat(join(folder, name)))
    if (file !== null) kept.set(name.slice(0, -suffix.length), file.mtime)
  }
  return {
    async put(message) {
      const time = Buffer.allocUnsafe(timeBytes)
      time.writeDoubleBE(message.receivedAt.getTime())
      const bytes = seal(key, Buffer.concat([time, encodeMessage(message)]), message.receipt)
      await writeDurably(folder, message.receipt + suffix, bytes, openFile)
      kept.set(message.receipt, new Date())
    },
    since: () => kept,
    async read(receipt) {
      if (!kept.has(receipt)) return null
      const sealed = await unlessGone(readFile(join(folder, receipt + suffix)))
      if (sealed === null) return null
      try {
        const plain = unseal(key, sealed, receipt)
        return decodeMessage(plain.subarray(timeBytes), new Date(plain.readDoubleBE(0)))
      } catch {
        return null
      }
    },
    async remove(receipt) {
      await rm(join(folder, receipt + suffix), { force: true })
      await syncFolder(folder)
      kept.delete(receipt)
    },
  }
}

/** Null for a file that went: a node gives messages back while a command looks at its folder. */
const unlessGone = <T>(reading: Promise<T>): Promise<T | null> =>
  reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
