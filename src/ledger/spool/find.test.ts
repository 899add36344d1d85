import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeMessage, openAt, tempFolder } from '../../../tests/spool/support.ts'
import { findInFolder } from './find.ts'

const key = Buffer.alloc(32, 7)
const numbers = Array.from({ length: 60 }, (_, n) => n)

for (const journaled of [true, false]) {
  test(`a receipt is found while its message waits, ${journaled ? 'by the journal' : 'without a journal'}`, async () => {
    await using folder = await tempFolder()
    const journalFolder = journaled ? join(folder.path, 'journal') : null
    const spoolFolder = join(folder.path, 'spool')
    const spool = await openAt(spoolFolder, { journalFolder, segmentBytes: 4_096 })
    expect(await spool.find(makeMessage(0).receipt)).toBeNull()
    for (const n of numbers) await spool.append(makeMessage(n, 300))
    const outside = { folder: spoolFolder, journalFolder: journalFolder ?? spoolFolder, key }
    for (const n of [0, 31, 59]) {
      const message = makeMessage(n, 300)
      expect(await spool.find(message.receipt)).toEqual({ message, place: 'waiting' })
      expect(await findInFolder(outside, message.receipt)).toEqual({ message, place: 'waiting' })
      expect(await findInFolder(outside, message.messageId)).toEqual({ message, place: 'waiting' })
    }
    expect(await spool.find(makeMessage(99).receipt)).toBeNull()
    expect(await findInFolder(outside, 'form-99')).toBeNull()

    const { messages, token } = await spool.next(31, 1e6)
    await spool.setAside(messages[30]!)
    await spool.done(token)
    expect(await spool.find(makeMessage(29, 300).receipt)).toBeNull()
    expect(await findInFolder(outside, 'form-29')).toBeNull()
    expect(await spool.find(messages[30]!.receipt)).toEqual({ message: messages[30], place: 'aside' })
    expect(await findInFolder(outside, 'form-30')).toEqual({ message: messages[30], place: 'aside' })
    expect(await spool.find(makeMessage(31, 300).receipt)).toMatchObject({ place: 'waiting' })
    await spool.close()
  })
}

test('a receipt that the journal missed is found all the same', async () => {
  await using folder = await tempFolder()
  const journalFolder = join(folder.path, 'journal')
  const spool = await openAt(join(folder.path, 'spool'), { journalFolder })
  await spool.append(makeMessage(1))
  await rm(journalFolder, { recursive: true })
  expect(await spool.find(makeMessage(1).receipt)).toEqual({ message: makeMessage(1), place: 'waiting' })
  await spool.close()
})

test('a folder without a spool holds nothing', async () => {
  await using folder = await tempFolder()
  const none = join(folder.path, 'none')
  expect(await findInFolder({ folder: none, journalFolder: none, key }, makeMessage(1).receipt)).toBeNull()
})
