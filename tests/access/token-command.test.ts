import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAccess, type Access } from '../../src/access/access.ts'
import { ensureDevelopmentClient } from '../../src/access/development-client.ts'
import { run } from '../../src/commands/token.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { SluisError, toProblem } from '../../src/kernel/errors.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { keys, removable, temporaryFolder } from './support.ts'

let database: TestDatabase
let db: ReturnType<typeof removable>
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let access: Access
let hub: Server
let url: string

beforeAll(async () => {
  database = await createTestDatabase()
  db = removable(database.url)
  folder = await temporaryFolder()
  hub = createServer((request, response) => {
    void text(request)
      .then((body) => access.issueToken(Object.fromEntries(new URLSearchParams(body))))
      .catch((error: unknown) => toProblem(error as SluisError, 'en'))
      .then((answer) => response.end(JSON.stringify(answer)))
  })
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`
  const tokenEndpoints = () => [`${url}/oauth/token`]
  access = await openAccess({ db, keys, dataFolder: folder.path, clock: systemClock, log: silentLog, tokenEndpoints })
  await ensureDevelopmentClient(db, folder.path)
})
afterAll(async () => {
  hub.closeAllConnections()
  hub.close()
  await access.close()
  await db.close()
  await folder[Symbol.asyncDispose]()
  await database.drop()
})

async function sluisToken(...args: string[]) {
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  const code = await run(args, io)
  io.stdout.end()
  io.stderr.end()
  return { code, out: await text(io.stdout), err: await text(io.stderr) }
}

test('prints a token the hub takes, or the whole answer', async () => {
  const { code, out } = await sluisToken('--data', folder.path, '--url', `${url}/`)
  expect(code).toBe(0)
  expect(await access.verifyAccess(`Bearer ${out.trim()}`)).toMatchObject({ kind: 'development' })
  const whole = await sluisToken('--data', folder.path, '--url', url, '--json')
  expect(JSON.parse(whole.out)).toMatchObject({ token_type: 'Bearer', expires_in: 600 })
})
test('a hub that refuses or is not there gives 1 and a sentence', async () => {
  await using other = await temporaryFolder()
  const base = await createTestDatabase()
  const otherDb = removable(base.url)
  await ensureDevelopmentClient(otherDb, other.path)
  const refused = await sluisToken('--data', other.path, '--url', url)
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toMatch(/is not registered here/)
  const absent = await sluisToken('--data', folder.path, '--url', 'http://127.0.0.1:9')
  expect(absent).toMatchObject({ code: 1, out: '' })
  expect(absent.err).toMatch(/does not answer/)
  await otherDb.close()
  await base.drop()
})
test('wrong use gives 2, help gives 0', async () => {
  expect(await sluisToken('--what')).toMatchObject({ code: 2, out: '' })
  expect(await sluisToken('--data', '/nowhere/at/all', '--url', url)).toMatchObject({ code: 2, out: '' })
  expect(await sluisToken('--url', 'here', '--data', folder.path)).toMatchObject({ code: 2 })
  expect((await sluisToken('--help')).out).toMatch(/^sluis token/)
})
