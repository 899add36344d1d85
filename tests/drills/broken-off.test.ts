import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sluis, temporaryFolder } from '../commands/support.ts'

test('a drill that cannot be built says so in a sentence, and keeps what is known', { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder()
  // A file where the neighbours want a folder.
  await writeFile(join(folder.path, 'neighbours'), '')
  const said = await sluis(['drill', 'black-friday', '--fast', '--json', '--data', folder.path])
  expect(said).toMatchObject({ code: 1, out: '', err: expect.stringContaining('The drill broke off before its end') })
  expect(said.err).not.toMatch(/^ {4}at /m)
  expect(await readFile(join(folder.path, 'broken-off.txt'), 'utf8')).toMatch(/^ {4}at /m)
  await folder.remove()
})
