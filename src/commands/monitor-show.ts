import { logAccess, purposes } from '../access/access-log.ts'
import { readIdentifier } from '../care/enrol-file.ts'
import { monitorOf } from '../care/monitor.ts'
import { tellMonitor } from '../care/tell.ts'
import { identifierIndex } from '../ledger/patient.ts'
import type { CommandIo } from './command-io.ts'
import { careOf } from './shared/care-hub.ts'
import { databaseHelp, endHelp, needed, oneOf, text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { runWith } from './shared/run-with.ts'
import { withDatabase } from './shared/with-database.ts'

const help = `sluis monitor show <patient> --purpose P [--by NAME] [--data DIR] [--language L] [--json]

Shows the monitors of a patient: the state of each item, what it rests on, by which rule, and what would change it and when.
The patient is an INSZ or a BSN, or local:assigner:number. The look is written in the access log.

  --purpose P  why: ${purposes.join(', ')}
  --by NAME    who (default: who is signed in on this machine)
${databaseHelp}
${endHelp}

Exit codes: 0 shown, 1 the patient is on no monitor, 2 wrong use.
`

const options = { purpose: text, by: text, data: text }

/** `sluis monitor show`. */
export async function show(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, (values, [wanted, ...more], language) => {
    if (wanted === undefined || more.length > 0) throw new WrongUse('monitor show takes one patient')
    const purpose = oneOf('purpose', needed('purpose', values.purpose, 'say why you look'), purposes)
    if (purpose === undefined) throw new WrongUse('--purpose is missing')
    const identifier = readIdentifier(wanted)
    return withDatabase(values, io, async (hub) => {
      const deps = careOf(hub)
      const patient = identifierIndex(deps.vault.keys, identifier, '')
      const monitors = await monitorOf(deps, hub.db, patient, new Date())
      const reading = { actor: ownerOf(values.by), role: 'operator', what: 'monitors', patient } as const
      await logAccess(hub.db, { ...reading, purpose, outcome: 'given', origin: 'sluis monitor show' })
      const told = monitors.map((monitor) => tellMonitor(monitor, language))
      if (values.json) io.stdout.write(`${JSON.stringify(told)}\n`)
      else io.stdout.write(monitors.length === 0 ? `${nobody}\n` : `${told.map(linesOf).join('\n\n')}\n`)
      return monitors.length > 0 ? 0 : 1
    })
  })
}

const nobody = 'No practice has put this patient on a monitor.'

function linesOf({ title, version, practice, items, notes }: ReturnType<typeof tellMonitor>): string {
  const lines = items.map((item) => {
    const [first = '', ...rest] = item.sentences
    return [`  ${item.state.padEnd(18)} ${item.title}: ${first}`, ...rest.map((one) => `${' '.repeat(21)}${one}`)].join(
      '\n',
    )
  })
  return [`${title} ${version} (${practice})`, ...lines, ...notes].join('\n')
}
