import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { receiptNumber, sha256 } from '../../src/kernel/ids.ts'
import { silentLog } from '../../src/kernel/log.ts'
import type { SpooledMessage } from '../../src/ledger/spool/message.ts'
import { openSpool, type Spool, type SpoolOptions } from '../../src/ledger/spool/spool.ts'

const spoolKey = Buffer.alloc(32, 7)

/** A message whose number and size decide its bytes. */
export function makeMessage(number: number, size = 40, senderId = 1): SpooledMessage {
  const body = Buffer.alloc(size, `${number}.`)
  const hash = sha256(body)
  const messageId = `form-${number}`
  return {
    ...receiptNumber(spoolKey, senderId, messageId, hash),
    senderId,
    messageId,
    service: 'eforms',
    format: 'eform',
    receivedAt: new Date(1_656_662_400_000 + number),
    sha256: hash,
    body,
    traceparent: number % 2 === 0 ? null : '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }
}

/** Opens a spool in a folder with limits that no test reaches by accident. */
export function openAt(folder: string, more: Partial<SpoolOptions> = {}): Promise<Spool> {
  return openSpool({
    folder,
    journalFolder: null,
    key: spoolKey,
    limitBytes: 1e9,
    limitAgeMs: Number.MAX_SAFE_INTEGER,
    log: silentLog,
    ...more,
  })
}

/** A folder that is gone when the test is over. */
export async function tempFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'sluis-spool-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** What another process finds after this one was killed: the files as they are, without our lock on them. */
export async function copyAfterCrash(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true })
  await cp(from, to, { recursive: true, filter: (path) => !/hub\.\d+\.lock$/.test(path) })
}

/** Reads everything that waits, in batches, and is done with each. */
export async function drainAll(spool: Spool, limit = 256): Promise<SpooledMessage[]> {
  const all: SpooledMessage[] = []
  for (;;) {
    const { messages, token } = await spool.next(limit, 1e6)
    if (messages.length === 0) return all
    all.push(...messages)
    await spool.done(token)
  }
}

export async function segmentFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.segment')).sort()
}
