import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDataFolder } from './lock.ts'
import { startOf } from './processes.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const since = '2022-07-01T08:00:00.000Z'

test('a held folder is refused to anybody until it is given back', async () => {
  const lock = await lockDataFolder(folder)
  await expect(lockDataFolder(folder)).rejects.toMatchObject({
    code: 'data-folder-in-use',
    params: { pid: process.pid },
  })
  await lock.release()
  await (await lockDataFolder(folder)).release()
})

test('of many that find the lock of a dead hub, one gets it', async () => {
  // The number lives, but started at another time: it was given out again.
  await writeFile(join(folder, 'hub.7.lock'), JSON.stringify({ pid: process.pid, start: 'earlier', since }))
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => lockDataFolder(folder)))
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  expect(await readdir(folder)).toEqual(['hub.8.lock'])
})

test('a lock torn by a power cut holds nobody off', async () => {
  await writeFile(join(folder, 'hub.3.lock'), '{"pid": 1, "sta')
  await (await lockDataFolder(folder)).release()
})

test('the lock of another living process says who and since when', async () => {
  const parent = { pid: process.ppid, start: startOf(process.ppid), since }
  await writeFile(join(folder, 'hub.1.lock'), JSON.stringify(parent))
  await expect(lockDataFolder(folder)).rejects.toMatchObject({ params: { pid: process.ppid, since } })
})
