import { knownKinds } from '../../delivery/known-kinds.ts'
import { pauseDelivery } from '../../delivery/pauses.ts'
import { stopIntake } from '../../intake/stops.ts'
import { SluisError } from '../../kernel/errors.ts'
import { runningPauses, type PauseScope } from '../../store/pauses.ts'
import { addresses } from '../../web/addresses.ts'
import type { Confirm } from '../../web/pages/confirm.tsx'
import { kindWords, serviceWords } from '../../web/texts/words.ts'
import type { View } from '../../web/view.ts'
import type { Act } from './act.ts'
import type { ConsoleDeps } from './deps.ts'
import { actorName, intakeKindsOf, kindsOf, scopeName } from './names.ts'
import { waitingRows } from './waiting-rows.ts'

/** What can be held: delivery to a destination, what a service forwards, or its intake. */
interface Holdable {
  readonly scope: PauseScope
  /** Page to come from and to return to. */
  readonly back: string
  tell(view: View): Promise<Pick<Confirm, 'title' | 'what' | 'undo' | 'effect'>>
  hold(reason: string, owner: string): Promise<unknown>
}

function holdAct({ db }: ConsoleDeps, { scope, back, tell, hold }: Holdable): Act {
  return {
    fields: { kind: scope.formKind ?? '' },
    async preview(view) {
      const told = await tell(view)
      const running = (await runningPauses(db)).find(
        ({ what, destination, service, formKind }) =>
          what === scope.what &&
          destination === scope.destination &&
          service === scope.service &&
          formKind === scope.formKind,
      )
      const done =
        running === undefined ? null : { by: actorName(view, running.owner), at: running.since.toISOString() }
      return { act: 'operate', ...told, button: told.title, done, back }
    },
    async run(reason, owner) {
      await hold(reason, owner)
      return back
    },
  }
}

/** Pauses a destination or one form kind of it. Throws `not-found` for a kind that never goes there. */
export function pauseDestination(deps: ConsoleDeps, destination: string, kind: string): Act {
  const { db, now, destinations, routes } = deps
  const routed = knownKinds(routes, { what: 'delivery', destination, service: null })
  const formKind = kindOf(routed, kind, addresses.destinationAct(destination, 'pause'))
  const scope = { what: 'delivery', destination, service: null, formKind } as const
  return holdAct(deps, {
    scope,
    back: addresses.destination(destination),
    async tell(view) {
      const { acts, deliveries, destinationPage } = view.t
      const { waiting, rows: effect } = await waitingRows(db, view, now(), scope)
      const count = deliveries(waiting)
      const what =
        formKind === null ? destinationPage.pauseWhat(count) : acts.pausePart(view.word(kindWords, formKind), count)
      return { title: acts.pause(scopeName(view, destinations, scope)), what, undo: acts.undoPause, effect }
    },
    hold: (reason, owner) => pauseDelivery(db, { destination, formKind }, reason, owner),
  })
}

/** Pauses what a service forwards, or one form kind of it. Throws `not-found` for what it does not forward. */
export function pauseForwarding(deps: ConsoleDeps, service: string, kind: string): Act {
  const { db, now, routes } = deps
  const formKind = partOf(kindsOf(routes, service), kind, addresses.serviceAct(service, 'pause'))
  const scope = { what: 'delivery', destination: null, service, formKind } as const
  return holdAct(deps, {
    scope,
    back: addresses.service(service),
    async tell(view) {
      const { acts, deliveries } = view.t
      const { waiting, rows: effect } = await waitingRows(db, view, now(), scope)
      const count = deliveries(waiting)
      const what =
        formKind === null
          ? acts.pauseEverywhere(count)
          : acts.pausePartEverywhere(view.word(kindWords, formKind), count)
      return {
        title: acts.pause(acts.forwardingOf(scopeName(view, [], scope))),
        what,
        undo: acts.undoForwarding,
        effect,
      }
    },
    hold: (reason, owner) => pauseDelivery(db, scope, reason, owner),
  })
}

/** Closes intake of a service or one form kind of it. Throws `not-found` for what it never takes. */
export function closeIntake(deps: ConsoleDeps, service: string, kind: string): Act {
  const formKind = partOf(intakeKindsOf(deps.routes, service), kind, addresses.serviceAct(service, 'close'))
  return holdAct(deps, {
    scope: { what: 'intake', destination: null, service, formKind },
    back: addresses.service(service),
    async tell(view) {
      const { acts, servicePage } = view.t
      const name = formKind === null ? view.word(serviceWords, service) : view.word(kindWords, formKind)
      return { title: servicePage.closeKind(name), what: servicePage.closeWhat, undo: acts.undoClose, effect: [] }
    },
    hold: (reason, owner) => stopIntake(deps.db, { service, formKind }, reason, owner),
  })
}

/** Of a service: one without any kind has nothing to hold either. */
function partOf(known: readonly string[], kind: string, address: string): string | null {
  if (known.length === 0) throw new SluisError('not-found', { path: address })
  return kindOf(known, kind, address)
}

/** A pause of a kind nobody has would hold nothing and look as if it did. */
function kindOf(known: readonly string[], kind: string, address: string): string | null {
  if (kind === '') return null
  if (!known.includes(kind)) throw new SluisError('not-found', { path: `${address}?kind=${kind.slice(0, 60)}` })
  return kind
}
