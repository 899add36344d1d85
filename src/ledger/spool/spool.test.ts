import { open, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { OpenFile } from './files.ts'
import {
  copyAfterCrash,
  drainAll,
  makeMessage,
  openAt,
  segmentFiles,
  tempFolder,
} from '../../../tests/spool/support.ts'

test('gives back what was appended, in order, with the same bytes and facts', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path)
  const sent = Array.from({ length: 20 }, (_, n) => makeMessage(n, n * 50))
  await Promise.all(sent.map((message) => spool.append(message)))
  expect(spool.state()).toMatchObject({ frames: 20, oldest: sent[0]!.receivedAt, full: false, journal: 'off' })
  expect(await drainAll(spool, 7)).toEqual(sent)
  expect(spool.state()).toMatchObject({ frames: 0, bytes: 0, oldest: null })
  expect(await segmentFiles(folder.path)).toEqual([])
  await spool.close()
})

test('a crash before done gives the same messages again, a crash after it only the rest', async () => {
  await using folder = await tempFolder()
  const [disk, ...copies] = ['disk', 'before', 'after'].map((name) => join(folder.path, name))
  const spool = await openAt(disk!)
  const sent = Array.from({ length: 10 }, (_, n) => makeMessage(n))
  for (const message of sent) await spool.append(message)
  const first = await spool.next(4, 1e6)
  expect(first.messages).toEqual(sent.slice(0, 4))

  await copyAfterCrash(disk!, copies[0]!)
  await spool.done(first.token)
  await spool.done(first.token)
  await copyAfterCrash(disk!, copies[1]!)
  expect(spool.state()).toMatchObject({ frames: 6, oldest: sent[4]!.receivedAt })
  await spool.close()

  const before = await openAt(copies[0]!)
  expect(await drainAll(before)).toEqual(sent)
  await before.close()
  const after = await openAt(copies[1]!)
  expect(after.state()).toMatchObject({ frames: 6, oldest: sent[4]!.receivedAt })
  await after.append(makeMessage(10))
  expect(await drainAll(after)).toEqual([...sent.slice(4), makeMessage(10)])
  await after.close()
})

test('what is appended after everything was drained and the hub restarted is not taken for drained', async () => {
  await using folder = await tempFolder()
  for (let round = 0; round < 3; round += 1) {
    const spool = await openAt(folder.path)
    await spool.append(makeMessage(round))
    expect(await drainAll(spool)).toEqual([makeMessage(round)])
    await spool.close()
  }
})

test('rolls to a new segment and deletes the drained ones', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path, { segmentBytes: 2_000 })
  for (let n = 0; n < 30; n += 1) await spool.append(makeMessage(n, 300))
  const before = (await segmentFiles(folder.path)).length
  expect(before).toBeGreaterThan(5)
  await spool.done((await spool.next(15, 1e6)).token)
  expect((await segmentFiles(folder.path)).length).toBeLessThan(before)
  expect((await drainAll(spool)).map((message) => message.messageId)).toEqual(
    Array.from({ length: 15 }, (_, n) => `form-${n + 15}`),
  )
  await spool.close()
})

test('what is appended while the last segment is read is not taken for read when a newer segment is', async () => {
  await using folder = await tempFolder()
  let appendMore: (() => Promise<void>) | null = null
  const openFile: OpenFile = async (path, flags, mode) => {
    const handle = await open(path, flags, mode)
    if (!path.endsWith('.segment') || flags !== 'r') return handle
    return new Proxy(handle, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        if (name !== 'read') return value.bind(target) as unknown
        return async (...asked: Parameters<typeof target.read>) => {
          const append = appendMore
          appendMore = null
          await append?.()
          return target.read(...asked)
        }
      },
    })
  }
  const spool = await openAt(folder.path, { segmentBytes: 700, openFile })
  const sent = [0, 1, 2].map((n) => makeMessage(n, 300))
  await spool.append(sent[0]!)
  expect(spool.state().bytes).toBeLessThan(700)
  appendMore = async () => {
    // One fills the segment that is being read, one begins the next.
    await spool.append(sent[1]!)
    expect(await segmentFiles(folder.path)).toHaveLength(1)
    await spool.append(sent[2]!)
    expect(await segmentFiles(folder.path)).toHaveLength(2)
  }
  expect((await drainAll(spool)).map((message) => message.receipt)).toEqual(sent.map((message) => message.receipt))
  expect(appendMore).toBe(null)
  expect(spool.state().frames).toBe(0)
  await spool.close()
})

test('refuses over its size, and takes again once drained', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path, { limitBytes: 20_000 })
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => spool.append(makeMessage(n, 1_000))))
  const taken = outcomes.filter((outcome) => outcome.status === 'fulfilled').length
  expect(taken).toBeGreaterThan(3)
  expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'spool-full' } })
  expect(spool.state()).toMatchObject({ full: true, frames: taken })
  expect(spool.state().bytes).toBeLessThanOrEqual(20_000)
  expect(await drainAll(spool)).toHaveLength(taken)
  await spool.append(makeMessage(99, 1_000))
  expect(spool.state()).toMatchObject({ full: false, frames: 1 })
  await spool.close()
})

test('refuses when the oldest message is older than the limit', async () => {
  await using folder = await tempFolder()
  let now = makeMessage(0).receivedAt
  const spool = await openAt(folder.path, { limitAgeMs: 60_000, now: () => now })
  await spool.append(makeMessage(0))
  now = new Date(now.getTime() + 60_001)
  await expect(spool.append(makeMessage(1))).rejects.toMatchObject({ code: 'spool-full' })
  expect(spool.state().full).toBe(true)
  await drainAll(spool)
  await spool.append(makeMessage(1))
  await spool.close()
})

test('refuses a second opener of the folder, another key, and an append after close', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path)
  await spool.append(makeMessage(1))
  await expect(openAt(folder.path)).rejects.toMatchObject({ code: 'data-folder-in-use' })
  await spool.close()
  await expect(spool.append(makeMessage(2))).rejects.toMatchObject({ code: 'intake-stopping' })
  await expect(openAt(folder.path, { key: Buffer.alloc(32, 8) })).rejects.toMatchObject({ code: 'spool-key-wrong' })
  const again = await openAt(folder.path)
  expect(await drainAll(again)).toEqual([makeMessage(1)])
  await again.close()
})

test('what is set aside survives a restart and can be put back', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path)
  await spool.setAside(makeMessage(5))
  await spool.close()
  const again = await openAt(folder.path)
  const { receipt } = makeMessage(5)
  expect([...again.asideSince().keys()]).toEqual([receipt])
  expect(await again.returnAside('00000000-0000-8000-8000-000000000000', again.append)).toBe(false)
  expect(await again.returnAside(receipt, again.append)).toBe(true)
  expect(again.state()).toMatchObject({ setAside: 0, frames: 1 })
  expect(await drainAll(again)).toEqual([makeMessage(5)])
  await again.close()
})

test('the journal names the receipts of a lost disk, drained ones left out, until they are told', async () => {
  await using folder = await tempFolder()
  const [disk, journalFolder] = [join(folder.path, 'disk'), join(folder.path, 'journal')]
  const spool = await openAt(disk, { journalFolder, segmentBytes: 1_500 })
  const sent = Array.from({ length: 12 }, (_, n) => makeMessage(n, 300, 7))
  for (const message of sent) await spool.append(message)
  await spool.done((await spool.next(5, 1e6)).token)
  expect(await spool.lostReceipts()).toEqual([])
  await spool.close()

  await rm(disk, { recursive: true })
  const fresh = await openAt(disk, { journalFolder })
  const named = sent.slice(5).map(({ receipt, receivedAt }) => ({ receipt, senderId: 7, spooledAt: receivedAt }))
  expect(await fresh.lostReceipts()).toEqual(named)
  await fresh.append(makeMessage(50))
  expect(await drainAll(fresh)).toEqual([makeMessage(50)])
  await fresh.close()

  const later = await openAt(disk, { journalFolder })
  expect(await later.lostReceipts()).toEqual(named)
  await later.forgetLost()
  expect(await later.lostReceipts()).toEqual([])
  await later.close()
})

test('the journal names the messages set aside on a lost disk, and none that went back', async () => {
  await using folder = await tempFolder()
  const [disk, journalFolder] = [join(folder.path, 'disk'), join(folder.path, 'journal')]
  const spool = await openAt(disk, { journalFolder })
  const sent = [0, 1, 2].map((n) => makeMessage(n, 300, 7))
  for (const message of sent) await spool.append(message)
  const { messages, token } = await spool.next(3, 1e6)
  for (const message of messages) await spool.setAside(message)
  await spool.done(token)
  expect(await spool.returnAside(sent[1]!.receipt, () => Promise.resolve())).toBe(true)
  await spool.close()

  const again = await openAt(disk, { journalFolder })
  expect(again.state().setAside).toBe(2)
  expect(await again.lostReceipts()).toEqual([])
  await again.close()

  await rm(disk, { recursive: true })
  const fresh = await openAt(disk, { journalFolder })
  const named = [sent[0]!, sent[2]!].map(({ receipt, receivedAt }) => ({ receipt, senderId: 7, spooledAt: receivedAt }))
  expect((await fresh.lostReceipts()).toSorted((a, b) => Number(a.spooledAt) - Number(b.spooledAt))).toEqual(named)
  await fresh.forgetLost()
  await fresh.close()

  const later = await openAt(disk, { journalFolder })
  expect(await later.lostReceipts()).toEqual([])
  await later.close()
})

test('what was set aside tells since when, also a file nobody can read; dropped it is gone, and not lost', async () => {
  await using folder = await tempFolder()
  const [disk, journalFolder] = [join(folder.path, 'disk'), join(folder.path, 'journal')]
  const spool = await openAt(disk, { journalFolder })
  const sent = [makeMessage(0, 40, 7), makeMessage(1, 40, 7)]
  for (const message of sent) await spool.setAside(message)
  await spool.close()
  const [damaged, whole] = sent.map(({ receipt }) => receipt)
  await writeFile(join(disk, 'aside', `${damaged!}.message`), 'no message')
  const then = new Date('2022-07-01T08:00:00.000Z')
  await utimes(join(disk, 'aside', `${damaged!}.message`), then, then)

  const again = await openAt(disk, { journalFolder })
  expect(again.state()).toMatchObject({ setAside: 2, setAsideSince: then })
  expect(await again.asideGiven(damaged!)).toEqual({ receipt: damaged, senderId: 0, spooledAt: then })
  expect(await again.asideGiven(whole!)).toMatchObject({ senderId: 7, spooledAt: sent[1]!.receivedAt })
  for (const receipt of [damaged!, whole!]) await again.dropAside(receipt)
  expect(again.state()).toMatchObject({ setAside: 0, setAsideSince: null })
  await again.close()
  const later = await openAt(disk, { journalFolder })
  expect([...later.asideSince().keys()]).toEqual([])
  expect(await later.lostReceipts()).toEqual([])
  await later.close()
})

test('a file that goes while its folder is looked at is one that is not here', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path)
  const [gone, other] = [makeMessage(0), makeMessage(1)]
  for (const message of [gone, other]) await spool.setAside(message)
  await rm(join(folder.path, 'aside', `${gone.receipt}.message`))
  expect(await spool.returnAside(gone.receipt, spool.append)).toBe(false)
  expect(await spool.returnAside(other.receipt, spool.append)).toBe(true)
  await spool.close()
})

test('what was set aside while the journal refused is in it from the next start on', async () => {
  await using folder = await tempFolder()
  const [disk, journalFolder] = [join(folder.path, 'disk'), join(folder.path, 'journal')]
  let broken = true
  const openFile: OpenFile = (path, flags, mode) =>
    broken && path.startsWith(journalFolder) ? Promise.reject(new Error('no')) : open(path, flags, mode)
  const spool = await openAt(disk, { journalFolder, openFile })
  await spool.setAside(makeMessage(1, 40, 7))
  expect(spool.state()).toMatchObject({ setAside: 1, journal: 'broken' })
  await spool.close()
  broken = false
  await (await openAt(disk, { journalFolder, openFile })).close()

  await rm(disk, { recursive: true })
  const fresh = await openAt(disk, { journalFolder })
  expect((await fresh.lostReceipts()).map((lost) => lost.receipt)).toEqual([makeMessage(1, 40, 7).receipt])
  await fresh.close()
})

test('a message that cannot be framed is refused by name', async () => {
  await using folder = await tempFolder()
  const spool = await openAt(folder.path)
  const huge = { ...makeMessage(1), body: Buffer.alloc(64 * 1024 * 1024) }
  await expect(spool.append(huge)).rejects.toMatchObject({ code: 'message-too-large' })
  await spool.close()
})
