import type { CommandIo } from '../cli.ts'
import { readConfig, roles, WrongSetting, type Config } from '../config.ts'
import { unreadSettings } from '../hub/setting-names.ts'
import { keepMemory } from '../kernel/heap.ts'
import { startHub, type Hub } from '../main.ts'
import { flag, text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { runWith } from './shared/run-with.ts'
import { startSimulated, type Simulated } from './shared/start-simulated.ts'
import { onStopSignal } from './shared/stop-signals.ts'

const help = `sluis start [--port N] [--mllp-port N] [--data DIR] [--roles ${roles.join(',')}] [--node NAME]
            [--no-neighbours] [--stop-with-stdin] [--json]

Starts a hub node and stays until SIGTERM, Ctrl-C or the end of its terminal. Without DATABASE_URL it runs its own PostgreSQL in DIR (.sluis).
With --stop-with-stdin it also stops when its input ends, as it does when whoever started it is gone.
With --json one line {url, port, mllpPort, seconds} on standard output when it is ready, the words on standard error.
All settings: docs/configuration.md.

Exit codes: 0 after an orderly stop, 1 it could not start, 2 wrong use.
`

const options = {
  port: text,
  'mllp-port': text,
  data: text,
  roles: text,
  node: text,
  'no-neighbours': flag,
  'stop-with-stdin': flag,
} as const

/** `sluis start`: runs a node until it is told to stop; 0 after an orderly stop. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values, positionals) => {
    if (positionals.length > 0) throw new WrongUse(`start takes no ${positionals[0]}`)
    const began = performance.now()
    keepMemory()
    const words = values.json ? io.stderr : io.stdout
    const say = (line: string): void => void words.write(`${line}\n`)
    const stopping = whenStopped(values['stop-with-stdin'] === true)
    try {
      const config = configOf(values)
      for (const { name, nearest } of unreadSettings(process.env))
        say(`nothing reads ${name}; did you mean ${nearest}?`)
      const { simulated, hub } = await startAll(config, say)
      const onReady = (): void => {
        const seconds = Number(((performance.now() - began) / 1_000).toFixed(1))
        const screens = hub.parts.config.roles.includes('web') ? `: open ${hub.url}/ in a browser` : ''
        say(`sluis is ready after ${seconds.toFixed(1)} s${screens}`)
        const { url, port, mllpPort } = hub
        if (values.json) io.stdout.write(`${JSON.stringify({ url, port, mllpPort, seconds })}\n`)
      }
      await runUntilStopped(hub, simulated, stopping.told, { say, onReady })
    } finally {
      stopping.release()
    }
    return 0
  })
}

interface Running {
  readonly hub: Hub
  readonly simulated: Simulated | null
}

async function startAll(config: Config, say: (line: string) => void): Promise<Running> {
  const withSimulated = config.neighbours && config.roles.includes('delivery')
  const simulated = withSimulated ? await startSimulated(config, say) : null
  const hub = await startHub(config, simulated?.around ?? {}, say).catch(async (error: unknown) => {
    // Their processes would keep this one alive.
    await simulated?.stop()
    throw error
  })
  say(`sluis ${config.roles.includes('intake') ? 'takes messages' : 'works without intake'} at ${hub.url}`)
  if (hub.mllpPort !== null) say(`laboratories reach it over MLLP at port ${hub.mllpPort}`)
  return { hub, simulated }
}

interface Stopping {
  /** Resolves at the first signal, or with `stopWithStdin` at the end of the input. */
  readonly told: Promise<void>
  release(): void
}

/** Listens before anything is started: a stop that comes meanwhile is an orderly one too. */
function whenStopped(stopWithStdin: boolean): Stopping {
  const { promise: told, resolve } = Promise.withResolvers<void>()
  const release = onStopSignal(resolve)
  if (stopWithStdin)
    process.stdin
      .resume()
      .once('end', resolve)
      .once('error', () => resolve())
  return {
    told,
    release() {
      release()
      // An input that is still open would keep the process.
      if (stopWithStdin) process.stdin.destroy()
    },
  }
}

interface Telling {
  readonly say: (line: string) => void
  readonly onReady: () => void
}

async function runUntilStopped(
  hub: Hub,
  simulated: Simulated | null,
  stopping: Promise<void>,
  { say, onReady }: Telling,
): Promise<void> {
  try {
    const begun = hub.ready.then(() => simulated?.begin(hub)).then(onReady)
    await Promise.race([begun, stopping])
    await stopping
    say('sluis is stopping: the door is closed, what is inside is finished first')
  } finally {
    await hub.stop()
    await simulated?.stop()
  }
}

interface Given {
  readonly port?: string | undefined
  readonly 'mllp-port'?: string | undefined
  readonly data?: string | undefined
  readonly roles?: string | undefined
  readonly node?: string | undefined
  readonly 'no-neighbours'?: boolean | undefined
}

/** Throws `WrongUse` that names the setting. */
function configOf(given: Given): Config {
  try {
    return readConfig(
      {
        ...(given.port === undefined ? {} : { port: Number(given.port) }),
        ...(given['mllp-port'] === undefined ? {} : { mllpPort: Number(given['mllp-port']) }),
        ...(given.data === undefined ? {} : { data: given.data }),
        ...(given.roles === undefined ? {} : { roles: given.roles.split(',') }),
        ...(given.node === undefined ? {} : { node: given.node }),
        ...(given['no-neighbours'] ? { neighbours: false } : {}),
      },
      process.env,
    )
  } catch (error) {
    if (!(error instanceof WrongSetting)) throw error
    throw new WrongUse(error.message)
  }
}
