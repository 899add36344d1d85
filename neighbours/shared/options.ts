import { parseArgs } from 'node:util'

/** How one simulator is started; every one takes the same words. */
export interface NeighbourOptions {
  /** Port of the wire; 0 = any free one. */
  readonly port: number
  readonly controlPort: number
  /**
   * Base addresses of the hub's nodes, without a slash at the end; empty = nobody to call back. For laboratories also
   * `mllp://host:port`.
   */
  readonly hubs: readonly string[]
  readonly secret: string
  /** Folder where it keeps what it must remember after a kill; null = nothing is kept. */
  readonly data: string | null
  readonly seed: number
  /** Ends when its standard input ends: a child does not outlive the process that started it. */
  readonly stopWithStdin: boolean
  /** File with the credentials of the senders it stands in for. */
  readonly clients: string | null
  /** File with the patients that laboratories measure. */
  readonly patients: string | null
}

/**
 * Reads the command line of a simulator. The secret may come from the environment instead, where `ps` does not show it.
 *
 * @throws TypeError on a word it does not know (from `parseArgs`); RangeError on a port or seed that is no whole number.
 * @example readOptions(['--port', '0', '--hub', 'http://127.0.0.1:8080']).hubs // ['http://127.0.0.1:8080']
 */
export function readOptions(args: readonly string[], environment = process.env): NeighbourOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '0' },
      'control-port': { type: 'string', default: '0' },
      hub: { type: 'string', default: '' },
      secret: { type: 'string' },
      data: { type: 'string' },
      seed: { type: 'string', default: '1' },
      'stop-with-stdin': { type: 'boolean', default: false },
      clients: { type: 'string' },
      patients: { type: 'string' },
    },
  })
  return {
    port: wholeNumber('--port', values.port),
    controlPort: wholeNumber('--control-port', values['control-port']),
    hubs: splitHubs(values.hub),
    secret: values.secret ?? environment['SLUIS_NEIGHBOUR_SECRET'] ?? 'development-secret',
    data: values.data ?? null,
    seed: wholeNumber('--seed', values.seed),
    stopWithStdin: values['stop-with-stdin'],
    clients: values.clients ?? null,
    patients: values.patients ?? null,
  }
}

/** `a, b/` -> `['a', 'b']`. */
export function splitHubs(text: string): string[] {
  return text
    .split(',')
    .map((hub) => hub.trim().replace(/\/+$/, ''))
    .filter((hub) => hub !== '')
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} takes a whole number, not ${text}`)
  return value
}
