import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { askToken } from '../src/access/ask-token.ts'
import { readClientFile, clientFileOf } from '../src/access/development-client.ts'
import { packageRoot } from '../src/kernel/package-root.ts'
import { postmasterOf, timesOf } from './process-times.ts'

/** A real node in a folder of its own, with its embedded PostgreSQL. */
export interface HubProcess {
  readonly url: string
  readonly port: number
  /** Where it listens for laboratories; 0 without the intake role. */
  readonly mllpPort: number
  readonly folder: string
  readonly child: ChildProcess
  /** Milliseconds from the start of the process to its door being open, and to ready. */
  readonly openMs: number
  readonly readyMs: number
  token(): Promise<string>
  /** The first process of its PostgreSQL; 0 when none runs. */
  postmaster(): number
  /** CPU seconds used so far by the node alone. */
  cpu(): number
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** Starts a node; `folder` keeps its data between starts, and is removed by `removeFolder`. */
export async function startHubProcess(folder: string, args: readonly string[], port = 0): Promise<HubProcess> {
  const began = performance.now()
  const child = spawn(
    process.execPath,
    [
      join(packageRoot, 'bin', 'sluis.js'),
      'start',
      '--port',
      String(port),
      '--mllp-port',
      '0',
      '--data',
      folder,
      ...args,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SLUIS_LOG: 'error', SLUIS_DRAIN_MS: '50', SLUIS_PROBE_SECONDS: '0' },
    },
  )
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2_000)))
  let url = ''
  let mllpPort = 0
  let openMs = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /takes messages at (http:\S+)/.exec(line)
    if (found) {
      url = found[1]!
      openMs = performance.now() - began
    }
    mllpPort = Number(/over MLLP at port (\d+)/.exec(line)?.[1] ?? mllpPort)
    if (/is ready after/.test(line)) break
  }
  if (url === '') throw new Error(`the hub did not start: ${errors}`)
  child.stdout.resume()
  const hub: HubProcess = {
    url,
    port: Number(new URL(url).port),
    mllpPort,
    folder,
    child,
    openMs,
    readyMs: performance.now() - began,
    token: () => tokenOf(url, folder),
    postmaster: () => postmasterOf(folder),
    cpu: () => (timesOf(child.pid!)?.own ?? 0) / 1_000_000,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill(signal)
      await ended
    },
  }
  return hub
}

export const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'sluis-bench-'))
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })

async function tokenOf(url: string, folder: string): Promise<string> {
  const client = await readClientFile(clientFileOf(folder))
  if (client === null) throw new Error('the hub made no development client')
  const outcome = await askToken(url, client)
  if (outcome.state !== 'given') throw new Error(`no token: ${outcome.why}`)
  return outcome.access_token
}
