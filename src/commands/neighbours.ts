import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { startChild, type Child } from '../../neighbours/shared/child.ts'
import { readJsonSync, replaceFileSync } from '../kernel/durable-file.ts'
import { errorText, SluisError } from '../kernel/errors.ts'
import { makeFolderSync } from '../kernel/make-folder.ts'
import { lockDataFolder } from '../store/embedded/lock.ts'
import { onStopSignal } from './shared/stop-signals.ts'

const neighbourNames = ['sciensano', 'digitaal-vlaanderen', 'vaccinnet', 'pharmacies', 'laboratories'] as const

export type NeighbourName = (typeof neighbourNames)[number]

export interface NeighboursOptions {
  /** Base addresses of the hub's nodes; empty when not known yet (see `Neighbours.setHub`). */
  readonly hubs: readonly string[]
  /** Where the nodes listen for laboratories, `host:port`; without it no laboratories are started. */
  readonly mllp?: readonly string[]
  /** Folder where each neighbour keeps what it must remember, and where their secrets are. */
  readonly data: string
  readonly only?: readonly NeighbourName[]
  /** First of a row of ports, two for each neighbour in the order of `neighbourNames`; 0 = any free ones. */
  readonly basePort?: number
  /** File with the credentials of the pharmacies; without it no pharmacies are started. */
  readonly clients?: string
  /** The laboratory that sends FHIR has its credentials in this file; without it there is none. */
  readonly laboratoryClients?: string
  /** File with the patients that laboratories measure, before they invent any. */
  readonly patients?: string
  readonly seed?: number
  readonly say: (line: string) => void
}

export interface RunningNeighbour {
  readonly port: number
  readonly controlPort: number
  readonly url: string
  readonly controlUrl: string
  /** Bearer secret and key of its callbacks; the same for the life of the data folder. */
  readonly secret: string
  readonly pid: number
}

export interface Neighbours {
  readonly ports: Readonly<Partial<Record<NeighbourName, RunningNeighbour>>>
  /** Tells all of them where the hub is. */
  setHub(hubs: readonly string[], mllp?: readonly string[]): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the simulated neighbours, each as a process of its own on loopback. They end with this process.
 *
 * @throws Error when one of them ended before it was ready, the others are stopped first; `data-folder-in-use`
 * @example const { ports } = await startNeighbours({ hubs: ['http://127.0.0.1:8080'], data: '.sluis/neighbours', say })
 */
export async function startNeighbours(options: NeighboursOptions): Promise<Neighbours> {
  const names = (options.only ?? neighbourNames).filter(
    (name) =>
      (name !== 'pharmacies' || options.clients !== undefined) &&
      (name !== 'laboratories' || options.mllp !== undefined),
  )
  // Two of one neighbour on the same files would each keep half of its books.
  const lock = await lockDataFolder(options.data)
  const secrets = readSecrets(options.data)
  let { hubs, mllp = [] } = options
  const hubsFor = (name: NeighbourName): readonly string[] =>
    name === 'laboratories' ? [...mllp.map((place) => `mllp://${place}`), ...hubs] : hubs
  const started = await Promise.allSettled(
    names.map((name) => startOne(name, options, secrets[name], () => hubsFor(name))),
  )
  const children = new Map<NeighbourName, Child>()
  for (const [i, name] of names.entries()) {
    const one = started[i]
    if (one?.status === 'fulfilled') children.set(name, one.value)
  }
  const stop = async (): Promise<void> => {
    await Promise.all([...children.values()].map((child) => child.stop()))
    await lock.release()
  }
  const failed = started.find((one) => one.status === 'rejected')
  if (failed) {
    await stop()
    throw failed.reason
  }
  return {
    get ports() {
      return Object.fromEntries([...children].map(([name, child]) => [name, whereIs(child, secrets[name])]))
    },
    async setHub(next, nextMllp = mllp) {
      hubs = next
      mllp = nextMllp
      await Promise.all([...children].map(([name, child]) => tellHub(whereIs(child, '').controlUrl, hubsFor(name))))
    },
    stop,
  }
}

function startOne(
  name: NeighbourName,
  options: NeighboursOptions,
  secret: string,
  hubs: () => readonly string[],
): Promise<Child> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const first = options.basePort ? options.basePort + 2 * neighbourNames.indexOf(name) : 0
  return startChild({
    file: fileURLToPath(new URL(`../../neighbours/${name}/main.${extension}`, import.meta.url)),
    ports: [first, first === 0 ? 0 : first + 1],
    secret,
    say: (line) => options.say(`${name}: ${line}`),
    arguments: () => [
      `--data=${options.data}`,
      `--hub=${hubs().join(',')}`,
      `--seed=${options.seed ?? 1}`,
      ...filesOf(name, options),
    ],
  })
}

function filesOf(name: NeighbourName, { clients, laboratoryClients, patients }: NeighboursOptions): string[] {
  const given = { pharmacies: { clients }, laboratories: { clients: laboratoryClients, patients } }
  const files = name === 'pharmacies' || name === 'laboratories' ? Object.entries(given[name]) : []
  return files.flatMap(([option, file]) => (file === undefined ? [] : [`--${option}`, file]))
}

function whereIs(child: Child, secret: string): RunningNeighbour {
  const { port, controlPort, pid } = child.ready()
  return {
    port,
    controlPort,
    url: `http://127.0.0.1:${port}`,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    secret,
    pid,
  }
}

async function tellHub(controlUrl: string, hubs: readonly string[]): Promise<void> {
  const answer = await fetch(`${controlUrl}/control/hub`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ hub: hubs.join(',') }),
  })
  await answer.arrayBuffer()
}

const knownSecrets = z.partialRecord(z.enum(neighbourNames), z.string()).catch({})

/** The secrets of a data folder, each made the first time it is asked for. */
function readSecrets(folder: string): Record<NeighbourName, string> {
  const file = join(folder, 'secrets.json')
  const known = knownSecrets.parse(readJsonSync(file))
  const pairs = neighbourNames.map(
    (name) => [name, known[name] ?? `whsec_${randomBytes(32).toString('base64')}`] as const,
  )
  const secrets = Object.fromEntries(pairs) as Record<NeighbourName, string>
  if (neighbourNames.every((name) => known[name] !== undefined)) return secrets
  makeFolderSync(folder)
  replaceFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`)
  return secrets
}

const help = `sluis neighbours: the simulated neighbours, each as a process of its own on loopback

  --hub URL[,URL]   the hub's nodes, for callbacks and for the pharmacies (default http://127.0.0.1:8080)
  --data DIR        where they keep what they must remember (default .sluis/neighbours)
  --only NAME[,..]  ${neighbourNames.join(', ')}
  --port N          first of a row of ports, two for each (default: any free ones)
  --clients FILE    credentials of the pharmacies; without it no pharmacies are started
  --mllp HOST:PORT[,..]  where the hub's nodes listen for laboratories; without it no laboratories are started
  --laboratory-clients FILE  credentials of the laboratory that sends FHIR; without it there is none
  --patients FILE   patients that the laboratories measure
  --json            one JSON line with all ports when they are ready

They run until this command is stopped. Each has a control port for its faults: see docs/neighbours.md.
`

/** `sluis neighbours`: exit code 0 after a stop, 1 when one could not be started, 2 on wrong use. */
export async function run(
  args: readonly string[],
  io: { readonly stdin: Readable; readonly stdout: Writable; readonly stderr: Writable },
): Promise<number> {
  const reading = readArguments(args)
  if (reading.state === 'help') {
    io.stdout.write(help)
    return 0
  }
  if (reading.state === 'wrong') {
    io.stderr.write(`${reading.why}\n\n${help}`)
    return 2
  }
  const { promise: stopped, resolve } = Promise.withResolvers<void>()
  const release = onStopSignal(resolve)
  try {
    const neighbours = await startNeighbours({ ...reading.options, say: (line) => io.stderr.write(`${line}\n`) })
    if (reading.json) io.stdout.write(`${JSON.stringify(neighbours.ports)}\n`)
    else io.stdout.write(describe(neighbours))
    await stopped
    await neighbours.stop()
    return 0
  } catch (error) {
    const why = error instanceof SluisError ? errorText(error.code, error.params, 'en') : String(error)
    io.stderr.write(`a neighbour could not be started: ${why}\n`)
    return 1
  } finally {
    release()
  }
}

function describe(neighbours: Neighbours): string {
  const lines = Object.entries(neighbours.ports).map(
    ([name, { url, controlUrl }]) => `${name.padEnd(20)} ${url}   control ${controlUrl}`,
  )
  return `${lines.join('\n')}\n`
}

type Reading =
  | { readonly state: 'help' }
  | { readonly state: 'wrong'; readonly why: string }
  | { readonly state: 'run'; readonly json: boolean; readonly options: Omit<NeighboursOptions, 'say'> }

function readArguments(args: readonly string[]): Reading {
  const wanted = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        hub: wanted,
        data: wanted,
        only: wanted,
        port: wanted,
        clients: wanted,
        mllp: wanted,
        'laboratory-clients': wanted,
        patients: wanted,
        json: flag,
        help: flag,
      },
    })
    if (values.help) return { state: 'help' }
    const only = values.only?.split(',').map((name) => name.trim())
    const unknown = only?.find((name) => !neighbourNames.some((known) => known === name))
    if (unknown !== undefined) return { state: 'wrong', why: `there is no neighbour ${unknown}` }
    const basePort = Number(values.port ?? 0)
    if (!Number.isInteger(basePort) || basePort < 0 || basePort > 65_000)
      return { state: 'wrong', why: '--port takes a port' }
    return {
      state: 'run',
      json: values.json,
      options: {
        hubs: (values.hub ?? 'http://127.0.0.1:8080').split(','),
        data: values.data ?? join('.sluis', 'neighbours'),
        basePort,
        ...(only ? { only: only as NeighbourName[] } : {}),
        ...(values.clients !== undefined && { clients: values.clients }),
        ...(values.mllp !== undefined && { mllp: values.mllp.split(',') }),
        ...(values['laboratory-clients'] !== undefined && { laboratoryClients: values['laboratory-clients'] }),
        ...(values.patients !== undefined && { patients: values.patients }),
      },
    }
  } catch (error) {
    return { state: 'wrong', why: (error as Error).message }
  }
}
