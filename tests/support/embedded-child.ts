import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'

/** A line of `embedded-hub.ts`; which fields it has depends on what happened. */
export interface HubLine {
  readonly said?: string
  readonly url?: string
  readonly adopted?: boolean
  readonly code?: string
  readonly message?: string
}

export interface ChildHub {
  readonly child: ChildProcess
  /** Every line so far. */
  readonly lines: HubLine[]
  /** The line with the address, or with the code of the error. */
  outcome(): Promise<HubLine>
  /** Ends it with a signal and waits. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** Starts `embedded-hub.ts` of this clone, or of another one, as a process of its own. */
export function startChildHub(
  dataFolder: string,
  options: { clone?: string; node?: string; durable?: boolean; endsWithUs?: boolean } & Pick<
    SpawnOptions,
    'uid' | 'gid' | 'env'
  > = {},
): ChildHub {
  const {
    clone = join(import.meta.dirname, '..', '..'),
    node = process.execPath,
    durable = false,
    endsWithUs = false,
    ...rest
  } = options
  const script = join(clone, 'tests', 'support', 'embedded-hub.ts')
  const child = spawn(node, [script, dataFolder, durable ? 'durable' : '', endsWithUs ? 'ends-with-us' : ''], {
    ...rest,
    cwd: clone,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: HubLine[] = []
  const outcome = new Promise<HubLine>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`the hub ended with ${code} before it said how it went`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const read = JSON.parse(line) as HubLine
      lines.push(read)
      if (read.url !== undefined || read.code !== undefined) resolve(read)
    })
  })
  // A test that only kills it never asks.
  outcome.catch(() => undefined)
  return {
    child,
    lines,
    outcome: () => outcome,
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const closed = once(child, 'close')
      child.kill(signal)
      await closed
    },
  }
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}
