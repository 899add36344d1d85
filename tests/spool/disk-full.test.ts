import { execFileSync } from 'node:child_process'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../src/kernel/ids.ts'
import type { OpenFile } from '../../src/ledger/spool/files.ts'
import type { SpooledMessage } from '../../src/ledger/spool/message.ts'
import { copyAfterCrash, drainAll, makeMessage, openAt, tempFolder } from './support.ts'

/** Mounts a memory disk of 1 MiB; null where this user may not. */
async function smallDisk(path: string): Promise<AsyncDisposable | null> {
  await mkdir(path, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    return null
  }
  return {
    [Symbol.asyncDispose]: () => Promise.resolve(void execFileSync('umount', [path], { stdio: 'ignore' })),
  }
}

// Comparing 20 kB byte by byte, a hundred times, takes the test framework seconds.
const whole = (messages: readonly SpooledMessage[]): string[] =>
  messages.filter(({ body, sha256: hash }) => sha256(body).equals(hash)).map((message) => message.receipt)

test('a full disk refuses by name, keeps what it took, and takes again after a drain', async (context) => {
  await using folder = await tempFolder()
  const path = join(folder.path, 'small')
  await using disk = await smallDisk(path)
  context.skip(disk === null, 'mounting a small disk needs root')
  const spool = await openAt(path, { segmentBytes: 100_000 })
  const taken: number[] = []
  for (let n = 0; n < 100; n += 1) {
    await spool.append(makeMessage(n, 20_000)).then(
      () => taken.push(n),
      (error: unknown) => expect(error).toMatchObject({ code: 'spool-full' }),
    )
  }
  expect(taken.length).toBeGreaterThan(30)
  expect(taken.length).toBeLessThan(60)
  expect(spool.state()).toMatchObject({ full: true, frames: taken.length, damaged: [] })

  await copyAfterCrash(path, join(folder.path, 'copy'))
  const copy = await openAt(join(folder.path, 'copy'))
  expect(whole(await drainAll(copy))).toEqual(taken.map((n) => makeMessage(n, 20_000).receipt))
  await copy.close()

  expect(whole(await drainAll(spool))).toEqual(taken.map((n) => makeMessage(n, 20_000).receipt))
  await spool.append(makeMessage(500, 20_000))
  expect(spool.state()).toMatchObject({ full: false, frames: 1 })
  expect(whole(await drainAll(spool))).toEqual([makeMessage(500, 20_000).receipt])
  await spool.close()
})

interface Faults {
  write: string | null
  sync: string | null
}

const fault = (code: string): Error => Object.assign(new Error(code), { code })

/** A disk that takes the first half of a write before it refuses, or refuses the sync. */
function faultyDisk(faults: Faults): OpenFile {
  return async (path, flags, mode) => {
    const handle = await open(path, flags, mode)
    return path.endsWith('.segment') ? withFaults(handle, faults) : handle
  }
}

function withFaults(handle: FileHandle, faults: Faults): FileHandle {
  return new Proxy(handle, {
    get(target, name) {
      if (name === 'write' && faults.write !== null) {
        const code = faults.write
        return async (bytes: Buffer, from: number, length: number, at: number) => {
          await target.write(bytes, from, Math.floor(length / 2), at)
          throw fault(code)
        }
      }
      if (name === 'datasync' && faults.sync !== null) {
        const code = faults.sync
        return () => Promise.reject(fault(code))
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

for (const faulty of [{ write: 'ENOSPC' }, { write: 'EIO' }, { sync: 'EIO' }, { sync: 'ENOSPC' }]) {
  test(`after ${JSON.stringify(faulty)} the frame is taken back and later ones are kept`, async () => {
    await using folder = await tempFolder()
    const faults: Faults = { write: null, sync: null }
    const disk = join(folder.path, 'disk')
    const journalFolder = join(folder.path, 'journal')
    const spool = await openAt(disk, { openFile: faultyDisk(faults), journalFolder })
    await spool.append(makeMessage(0))
    Object.assign(faults, faulty)
    await expect(spool.append(makeMessage(1))).rejects.toMatchObject({ code: 'spool-full' })
    expect(spool.state()).toMatchObject({ full: true, frames: 1 })
    Object.assign(faults, { write: null, sync: null })
    await spool.append(makeMessage(2))
    expect(spool.state()).toMatchObject({ full: false, frames: 2 })

    const copyDisk = join(folder.path, 'copy')
    await copyAfterCrash(disk, copyDisk)
    const copy = await openAt(copyDisk)
    expect(await drainAll(copy)).toEqual([makeMessage(0), makeMessage(2)])
    expect(copy.state().damaged).toEqual([])
    await copy.close()
    expect(await drainAll(spool)).toEqual([makeMessage(0), makeMessage(2)])
    expect(await spool.lostReceipts()).toEqual([])
    await spool.close()
  })
}

test('a journal whose disk refuses does not stop the spool, and says so', async () => {
  await using folder = await tempFolder()
  let broken = false
  const spool = await openAt(join(folder.path, 'disk'), {
    journalFolder: join(folder.path, 'journal'),
    openFile: (path, flags, mode) =>
      broken && path.endsWith('.receipts') ? Promise.reject(fault('EROFS')) : open(path, flags, mode),
    segmentBytes: 1,
  })
  await spool.append(makeMessage(0))
  broken = true
  await spool.append(makeMessage(1))
  expect(spool.state().journal).toBe('broken')
  broken = false
  await spool.append(makeMessage(2))
  expect(spool.state().journal).toBe('on')
  expect(await drainAll(spool)).toHaveLength(3)
  await spool.close()
})
