import { mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { hash } from 'node:crypto'
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
  await symlink(JSON.stringify([process.pid, 'earlier', since]), join(folder, 'hub.7.lock'))
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => lockDataFolder(folder)))
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  expect(await readdir(folder)).toEqual(['hub.8.lock'])
})

test('a lock torn by a power cut holds nobody off', async () => {
  await symlink('[1, "sta', join(folder, 'hub.3.lock'))
  await (await lockDataFolder(folder)).release()
})

test('the lock of another living process says who and since when, also one of before December 2026', async () => {
  const mark = hash('sha256', startOf(process.ppid)!).slice(0, 10)
  const parent = [process.ppid, mark, since]
  await symlink(JSON.stringify(parent), join(folder, 'hub.1.lock'))
  await expect(lockDataFolder(folder)).rejects.toMatchObject({ params: { pid: process.ppid, since } })
  const older = { pid: process.ppid, start: startOf(process.ppid), since }
  await writeFile(join(folder, 'hub.2.lock'), JSON.stringify(older))
  await expect(lockDataFolder(folder)).rejects.toMatchObject({ params: { pid: process.ppid, since } })
})

test('a lock takes no room of its own: a full disk, which only a started hub empties, does not keep it from starting', async () => {
  for (const kind of ['hub', 'command'] as const) {
    const lock = await lockDataFolder(folder, kind)
    const [name] = await readdir(folder)
    // Below 60 bytes the name of a link stands in its inode (ext4), below 128 in memory (tmpfs).
    const longest = (await readlink(join(folder, name!))).replace(String(process.pid), '4194304')
    expect(longest.length).toBeLessThan(60)
    await lock.release()
  }
})
