import { pathToFileURL } from 'node:url'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { errorText, SluisError } from './kernel/errors.ts'
import { version } from './kernel/version.ts'

/** What a command is given to speak through; a test gives its own. */
export interface CommandIo {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
}

/** Every command: one file in commands/ of this name, exporting `run(args, io): Promise<exit code>`. */
export const commands: Readonly<Record<string, string>> = {
  start: 'start a hub node: intake, work, delivery, watch, screens',
  neighbours: 'start the simulated neighbours alone',
  token: 'print a short-lived access token of the development client',
  sample: 'print a valid, fresh message of a kind',
  read: 'read files and say what is in them',
  send: 'send files to a hub and print the receipts',
  trace: 'tell where every record of a receipt is, and why',
  account: 'close the books; exit 1 when they do not balance',
  backlog: 'show what is owed where, how old it is and when it is empty',
  pause: 'pause a destination, service or form kind, or resume it',
  urgent: 'mark a receipt or record: somebody is waiting',
  replay: 'send a chosen set again, paced and counted',
  certificate: 'issue or verify an EU Digital COVID Certificate',
  pack: 'rule packs: try a version on history, roll it out, undo it with proof',
  client: 'register, list or end senders, and their webhooks',
  consent: 'who may read the results of a patient: consent, relations, exclusions',
  monitor: 'show the monitors of a patient, enrol patients, look at the feeds',
  drill: 'retell a bad day with real processes and real faults',
  node: 'list the nodes that are waited for, or strike off one that never comes back',
  retention: 'how long each service keeps contents, and what was closed',
  migrate: 'bring the database to the newest schema, or back',
  doctor: 'verify the chain of entries, the keys and the folders',
}

function usage(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const lines = Object.entries(commands).map(([name, what]) => `  ${name.padEnd(width)}  ${what}`)
  return `sluis <command> [options]\n\n${lines.join('\n')}\n\nsluis <command> --help says more, sluis --version which this is. Exit codes: 0 good, 1 the answer is bad, 2 wrong use.\n`
}

/** Runs one command line; returns the exit code (0 good, 1 the answer is bad, 2 wrong use). */
export async function runCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args
  if (name === '--version') {
    io.stdout.write(`sluis ${version} (Node ${process.versions.node})\n`)
    return 0
  }
  if (name === undefined || name === '--help' || name === 'help') {
    io.stdout.write(usage())
    return name === undefined ? 2 : 0
  }
  if (!Object.hasOwn(commands, name)) {
    io.stderr.write(`sluis has no command '${name}'.\n\n${usage()}`)
    return 2
  }
  const place = ['.js', '.ts']
    .map((end) => join(import.meta.dirname, 'commands', name + end))
    .find((file) => existsSync(file))
  const module = (await import(pathToFileURL(place!).href)) as {
    run: (args: readonly string[], io: CommandIo) => Promise<number>
  }
  return module.run(rest, io)
}

/** A pipe or a terminal whose other end is gone, as write(2) says it. */
const nobodyReads: readonly string[] = ['EPIPE', 'EIO']

const startedHere = process.argv[1] !== undefined && /[\\/](sluis\.js|cli\.[jt]s|sluis)$/.test(process.argv[1])
if (startedHere) {
  // Nobody may read to the end (`| head`, `| tee` after a Ctrl-C, a terminal that was closed). What was begun is still ended in
  // order, with its own exit code; a command that would write on and on looks for itself (`written`).
  const lost: { error?: NodeJS.ErrnoException } = {}
  process.stdout.on('error', (error) => (lost.error = error))
  process.stderr.on('error', () => undefined)
  process.exitCode = await runCommand(process.argv.slice(2), process).catch((error: unknown) => {
    // A known error is told in its own sentence; anything else keeps its stack, because it is a fault of ours.
    if (!(error instanceof SluisError)) throw error
    process.stderr.write(`${errorText(error.code, error.params, 'en')} (${error.code})\n`)
    return 1
  })
  const { code = 'EPIPE' } = lost.error ?? {}
  if (process.argv[2] !== 'start' && !nobodyReads.includes(code)) {
    process.stderr.write(`The answer could not be written (${code}).\n`)
    process.exitCode ||= 1
  }
}
