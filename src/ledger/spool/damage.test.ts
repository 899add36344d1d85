import { readdir, readFile, lstat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  copyAfterCrash,
  drainAll,
  makeMessage,
  openAt,
  segmentFiles,
  tempFolder,
} from '../../../tests/spool/support.ts'

/** Three messages in one segment, with a journal; returns where the last frame begins. */
async function threeFrames(disk: string, journalFolder: string): Promise<{ file: string; lastFrom: number }> {
  const spool = await openAt(disk, { journalFolder })
  for (const n of [0, 1]) await spool.append(makeMessage(n))
  const lastFrom = spool.state().bytes
  await spool.append(makeMessage(2))
  await spool.close()
  return { file: (await segmentFiles(disk))[0]!, lastFrom }
}

test('a tail torn at any byte of the last frame costs that frame only', async () => {
  await using folder = await tempFolder()
  const disk = join(folder.path, 'disk')
  const { file, lastFrom } = await threeFrames(disk, join(folder.path, 'journal'))
  const { size } = await lstat(join(disk, file))
  for (let cut = lastFrom; cut < size; cut += 1) {
    const torn = join(folder.path, 'torn')
    await copyAfterCrash(disk, torn)
    await truncate(join(torn, file), cut)
    const spool = await openAt(torn)
    expect(spool.state(), `cut at ${cut}`).toMatchObject({ frames: 2, bytes: lastFrom, damaged: [] })
    await spool.append(makeMessage(3))
    expect(await drainAll(spool)).toEqual([0, 1, 3].map((n) => makeMessage(n)))
    await spool.close()
  }
})

test('any flipped bit costs at most the frame it is in; the receipt is named and the file kept', async () => {
  await using folder = await tempFolder()
  const disk = join(folder.path, 'disk')
  const journal = join(folder.path, 'journal')
  const { file } = await threeFrames(disk, journal)
  const sound = await readFile(join(disk, file))
  const all = [0, 1, 2].map((n) => makeMessage(n))
  // Every byte of the headers, and a bit of every kind of byte behind them.
  for (let at = 0; at < sound.length; at += at < 88 ? 1 : 13) {
    const [copy, copyJournal] = [join(folder.path, 'copy'), join(folder.path, 'copy-journal')]
    await copyAfterCrash(disk, copy)
    await copyAfterCrash(journal, copyJournal)
    const bytes = Buffer.from(sound)
    bytes[at]! ^= 1 << (at % 8)
    await writeFile(join(copy, file), bytes)
    const spool = await openAt(copy, { journalFolder: copyJournal })
    const read = await drainAll(spool)
    const missing = all.filter((message) => !read.some((each) => each.receipt === message.receipt))
    expect(read, `byte ${at}`).toEqual(all.filter((message) => !missing.includes(message)))
    expect(missing.length, `byte ${at}`).toBe(at < 64 ? 0 : 1)
    expect(await spool.lostReceipts(), `byte ${at}`).toEqual(
      missing.map(({ receipt, senderId, receivedAt }) => ({ receipt, senderId, spooledAt: receivedAt })),
    )
    expect(spool.state().damaged, `byte ${at}`).toEqual([file])
    expect(await readdir(join(copy, 'damaged'))).toEqual([file])
    await spool.close()
  }
})

test('damage that comes while the spool is open is named too, and what lies behind it is still read', async () => {
  await using folder = await tempFolder()
  const [disk, journalFolder] = [join(folder.path, 'disk'), join(folder.path, 'journal')]
  const spool = await openAt(disk, { journalFolder, segmentBytes: 600 })
  for (let n = 0; n < 8; n += 1) await spool.append(makeMessage(n))
  const [first] = await segmentFiles(disk)
  const bytes = await readFile(join(disk, first!))
  bytes.fill(0, 64, 80)
  await writeFile(join(disk, first!), bytes)
  expect(await drainAll(spool)).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => makeMessage(n)))
  expect((await spool.lostReceipts()).map((lost) => lost.receipt)).toEqual([makeMessage(0).receipt])
  expect(spool.state()).toMatchObject({ frames: 0, damaged: [first] })
  await spool.close()
})

test('a frame moved to another place does not pass for one', async () => {
  await using folder = await tempFolder()
  const disk = join(folder.path, 'disk')
  const { file, lastFrom } = await threeFrames(disk, join(folder.path, 'journal'))
  const bytes = await readFile(join(disk, file))
  await writeFile(join(disk, file), Buffer.concat([bytes, bytes.subarray(lastFrom)]))
  const spool = await openAt(disk)
  expect(await drainAll(spool)).toEqual([0, 1, 2].map((n) => makeMessage(n)))
  expect(spool.state()).toMatchObject({ frames: 0, damaged: [file] })
  await spool.close()
})

test('a cursor that cannot be read drains everything again', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path)
  for (let n = 0; n < 3; n += 1) await spool.append(makeMessage(n))
  await spool.done((await spool.next(1, 1e6)).token)
  await spool.close()
  await writeFile(join(folder.path, 'cursor'), Buffer.alloc(5_000, 0xff))
  const again = await openAt(folder.path)
  expect(await drainAll(again)).toEqual([0, 1, 2].map((n) => makeMessage(n)))
  await again.close()
})

test('contents and identities do not lie on the disk in the clear', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path)
  const body = Buffer.from('{"patient":"85073003328"}')
  await spool.append({ ...makeMessage(1), body })
  await spool.setAside({ ...makeMessage(2), body })
  await spool.close()
  for (const name of await readdir(folder.path, { recursive: true })) {
    const path = join(folder.path, name)
    if ((await lstat(path)).isFile()) expect((await readFile(path)).includes('85073003328'), name).toBe(false)
  }
})
