import { tablesOf } from '../rules/tables.ts'
import { errorText } from '../kernel/errors.ts'
import { runCases } from '../rules/cases.ts'
import { loadPack } from '../rules/load.ts'
import { writtenRules } from '../rules/pack.ts'
import { prepared } from '../rules/prepare.ts'
import type { CommandIo } from './command-io.ts'
import { endHelp } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { runWith } from './shared/run-with.ts'

const help = `sluis pack check FOLDER

Reads a pack (pack.yaml, cases.yaml, NOTES.md) with all its faults at once, and runs its cases. Names the rules on the stream
of a source: they are declared and judge nothing yet. Needs no hub.

${endHelp}: one object

Exit codes: 0 every case gives what it says, 1 it has faults or a case differs, 2 wrong use.
`

const errorHint = ': look whether its change fits the record at the top of cases.yaml, field by field'

/** `sluis pack check`. */
export async function check(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options: {} }, (values, [folder, ...more], language) => {
    if (folder === undefined || more.length > 0) throw new WrongUse('check takes one folder')
    const say = (object: object, lines: readonly string[]): void =>
      void io.stdout.write(values.json ? `${JSON.stringify(object)}\n` : `${lines.join('\n')}\n`)
    const reading = loadPack(folder)
    if (reading.state === 'refused') {
      const faults = reading.faults.map(({ code, params }) => ({ code, text: errorText(code, params, language) }))
      say(
        { state: 'refused', faults },
        faults.map((fault) => `${fault.text} (${fault.code})`),
      )
      return Promise.resolve(1)
    }
    const { pack } = reading
    const rules = writtenRules(pack)
    const tables = pack.service === 'lab' ? tablesOf(pack).id : null
    const results = runCases(pack, (subject) => prepared(subject, tablesOf(pack)))
    const declared = pack.rules.filter(({ state }) => state === 'stream').map(({ id }) => id)
    const differing = results.filter((one) => !one.ok)
    say(
      {
        state: 'read',
        pack: pack.name,
        version: pack.version,
        rules,
        cases: results.length,
        tables,
        declared,
        differing,
      },
      [
        ...differing.map(
          ({ name, rule, expected, given }) =>
            `${rule}: "${name}" should give ${expected} and gives ${given}${given === 'error' ? errorHint : ''}`,
        ),
        `${pack.name} ${pack.version}: ${rules} rules, ${results.length - differing.length} of ${results.length} cases give what they say.`,
        ...(tables === null ? [] : [`Tables: ${tables}, ${pack.source.tables == null ? 'of the hub' : 'its own'}.`]),
        ...declared.map(
          (id) =>
            `${id} is declared and judges nothing yet: sources are watched by figures of the hub, whatever it says.`,
        ),
      ],
    )
    return Promise.resolve(differing.length === 0 ? 0 : 1)
  })
}
