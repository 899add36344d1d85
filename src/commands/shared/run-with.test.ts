import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { runWith } from './run-with.ts'

async function told(work: () => Promise<number>): Promise<{ code: number; err: string }> {
  const io = { stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough() }
  const code = await runWith({ args: [], io, help: '', options: {} }, work)
  io.stderr.end()
  return { code, err: await text(io.stderr) }
}

test('a socket that is not there is the database, a file that is not there is not', async () => {
  const noSocket = () =>
    new Promise<number>((_, reject) => {
      connect('/nowhere/.s.PGSQL.5432').on('error', reject)
    })
  expect(await told(noSocket)).toMatchObject({
    code: 1,
    err: expect.stringContaining('The database does not answer (ENOENT)') as string,
  })
  await expect(told(async () => readFileSync('/nowhere/file').length)).rejects.toThrow('ENOENT')
})
