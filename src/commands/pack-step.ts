import { promote, retire, type Promoted } from '../checking/promote.ts'
import { makeRuleSets } from '../checking/rule-sets.ts'
import type { CommandIo } from './command-io.ts'
import { databaseHelp, endHelp, flag, many, needed, text, wholeNumber } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { runWith } from './shared/run-with.ts'
import { withDatabase } from './shared/with-database.ts'

type Mode = 'shadow' | 'canary' | 'active' | 'retired'

const names: Readonly<Record<Mode, string>> = {
  shadow: 'shadow',
  canary: 'canary',
  active: 'activate',
  retired: 'retire',
}

const what: Readonly<Record<Mode, string>> = {
  shadow: 'Judges what comes by a version beside the one that counts, without effect. Wants a finished report.',
  canary:
    'Lets a version count for whole senders, never for a part of one. Wants it in the shadow and a report that holds.',
  active: 'Lets a version count for all. Wants it in the shadow or as a canary, and a report that still holds.',
  retired: 'Stops judging by a version. One that counted then counts no more; what it replaced cannot be gone back to.',
}

const helpOf = (mode: Mode): string => `sluis pack ${names[mode]} PACK VERSION --reason "..." [--by NAME]

${what[mode]}

  --reason TEXT        why; it stays with the step for ever
${mode === 'canary' ? '  --source S           client id of a sender; more than once for more senders\n' : ''}${
  mode === 'retired'
    ? ''
    : `  --report NUMBER      the report it stands on (default: the newest of this version)
  --confirmed-by NAME  the second person, where the report shows more than the pack allows or one source standing out
  --emergency          without report and steps before; wants the second person, and is marked
`
}  --by NAME            who (default: who is signed in on this machine)
${databaseHelp}
${endHelp}: one object

Exit codes: 0 done, 1 refused with the reason, 2 wrong use.
`

const stepOptions = {
  data: text,
  by: text,
  reason: text,
  source: many,
  report: text,
  'confirmed-by': text,
  emergency: flag,
}

/** `sluis pack shadow`, `canary`, `activate`, `retire`. */
export function step(mode: Mode): (args: readonly string[], io: CommandIo) => Promise<number> {
  return (args, io) =>
    runWith({ args, io, help: helpOf(mode), options: stepOptions }, (values, [pack, version, ...more]) => {
      if (pack === undefined || version === undefined || more.length > 0)
        throw new WrongUse(`${names[mode]} takes a pack and a version`)
      const why = needed('reason', values.reason, 'it stays with the step')
      const report = wholeNumber('report', values.report, 1)
      const confirmedBy = values['confirmed-by']
      if (mode === 'canary' && values.source === undefined)
        throw new WrongUse('--source is missing: a sender, by client id')
      return withDatabase(values, io, async ({ db }) => {
        const deps = { db, ruleSets: makeRuleSets() }
        const common = { pack, version, actor: ownerOf(values.by), why }
        const done =
          mode === 'retired'
            ? await retire(deps, common)
            : await promote(deps, {
                ...common,
                mode,
                emergency: values.emergency ?? false,
                ...(values.source === undefined ? {} : { sources: values.source }),
                ...(report === undefined ? {} : { report }),
                ...(confirmedBy === undefined ? {} : { confirmedBy }),
              })
        io.stdout.write(values.json ? `${JSON.stringify(done)}\n` : `${wordsOf(mode, pack, version, done)}\n`)
        return 0
      })
    })
}

function wordsOf(mode: Mode, pack: string, version: string, { activations, catchUp }: Promoted): string {
  const step = activations.length === 1 ? `step ${activations[0]}` : `steps ${activations.join(', ')}`
  const how = {
    shadow: 'is judged in the shadow',
    canary: 'counts for these senders',
    active: 'counts for all',
    retired: 'is retired',
  }
  const rest = catchUp === null ? '' : ` What is stored and was not judged by it yet is judged now (report ${catchUp}).`
  const undo = mode === 'active' || mode === 'canary' ? ` Undo it with: sluis pack revert ${pack} --reason "..."` : ''
  return `${pack} ${version} ${how[mode]} (${step}).${rest}${undo}`
}
