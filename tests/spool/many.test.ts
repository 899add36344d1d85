import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { tempFolder } from './support.ts'

interface Told {
  readonly frames: number
  readonly drained: number
  readonly early: number
  readonly late: number
  readonly reopened: number
}

test('memory does not grow with the number of messages that wait', async () => {
  await using folder = await tempFolder()
  const count = 100_000
  const child = fileURLToPath(new URL('many-child.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child, folder.path, String(count)])
  const told = JSON.parse(stdout) as Told
  expect(told).toMatchObject({ frames: count, drained: count })
  // An entry of 64 bytes per message would be 6 MB more.
  expect(told.late - told.early).toBeLessThan(5)
  expect(told.reopened - told.early).toBeLessThan(5)
})
