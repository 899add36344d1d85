import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { packageRoot } from '../../src/kernel/package-root.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function startDrill(args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-drill-test-'))
  folders.push(folder)
  const command = [join(packageRoot, 'bin', 'sluis.js'), 'drill', 'black-friday', '--data', folder, ...args]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] })
  return { child, folder, out: text(child.stdout), told: text(child.stderr) }
}

/** Processes of this machine that name the folder in their command line or work in it. */
function livingIn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      } catch {
        return ''
      }
    })
    .filter((line) => line.includes(folder))
}

/** Waits, a minute at most, until no process of the folder is left. */
async function untilNothingLives(folder: string): Promise<void> {
  for (const end = Date.now() + 60_000; livingIn(folder).length > 0 && Date.now() < end;) await wait(200)
  expect(livingIn(folder)).toEqual([])
}

// A machine that does much else at the same time needs several times the minute a quiet one takes.
test('the fast drill loses nothing, doubles nothing, and balances', { timeout: 900_000 }, async () => {
  const { child, folder, out, told } = await startDrill(['--fast', '--json'])
  const [code] = (await once(child, 'exit')) as [number | null]
  const lines = await told
  const board = JSON.parse((await out).trim().split('\n').at(-1) ?? '') as Record<string, unknown>
  expect({ code, broken: board['broken'] }, lines).toEqual({ code: 0, broken: [] })
  expect(board).toMatchObject({ lost: 0, doubled: 0, stillWaiting: 0, wrongSampleTimes: 0 })
  expect(board).toMatchObject({ balanced: true, chainVerified: true })
  // How many depends on the machine; that the day was not empty does not.
  expect(board['accepted']).toBeGreaterThan(0)
  expect(board['certificates']).toBeGreaterThan(0)
  expect(board['secondsToDetect']).not.toBeNull()
  expect(board['secondsToDetectByProbe']).not.toBeNull()
  const { trace, status, verify } = board['answeredDuringStop'] as Record<string, number>
  expect(Math.min(trace!, status!)).toBeGreaterThanOrEqual(0.9)
  expect(verify).toBe(1)
  expect(lines).toContain('the whole day was replayed')
  expect(livingIn(folder)).toEqual([])
})

test.skipIf(!existsSync('/proc'))('stopped by Ctrl-C it ends everything it started', { timeout: 240_000 }, async () => {
  const { child, folder, told } = await startDrill(['--fast'])
  child.stderr.on('data', (bytes: Buffer) => {
    if (String(bytes).includes('the pharmacies open')) child.kill('SIGINT')
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  expect(await told).toContain('stopped before its end')
  expect(code).toBe(1)
  await untilNothingLives(folder)
})

test.skipIf(!existsSync('/proc'))(
  'killed without a word it leaves nothing behind, not its PostgreSQL either',
  { timeout: 240_000 },
  async () => {
    const { child, folder } = await startDrill(['--fast'])
    const nodes = (): string[] => livingIn(folder).filter((line) => line.includes(' start '))
    const opened = new Promise<void>((resolve) =>
      child.stderr.on('data', (bytes: Buffer) => {
        if (String(bytes).includes('the pharmacies open')) resolve()
      }),
    )
    await opened
    expect(nodes()).toHaveLength(2)
    child.kill('SIGKILL')
    await untilNothingLives(folder)
  },
)
