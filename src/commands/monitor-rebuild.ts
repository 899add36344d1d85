import { readIdentifier } from '../care/enrol-file.ts'
import { rebuildStates } from '../care/rebuild.ts'
import { identifierIndex } from '../ledger/patient.ts'
import type { CommandIo } from './command-io.ts'
import { careOf } from './shared/care-hub.ts'
import { databaseHelp, endHelp, text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { progressOn } from './shared/progress.ts'
import { runWith } from './shared/run-with.ts'
import { withDatabase } from './shared/with-database.ts'

const help = `sluis monitor rebuild [patient] [--data DIR] [--json]

Evaluates every item, or those of one patient, from all that is stored, and compares with how the items stand as they were
kept step by step. The two hashes must be equal; what differs is marked to be evaluated again.

${databaseHelp}
${endHelp}

Exit codes: 0 equal, 1 an item differs, 2 wrong use.
`

const options = { data: text }

/** `sluis monitor rebuild`. */
export async function rebuild(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, (values, [wanted, ...more]) => {
    if (more.length > 0) throw new WrongUse('monitor rebuild takes one patient or none')
    const identifier = wanted === undefined ? null : readIdentifier(wanted)
    return withDatabase(values, io, async (hub) => {
      const deps = careOf(hub)
      const patient = identifier && identifierIndex(deps.vault.keys, identifier, '')
      const tell = progressOn(io)
      const found = await rebuildStates(deps, hub.db, patient, new Date(), (items) =>
        tell(() => `${items} items compared`),
      )
      const { items, differing, pending, storedHash, rebuiltHash } = found
      const lines = [
        `${items} items compared, ${differing} differ, ${pending} are being evaluated now`,
        `kept     ${storedHash}`,
        `rebuilt  ${rebuiltHash}`,
      ]
      io.stdout.write(values.json ? `${JSON.stringify(found)}\n` : `${lines.join('\n')}\n`)
      return differing === 0 ? 0 : 1
    })
  })
}
