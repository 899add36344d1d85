import type { CommandIo } from './command-io.ts'
import { enrolPatients } from './monitor-enrol.ts'
import { feeds } from './monitor-feeds.ts'
import { rebuild } from './monitor-rebuild.ts'
import { show } from './monitor-show.ts'
import { tryMonitor } from './monitor-try.ts'

const help = `sluis monitor show <patient>    the monitors of a patient: each item, why, and what would change it
sluis monitor enrol <file>      enrol the patients of a file, or move enrolments to another version
sluis monitor try <definition>  what another version would change, before anybody is moved to it
sluis monitor feeds             how sources send, and where something is missing
sluis monitor rebuild           evaluate again from all that is stored, and compare

Each has --help.
`

const actions: Readonly<Record<string, (args: readonly string[], io: CommandIo) => Promise<number>>> = {
  show,
  enrol: enrolPatients,
  try: tryMonitor,
  feeds,
  rebuild,
}

/** `sluis monitor`: 0 good, 1 the answer is bad, 2 wrong use. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const [name = '', ...rest] = args
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action !== undefined) return action(rest, io)
  const asked = name === '--help' || name === 'help'
  ;(asked ? io.stdout : io.stderr).write(help)
  return asked ? 0 : 2
}
