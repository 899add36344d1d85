import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { sluis, temporaryFolder } from '../commands/support.ts'

test('a drill that cannot be built says so in a sentence, and keeps what is known', { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder()
  // No process that this one starts can run.
  vi.stubEnv('NODE_OPTIONS', '--no-such-option')
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const said = await sluis(['drill', 'black-friday', '--fast', '--json', '--data', folder.path])
  expect(said).toMatchObject({ code: 1, out: '', err: expect.stringContaining('The drill broke off before its end') })
  expect(said.err).not.toMatch(/^ {4}at /m)
  expect(await readFile(join(folder.path, 'broken-off.txt'), 'utf8')).toMatch(/^ {4}at /m)
  await folder.remove()
})

test.each(['black-friday', 'lab-checks'])('%s opens no folder that holds anything', async (name) => {
  const folder = await temporaryFolder()
  onTestFinished(() => folder.remove())
  await writeFile(join(folder.path, 'hub'), 'of another')
  const said = await sluis(['drill', name, '--fast', '--data', folder.path])
  expect(said).toMatchObject({ code: 2, out: '', err: expect.stringContaining('is not empty') })
  expect(await readdir(folder.path)).toEqual(['hub'])
  expect(await readFile(join(folder.path, 'hub'), 'utf8')).toBe('of another')
  const file = await sluis(['drill', name, '--fast', '--data', join(folder.path, 'hub')])
  expect(file).toMatchObject({ code: 2, out: '' })
})

test('a number that is none is wrong use, and leaves nothing', async () => {
  const folder = await temporaryFolder()
  vi.stubEnv('TMPDIR', folder.path)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await folder.remove()
  })
  for (const option of ['--minutes', '--forms', '--patients', '--seed'])
    for (const name of ['black-friday', 'lab-checks'])
      expect(await sluis(['drill', name, option, 'x'])).toMatchObject({
        code: 2,
        err: expect.stringMatching(new RegExp(`^${option} takes a whole number`)) as string,
      })
  expect(await readdir(folder.path)).toEqual([])
})

test('a drill that is stopped runs nothing on and leaves nothing', { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder()
  const child = spawn(process.execPath, ['bin/sluis.js', 'drill', 'black-friday', '--fast'], {
    env: { ...process.env, TMPDIR: folder.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', (part: Buffer) => (said += part.toString()))
  child.stderr.on('data', (part: Buffer) => (said += part.toString()))
  await vi.waitFor(() => expect(said).toContain('offered'), { timeout: 60_000 })
  child.kill('SIGINT')
  const [code] = (await once(child, 'exit')) as [number]
  expect({ code, left: await readdir(folder.path) }).toEqual({ code: 1, left: [] })
  expect(said).toContain('The drill was stopped before its end')
  await folder.remove()
})
