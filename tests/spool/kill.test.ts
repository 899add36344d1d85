import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { seed } from '../support/seed.ts'
import { drainAll, makeMessage, openAt, tempFolder } from './support.ts'

interface Killed {
  readonly acknowledged: readonly number[]
}

/** Lets a child append until it dies: at a failure point, or by our hand after `killAfter` acknowledgements. */
async function appendUntilKilled(
  folder: string,
  from: number,
  death: { readonly failAt: string } | { readonly killAfter: number },
): Promise<Killed> {
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('appending-child.ts', import.meta.url)),
      join(folder, 'disk'),
      join(folder, 'journal'),
      String(from),
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...('failAt' in death ? { SLUIS_FAIL_AT: death.failAt } : {}) },
    },
  )
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    if ('killAfter' in death && text.split('\n').length > death.killAfter) child.kill('SIGKILL')
  })
  const [, signal] = (await once(child, 'close')) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
  const lines = text.split('\n').slice(0, -1)
  expect(lines[0]).toBe('open')
  return { acknowledged: lines.slice(1).map(Number) }
}

const deaths = [
  { failAt: 'spool-before-sync:1' },
  { failAt: 'spool-after-sync:1' },
  { failAt: 'spool-before-sync:7' },
  { failAt: 'spool-after-sync:7' },
  { killAfter: 3 },
  { killAfter: 60 },
  { killAfter: 61 + (seed % 400) },
]

test('everything acknowledged before a SIGKILL is there after it, again and again', async () => {
  await using folder = await tempFolder()
  const acknowledged = new Set<number>()
  for (const [round, death] of deaths.entries()) {
    const killed = await appendUntilKilled(folder.path, round * 10_000, death)
    for (const number of killed.acknowledged) acknowledged.add(number)
  }
  const spool = await openAt(join(folder.path, 'disk'), { journalFolder: join(folder.path, 'journal') })
  const read = await drainAll(spool)
  const numbers = read.map((message) => Number(message.messageId.slice(5)))
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  for (const message of read) expect(message).toEqual(makeMessage(Number(message.messageId.slice(5)), 200))
  const found = new Set(numbers)
  expect([...acknowledged].filter((number) => !found.has(number))).toEqual([])
  expect(acknowledged.size).toBeGreaterThan(100)
  // What the journal knows, the spool holds: a receipt that was given is never named as lost by a kill alone.
  expect(await spool.lostReceipts()).toEqual([])
  expect(spool.state().damaged).toEqual([])
  await spool.close()
})
