import type { CommandIo } from '../cli.ts'
import { loadRoutes } from '../delivery/config.ts'
import { knownKinds } from '../delivery/known-kinds.ts'
import { resume } from '../delivery/pauses.ts'
import { services, type Service } from '../formats/record.ts'
import type { Database } from '../store/connect.ts'
import { insertPause, runningPauses, type Pause, type PauseScope } from '../store/pauses.ts'
import { assertKnown, destinationsOf } from './shared/destinations.ts'
import { momentAgo } from './shared/moments.ts'
import { databaseHelp, endHelp, flag, needed, oneOf, text, wholeNumber } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { withDatabase } from './shared/with-database.ts'

const help = `sluis pause
sluis pause (--destination D | --service S | --form-kind K)... [--intake] --reason "..." [--by NAME]
sluis pause --end ID --reason "..." [--by NAME]

Without more it lists what is paused. A pause of forwarding keeps deliveries waiting, and nothing is lost; what is on its
way is finished. A stop of intake turns new messages away with the reason. Every node follows within seconds.

  --destination D  only to this destination
  --service S      only of this service: ${services.join(', ')}
  --form-kind K    only of this form kind, such as rapid-test
  --intake         stop taking messages instead of forwarding them (of a service or form kind)
  --end ID         end a pause
  --reason TEXT    why; everybody who waits reads it
  --by NAME        who (default: who is signed in on this machine)
${databaseHelp}
${endHelp}

Exit codes: 0 done, 1 the pause had ended already, 2 wrong use.
`

const options = {
  destination: text,
  service: text,
  'form-kind': text,
  intake: flag,
  end: text,
  reason: text,
  by: text,
  data: text,
}

/** `sluis pause`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, (values) => {
    const owner = ownerOf(values.by)
    const end = wholeNumber('end', values.end, 1)
    const service = oneOf('service', values.service, services)
    const scope = scopeOf({ ...values, service, formKind: values['form-kind'] })
    const print = (pauses: readonly Pause[], words: string): void => {
      io.stdout.write(
        values.json ? `${JSON.stringify(pauses)}\n` : `${[words, ...lines(pauses)].filter(Boolean).join('\n')}\n`,
      )
    }
    if (end !== undefined) {
      if (scope !== null) throw new WrongUse('--end goes alone: a pause ends whole')
      const reason = needed('reason', values.reason, 'say why it ends')
      return withDatabase(values, io, async ({ db }) => {
        await resume(db, end, reason, owner)
        print(await runningPauses(db), `Pause ${end} has ended; what waited goes on at the pace of its destination.`)
        return 0
      })
    }
    if (scope === null) {
      if (values.reason !== undefined) throw new WrongUse('Say what to pause: --destination, --service or --form-kind')
      return withDatabase(values, io, async ({ db }) => {
        const pauses = await runningPauses(db)
        print(pauses, pauses.length === 0 ? 'Nothing is paused.' : '')
        return 0
      })
    }
    const reason = needed('reason', values.reason, 'everybody who waits reads it')
    return withDatabase(values, io, async ({ db, dataFolder }) => {
      assertScope(scope, dataFolder)
      print(...(await begin(db, scope, reason, owner)))
      return 0
    })
  })
}

interface Given {
  readonly destination?: string
  readonly service: Service | undefined
  readonly formKind: string | undefined
  readonly intake?: boolean
}

/** What is to be paused; null when nothing was named. */
function scopeOf({ destination, service, formKind, intake }: Given): PauseScope | null {
  if (destination === undefined && service === undefined && formKind === undefined) {
    if (intake === true) throw new WrongUse('A stop of intake names what it stops: --service or --form-kind')
    return null
  }
  if (intake === true && destination !== undefined) throw new WrongUse('--intake and --destination do not go together')
  return {
    what: intake === true ? 'intake' : 'delivery',
    destination: destination ?? null,
    service: service ?? null,
    formKind: formKind ?? null,
  }
}

/** A pause of a name nobody has would stop nothing and look as if it did. */
function assertScope(scope: PauseScope, dataFolder: string): void {
  const destinations = destinationsOf(dataFolder)
  assertKnown(
    'destination',
    scope.destination,
    destinations.map(({ name }) => name),
  )
  const kinds = knownKinds(loadRoutes(destinations), scope)
  if (kinds.length === 0 && scope.service !== null) {
    const forwarded = scope.destination === null ? 'is forwarded' : `goes to ${scope.destination}`
    throw new WrongUse(`Nothing of ${scope.service} ${scope.what === 'intake' ? 'is taken here' : forwarded}`)
  }
  assertKnown('form kind', scope.formKind, kinds)
}

async function begin(db: Database, scope: PauseScope, reason: string, owner: string): Promise<[Pause[], string]> {
  const pause = await insertPause(db, scope, reason, owner)
  const known = pause.reason !== reason || pause.owner !== owner
  const words = known
    ? `It was paused already, as ${pause.id}; that one stays.`
    : `Paused as ${pause.id}. End it with: sluis pause --end ${pause.id} --reason "..."`
  return [[pause], words]
}

function lines(pauses: readonly Pause[]): string[] {
  const now = new Date()
  return table(pauses, [
    { head: 'pause', of: (pause) => pause.id },
    { head: 'of', of: (pause) => (pause.what === 'intake' ? 'intake' : 'forwarding') },
    { head: 'destination', of: (pause) => pause.destination ?? 'any' },
    { head: 'service', of: (pause) => pause.service ?? 'any' },
    { head: 'form kind', of: (pause) => pause.formKind ?? 'any' },
    { head: 'since', of: (pause) => momentAgo(pause.since, now) },
    { head: 'by', of: (pause) => pause.owner },
    { head: 'reason', of: (pause) => pause.reason },
  ])
}
