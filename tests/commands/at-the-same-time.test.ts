import { PassThrough, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { withDatabase } from '../../src/commands/shared/with-database.ts'
import { readConfig } from '../../src/config.ts'
import { startHub } from '../../src/main.ts'
import { sluis, temporaryFolder } from './support.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
  vi.stubEnv('DATABASE_URL', undefined)
  expect(await sluis(['migrate', '--data', folder.path])).toMatchObject({ code: 0 })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await folder.remove()
})

const waits = expect.stringMatching(
  /^a command \(process \d+\) works on the database; this waits until it ends$/m,
) as string

/** A command of a hub that does not run, which works until it is let go. */
function startCommand() {
  const io = { stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough() }
  const begun = Promise.withResolvers<void>()
  const letGo = Promise.withResolvers<void>()
  const ended = withDatabase({ data: folder.path }, io, async ({ db }) => {
    begun.resolve()
    await letGo.promise
    await db.query({ text: 'select 1' })
  })
  ended.catch(begun.reject)
  return { begun: begun.promise, letGo: letGo.resolve, ended }
}

function hubAt(said: string[]) {
  const environment = { ...process.env, SLUIS_LOG: 'error' }
  const config = readConfig({ port: 0, mllpPort: 0, data: folder.path, neighbours: false }, environment)
  return startHub(config, {}, (line) => said.push(line))
}

test('a hub that starts while a command works waits for it, says so, and is ready', { timeout: 120_000 }, async () => {
  const command = startCommand()
  await command.begun
  const said: string[] = []
  const hub = await hubAt(said)
  await sleep(3_000)
  command.letGo()
  await command.ended
  await hub.ready
  expect(said).toContainEqual(waits)
  // One that runs is joined, as ever.
  expect(await sluis(['account', '--data', folder.path])).toMatchObject({ code: 0, err: '' })
  await hub.stop()
})

test('a hub told to stop while it waits for a command stops', { timeout: 120_000 }, async () => {
  const command = startCommand()
  await command.begun
  const said: string[] = []
  const hub = await hubAt(said)
  await expect.poll(() => said).toContainEqual(waits)
  await hub.stop()
  await expect(hub.ready).rejects.toMatchObject({ code: 'data-folder-in-use' })
  command.letGo()
  await command.ended
})

test('of two commands at the same time the second waits for the first', { timeout: 120_000 }, async () => {
  const command = startCommand()
  await command.begun
  const second = sluis(['backlog', '--data', folder.path])
  await sleep(500)
  command.letGo()
  await command.ended
  expect(await second).toMatchObject({ code: 0, err: waits })
  const both = await Promise.all(['account', 'backlog'].map((name) => sluis([name, '--data', folder.path])))
  expect(both.map(({ code }) => code)).toEqual([0, 0])
})
