import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { runCommand } from '../../src/cli.ts'

export interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs one `sluis` command inside the test. */
export async function sluis(args: readonly string[], stdin = ''): Promise<Said> {
  const io = { stdin: Readable.from([Buffer.from(stdin)]), stdout: new PassThrough(), stderr: new PassThrough() }
  const out = text(io.stdout)
  const err = text(io.stderr)
  const code = await runCommand(args, io)
  io.stdout.end()
  io.stderr.end()
  return { code, out: await out, err: await err }
}

/** The JSON lines a command printed. */
export const jsonLines = (said: Said): Record<string, unknown>[] =>
  said.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'sluis-commands-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Looks again and again until `done`; fails after 15 seconds with what it saw last. */
export async function until<T>(look: () => Promise<T>, done: (seen: T) => boolean): Promise<T> {
  for (const end = Date.now() + 15_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const seen = await look()
    if (done(seen)) return seen
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(seen, null, 1)}`)
  }
}

/** Processes that work with a folder. */
export function processesOf(folder: string): { pid: number; line: string }[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return all.map((pid) => ({ pid: Number(pid), line: commandLine(pid) })).filter(({ line }) => line.includes(folder))
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
