import { backlog } from '../../delivery/backlog.ts'
import { services, type Service } from '../../formats/record.ts'
import { SluisError } from '../../kernel/errors.ts'
import { waitingToRead } from '../../store/flow.ts'
import type { Pause } from '../../store/pauses.ts'
import { receivedByHour, tallySince, type TallyLine } from '../../store/tally.ts'
import { addresses } from '../../web/addresses.ts'
import { serviceLive, servicePage, type ServiceData } from '../../web/pages/service.tsx'
import type { View } from '../../web/view.ts'
import { midnight, midnightAway } from './brussels-time.ts'
import type { ConsoleDeps } from './deps.ts'
import type { LivePart } from './live.ts'
import { kindsOf, scopeName } from './names.ts'
import { tellPause } from './queues.ts'
import { tellRefusals } from './refusal-lines.ts'
import { rhythmOf } from './rhythm.ts'
import type { Screens } from './screens.ts'

interface Facts {
  readonly at: Date
  readonly today: readonly TallyLine[]
  readonly unread: { readonly count: number; readonly oldest: Date | null }
  readonly stops: readonly Pause[]
  readonly pauses: readonly Pause[]
  readonly waiting: number
  readonly hours: Awaited<ReturnType<typeof receivedByHour>>
}

export function serviceScreen(screens: Screens, deps: ConsoleDeps): void {
  screens.show('/services/:id', 'see-operations', async ({ request, view }) => {
    const service = serviceOf(request.params)
    return servicePage(view, tell(deps, view, service, await read(deps, service)))
  })
}

export function serviceStream(deps: ConsoleDeps, id: string): LivePart<Facts> | null {
  const service = services.find((one) => one === id)
  if (service === undefined) return null
  return {
    read: () => read(deps, service),
    show: (view, facts) => serviceLive(view, tell(deps, view, service, facts)),
  }
}

/** The service of an address. Throws `not-found`. */
export function serviceOf(params: unknown): Service {
  const { id } = params as { id: string }
  const found = services.find((one) => one === id)
  if (found === undefined) throw new SluisError('not-found', { path: addresses.service(id.slice(0, 60)) })
  return found
}

async function read({ db, now }: ConsoleDeps, service: Service): Promise<Facts> {
  const at = now()
  const [today, unread, view, hours] = await Promise.all([
    tallySince(db, service, midnight(at)),
    waitingToRead(db, service),
    backlog(db, at),
    receivedByHour(db, service, midnightAway(at, -7)),
  ])
  const pauses = view.pauses.filter((pause) => (pause.service ?? service) === service)
  const stops = pauses.filter(({ what }) => what === 'intake')
  const waiting = view.lines.reduce((sum, line) => sum + (line.service === service ? line.count : 0), 0)
  return { at, today, unread, stops, pauses, waiting, hours }
}

function tell(deps: ConsoleDeps, view: View, service: Service, facts: Facts): ServiceData {
  const kinds = kindsToTell(deps, service, facts)
  return {
    asOf: facts.at.toISOString(),
    id: service,
    unread: { count: facts.unread.count, oldestSince: facts.unread.oldest?.toISOString() ?? null },
    unreadableToday: countOf(facts.today, 'unreadable', ''),
    kinds: kinds.map((kind) => {
      const [passed, refused] = [
        countOf(facts.today, 'record-read', kind),
        countOf(facts.today, 'record-refused', kind),
      ]
      const stop = facts.stops.find((one) => one.formKind === null || one.formKind === kind)
      return {
        kind,
        intake: stop === undefined ? { state: 'open' } : { state: 'closed', ...tellPause(view, stop) },
        receivedToday: passed + refused,
        passedToday: passed,
        refusedToday: refused,
      }
    }),
    forwarding: tellForwarding(deps, view, service, facts),
    refusals: tellRefusals(
      view,
      facts.today.filter((line) => line.what === 'refusal' || line.what === 'unreadable'),
    ),
    rhythm: rhythmOf(
      kinds.filter((kind) => kind !== ''),
      facts.hours,
      facts.at,
    ),
  }
}

/** What is routed, came in today or is stopped; `''`, all of the service, when that alone is stopped. */
function kindsToTell(deps: ConsoleDeps, service: Service, { today, stops }: Facts): string[] {
  const seen = [...today, ...stops].map(({ formKind }) => formKind ?? '')
  const kinds = [...new Set([...kindsOf(deps.routes, service), ...seen])].filter((kind) => kind !== '')
  const isTold = kinds.some((kind) => kind !== 'unknown')
  return isTold || stops.every(({ formKind }) => formKind !== null) ? kinds : [...kinds, '']
}

function tellForwarding(deps: ConsoleDeps, view: View, service: Service, facts: Facts): ServiceData['forwarding'] {
  const routes = deps.routes.filter((route) => route.service === service)
  /** Also one that names the service and holds nothing of it: somebody started it and must be able to end it. */
  const holds = ({ what, destination, service: named, formKind }: Pause): boolean =>
    what === 'delivery' &&
    (named === service ||
      routes.some(
        (route) =>
          (destination ?? route.destination) === route.destination &&
          (formKind === null || route.formKinds.includes(formKind)),
      ))
  return {
    waiting: facts.waiting,
    kinds: kindsOf(deps.routes, service),
    pauses: facts.pauses.filter(holds).map((pause) => ({
      ...tellPause(view, pause),
      id: String(pause.id),
      part:
        pause.destination === null && pause.formKind === null
          ? null
          : scopeName(view, deps.destinations, { ...pause, service: null }),
      everywhere: false,
    })),
  }
}

function countOf(lines: readonly TallyLine[], what: TallyLine['what'], kind: string): number {
  return lines.filter((line) => line.what === what && line.formKind === kind).reduce((sum, line) => sum + line.count, 0)
}
