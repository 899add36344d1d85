import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = join(import.meta.dirname, '..', '..')

export interface HubOptions {
  /** Made and removed with the process when not given. */
  readonly dataFolder?: string
  /** Without it the node runs its own PostgreSQL in its data folder. */
  readonly databaseUrl?: string
  readonly node?: string
  readonly roles?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A node of the hub as a process of its own, as it is shipped (`npm test` builds it first). */
export interface HubProcess extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly node: string
  readonly dataFolder: string
  /** Everything every process of this node wrote, on both its outputs. */
  output(): string
  /** When the door opened and when everything ran, in milliseconds after the last start. */
  readonly open: Promise<number>
  readonly ready: Promise<number>
  /** Resolves with the signal or the exit code of the last process. */
  readonly ended: Promise<string>
  alive(): boolean
  /** Bytes of memory it has in RAM. */
  rss(): Promise<number>
  kill(signal: NodeJS.Signals): Promise<string>
  /** Starts again on the same port and folder, with other settings when given. Waits for the open door. */
  start(env?: Readonly<Record<string, string>>): Promise<void>
}

/**
 * Starts a node and waits until its door is open. Neighbours stay out unless `env` names destinations.
 *
 * @example
 * await using hub = await startHubProcess({ databaseUrl: database.url })
 * await hub.kill('SIGKILL')
 * await hub.start()
 */
export async function startHubProcess(options: HubOptions = {}): Promise<HubProcess> {
  if (!existsSync(join(root, 'dist', 'src', 'cli.js'))) throw new Error('dist is not built: run npm run build')
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'sluis-hub-')))
  const port = await freePort()
  const node = options.node ?? 'one'
  let output = ''
  let current: Running | undefined
  const launch = async (env: Readonly<Record<string, string>>): Promise<void> => {
    current = run(options, { ...options.env, ...env }, { dataFolder, port, node }, (text) => (output += text))
    await current.open
  }
  const now = (): Running => current!
  const hub: HubProcess = {
    url: `http://127.0.0.1:${port}`,
    port,
    node,
    dataFolder,
    output: () => output,
    get open() {
      return now().open
    },
    get ready() {
      return now().ready
    },
    get ended() {
      return now().ended
    },
    alive: () => now().child.exitCode === null && now().child.signalCode === null,
    rss: async () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${now().child.pid}/status`, 'utf8'))?.[1]) * 1024,
    async kill(signal) {
      now().child.kill(signal)
      return now().ended
    },
    start: (env = {}) => launch(env),
    async [Symbol.asyncDispose]() {
      if (hub.alive() && (await Promise.race([hub.kill('SIGTERM'), sleep(20_000)])) === undefined)
        await hub.kill('SIGKILL')
      await endDatabase(dataFolder)
      if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true })
    },
  }
  try {
    await launch({})
  } catch (error) {
    await hub[Symbol.asyncDispose]()
    throw error
  }
  return hub
}

interface Running {
  readonly child: ChildProcess
  readonly open: Promise<number>
  readonly ready: Promise<number>
  readonly ended: Promise<string>
}

const living = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

function run(
  options: HubOptions,
  env: Readonly<Record<string, string>>,
  place: { dataFolder: string; port: number; node: string },
  heard: (text: string) => void,
): Running {
  const args = [
    'start',
    '--no-neighbours',
    '--data',
    place.dataFolder,
    '--port',
    String(place.port),
    '--node',
    place.node,
  ]
  if (options.roles !== undefined) args.push('--roles', options.roles.join(','))
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('SLUIS_') && name !== 'DATABASE_URL',
  )
  const child = spawn(process.execPath, [join(root, 'bin', 'sluis.js'), ...args], {
    cwd: place.dataFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(inherited),
      ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
      // What a test counts is its own.
      SLUIS_PROBE_SECONDS: '0',
      SLUIS_DRAIN_MS: '1000',
      ...env,
    },
  })
  living.add(child)
  const began = performance.now()
  let said = ''
  const waiters: { words: string; resolve(after: number): void }[] = []
  const hear = (chunk: string): void => {
    heard(chunk)
    said += chunk
    for (const waiter of waiters) if (said.includes(waiter.words)) waiter.resolve(performance.now() - began)
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  const ended = once(child, 'close').then(([code, signal]: (string | number | null)[]) => {
    living.delete(child)
    return String(signal ?? code)
  })
  const hearing = (words: string): Promise<number> => {
    const heardIt = new Promise<number>((resolve) => waiters.push({ words, resolve }))
    const gone = ended.then((how) => {
      throw new Error(`the hub ended with ${how} before it said '${words}':\n${said.slice(-2_000)}`)
    })
    const first = Promise.race([heardIt, gone])
    first.catch(() => undefined)
    return first
  }
  return { child, open: hearing(' at http://'), ready: hearing('is ready after'), ended }
}

/** Below the range the system gives out by itself, so that nobody takes it while the node is down. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const server = createServer()
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (free) return port
  }
}

/** A node that was killed leaves its own PostgreSQL running. */
export async function endDatabase(dataFolder: string): Promise<void> {
  const file = join(dataFolder, 'postgres', 'cluster', 'postmaster.pid')
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0])
  if (!(pid > 0) || pid === process.pid) return
  try {
    process.kill(pid, 'SIGINT')
    while (existsSync(file)) await sleep(50)
  } catch {
    // It was gone already.
  }
}
