import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Where a started simulator is. */
export interface Ready {
  readonly name: string
  readonly port: number
  readonly controlPort: number
  readonly pid: number
}

export interface Child {
  /** Where it is now; the process id changes when it was started again, the ports do not. */
  ready(): Ready
  stop(): Promise<void>
}

/**
 * Starts a simulator as a process of its own and waits until it is ready. One that ends by itself is started again on the
 * same ports after half a second. It ends when this process ends, since its standard input is a pipe from here.
 *
 * @param command the arguments for its ports (0, 0 the first time)
 * @param say gets each line it prints, and what happens to it
 * @throws Error when it ended before it was ready the first time
 */
export async function startChild(options: {
  readonly file: string
  readonly arguments: () => readonly string[]
  readonly ports: readonly [number, number]
  readonly secret: string
  readonly say: (line: string) => void
}): Promise<Child> {
  let stopping = false
  let child = spawnChild(options, options.ports)
  let ready = await firstLine(child, options.say)

  const startAgain = async (): Promise<void> => {
    child = spawnChild(options, [ready.port, ready.controlPort])
    watch(child)
    ready = await firstLine(child, options.say)
    options.say('runs again')
  }
  const watch = (watched: ChildProcess): void => {
    watched.once('exit', (code, signal) => {
      if (stopping) return
      options.say(`ended (${signal ?? code}); starts again`)
      setTimeout(() => {
        if (!stopping) startAgain().catch((error: unknown) => options.say(String(error)))
      }, 500)
    })
  }
  watch(child)
  return {
    ready: () => ready,
    async stop() {
      stopping = true
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const hard = setTimeout(() => child.kill('SIGKILL'), 3_000)
      await exited
      clearTimeout(hard)
    },
  }
}

function spawnChild(
  options: Parameters<typeof startChild>[0],
  [port, controlPort]: readonly [number, number],
): ChildProcess {
  const ports = ['--port', String(port), '--control-port', String(controlPort), '--stop-with-stdin']
  return spawn(process.execPath, [options.file, ...ports, ...options.arguments()], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, SLUIS_NEIGHBOUR_SECRET: options.secret },
  })
}

/** Waits for the line that says where it is; what it prints before and after goes to `say`. */
async function firstLine(child: ChildProcess, say: (line: string) => void): Promise<Ready> {
  if (child.stderr) createInterface(child.stderr).on('line', say)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`ended (${signal ?? code}) before it was ready`)))
    if (!child.stdout) return
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('{"name":')) resolve(JSON.parse(line) as Ready)
      else say(line)
    })
  })
}
