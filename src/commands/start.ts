import { parseArgs } from 'node:util'
import type { CommandIo } from '../cli.ts'
import { readConfig, roles } from '../config.ts'
import { startHub } from '../main.ts'
import { startSimulated } from './shared/start-simulated.ts'

const help = `sluis start [--port N] [--mllp-port N] [--data DIR] [--roles ${roles.join(',')}] [--node NAME]
            [--no-neighbours] [--stop-with-stdin]

Starts a hub node and stays until SIGTERM or Ctrl-C. Without DATABASE_URL it runs its own PostgreSQL in DIR (.sluis).
With --stop-with-stdin it also stops when its input ends, as it does when whoever started it is gone.
All settings: docs/configuration.md.
`

/** `sluis start`: runs a node until it is told to stop; 0 after an orderly stop. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      'mllp-port': { type: 'string' },
      data: { type: 'string' },
      roles: { type: 'string' },
      node: { type: 'string' },
      'no-neighbours': { type: 'boolean' },
      'stop-with-stdin': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    io.stdout.write(help)
    return 0
  }
  const began = performance.now()
  const say = (line: string): void => void io.stdout.write(`${line}\n`)
  const config = readConfig(
    {
      ...(values.port === undefined ? {} : { port: Number(values.port) }),
      ...(values['mllp-port'] === undefined ? {} : { mllpPort: Number(values['mllp-port']) }),
      ...(values.data === undefined ? {} : { data: values.data }),
      ...(values.roles === undefined ? {} : { roles: values.roles.split(',') }),
      ...(values.node === undefined ? {} : { node: values.node }),
      ...(values['no-neighbours'] ? { neighbours: false } : {}),
    },
    process.env,
  )
  const simulated = config.neighbours && config.roles.includes('delivery') ? await startSimulated(config, say) : null
  const hub = await startHub(config, simulated?.around ?? {}, say)
  say(`sluis takes messages at ${hub.url}`)
  if (hub.mllpPort !== null) say(`laboratories reach it over MLLP at port ${hub.mllpPort}`)
  const stopping = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
    if (values['stop-with-stdin'])
      process.stdin
        .resume()
        .once('end', resolve)
        .once('error', () => resolve())
  })
  try {
    await Promise.race([hub.ready, stopping])
    await simulated?.begin(hub)
    say(`sluis is ready after ${((performance.now() - began) / 1_000).toFixed(1)} s: open ${hub.url}/ in a browser`)
    await stopping
    say('sluis is stopping: the door is closed, what is inside is finished first')
  } finally {
    await hub.stop()
    await simulated?.stop()
    // An input that is still open would keep the process.
    if (values['stop-with-stdin']) process.stdin.destroy()
  }
  return 0
}
