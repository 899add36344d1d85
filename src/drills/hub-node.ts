import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { packageRoot } from '../kernel/package-root.ts'
import { ask } from './ask.ts'

/** A hub node of a drill: a real process that can be started, stopped and killed again and again, at one address. */
export interface HubNode {
  readonly name: string
  readonly port: number
  readonly url: string
  /** Starts it with these roles and waits until it is ready. Throws with its last words when it ends before that. */
  start(roles: readonly string[]): Promise<void>
  /** SIGTERM, and waits until it has gone in order. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** SIGKILL without waiting, for the exit of this process. */
  abandon(): void
}

export interface HubNodeOptions {
  readonly name: string
  readonly port: number
  /** Its own folder: spool, keys, log. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}

/** A start takes seconds; on a machine that has ten times too much to do it takes ten times as long, and is still a start. */
const patienceMs = 180_000

/** Describes a node; nothing runs yet. */
export function makeHubNode(options: HubNodeOptions): HubNode {
  const { name, port, folder } = options
  const url = `http://127.0.0.1:${port}`
  const log = join(folder, 'node.log')
  let child: ChildProcess | undefined
  mkdirSync(folder, { recursive: true, mode: 0o700 })

  const lives = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || !lives()) return
    const gone = once(child, 'exit')
    child.kill(signal)
    const hard = setTimeout(() => child?.kill('SIGKILL'), 60_000)
    await gone
    clearTimeout(hard)
  }
  return {
    name,
    port,
    url,
    async start(roles) {
      child = spawnNode(options, roles, log)
      await untilReady(url, lives, log)
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    abandon: () => void child?.kill('SIGKILL'),
  }
}

function spawnNode({ name, port, folder, environment }: HubNodeOptions, roles: readonly string[], log: string) {
  const out = openSync(log, 'a', 0o600)
  const said = [
    '--port',
    String(port),
    '--data',
    folder,
    '--node',
    name,
    '--roles',
    roles.join(','),
    '--no-neighbours',
    '--stop-with-stdin',
  ]
  const child = spawn(process.execPath, [join(packageRoot, 'bin', 'sluis.js'), 'start', ...said], {
    // A node hears on its input that the drill is gone, however it went.
    stdio: ['pipe', out, out],
    env: { ...withoutHubSettings(process.env), ...environment },
  })
  closeSync(out)
  child.stdin?.on('error', () => undefined)
  return child
}

/** What is set for another hub in this shell must not reach the nodes of a drill. */
function withoutHubSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(SLUIS_.*|DATABASE_URL|PORT)$/.test(name)))
}

async function untilReady(url: string, lives: () => boolean, log: string): Promise<void> {
  for (const end = performance.now() + patienceMs; performance.now() < end; await wait(50)) {
    if (!lives()) break
    const told = await ask(`${url}/readyz`)
    if (told?.status === 200 && told.text.includes('"database":"there"')) return
  }
  const words = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n')
  throw new Error(`a node did not become ready at ${url}:\n${words}`)
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
