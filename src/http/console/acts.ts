import { backlog } from '../../delivery/backlog.ts'
import { pauseDelivery, resume } from '../../delivery/pauses.ts'
import { markUrgent } from '../../delivery/urgent.ts'
import { stopIntake } from '../../intake/stops.ts'
import { SluisError } from '../../kernel/errors.ts'
import type { Database } from '../../store/connect.ts'
import { runningPauses, type Pause } from '../../store/pauses.ts'
import { addresses } from '../../web/addresses.ts'
import { confirmPage, type Confirm } from '../../web/pages/confirm.tsx'
import { kindWords, serviceWords } from '../../web/texts/words.ts'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'
import { destinationOf } from './destination.ts'
import { queryText, readReason, type Form } from './forms.ts'
import { scopeName } from './names.ts'
import { serviceOf } from './service.ts'
import type { Done, Screens, Visit } from './screens.ts'

/** What each act of the console needs to be shown before it is done, and done after. */
interface Act {
  /** What it would do now, counted. */
  preview(view: View): Promise<Omit<Confirm, 'fields' | 'action' | 'reason' | 'fault' | 'changed' | 'secondPerson'>>
  readonly fields: Readonly<Record<string, string>>
  /** Does it; the address to go on to. */
  run(reason: string, owner: string): Promise<string>
}

/** Pausing, resuming, closing, opening, hurrying: each has a page that shows its effect, and a form that does it. */
export function actScreens(screens: Screens, deps: ConsoleDeps): void {
  const add = (
    path: string,
    right: 'pause' | 'mark-urgent',
    actOf: (visit: Visit, text: (name: string) => string) => Act,
  ) => {
    screens.show(path, right, async (visit) => {
      const act = actOf(visit, (name) => queryText(visit.request.query, name))
      return confirmPage(visit.view, await confirmOf(visit, act, null))
    })
    screens.act(path, right, async (visit, form) =>
      perform(
        visit,
        form,
        actOf(visit, (name) => form.text(name)),
      ),
    )
  }
  const delivery = ({ request }: Visit, kind: string) =>
    deliveryTo(deps, destinationOf(deps, request.params).name, kind)
  const intake = ({ request }: Visit, kind: string) => intakeOf(deps, serviceOf(request.params), kind)
  add('/destinations/:id/pause', 'pause', (visit, text) => holdAct(deps, delivery(visit, text('kind')), 'hold'))
  add('/destinations/:id/resume', 'pause', (visit, text) =>
    text('pause') === ''
      ? holdAct(deps, delivery(visit, text('kind')), 'release')
      : endAct(deps, addresses.destination(destinationOf(deps, visit.request.params).name), text('pause')),
  )
  add('/services/:id/pause', 'pause', ({ request }, text) =>
    holdAct(deps, forwardingOf(deps, serviceOf(request.params), text('kind')), 'hold'),
  )
  add('/services/:id/resume', 'pause', ({ request }, text) =>
    endAct(deps, addresses.service(serviceOf(request.params)), text('pause')),
  )
  add('/services/:id/close', 'pause', (visit, text) => holdAct(deps, intake(visit, text('kind')), 'hold'))
  add('/services/:id/open', 'pause', (visit, text) => holdAct(deps, intake(visit, text('kind')), 'release'))
  add(addresses.markUrgent, 'mark-urgent', (_visit, text) => urgentAct(deps, text('receipt').toLowerCase()))
}

async function perform(visit: Visit, form: Form, act: Act): Promise<Done> {
  const reason = readReason(form)
  if (reason === null) {
    return { state: 'asks', page: confirmPage(visit.view, await confirmOf(visit, act, form.text('reason'))) }
  }
  return { state: 'done', to: await act.run(reason, visit.session.person.login) }
}

async function confirmOf({ view, request }: Visit, act: Act, reason: string | null): Promise<Confirm> {
  return {
    ...(await act.preview(view)),
    action: request.url.split('?')[0] ?? '/',
    fields: act.fields,
    reason: reason ?? '',
    fault: reason === null ? null : view.t.reasonShort,
    changed: false,
    secondPerson: false,
  }
}

const orNull = (text: string): string | null => (text === '' ? null : text)

/** What waits of a scope, as rows of a preview. */
async function waitingRows(db: Database, view: View, now: Date, { destination, service, formKind }: Scope) {
  const { lines } = await backlog(db, now)
  const own = lines.filter(
    (line) =>
      (destination ?? line.destination) === line.destination &&
      (service ?? line.service) === line.service &&
      (formKind ?? line.formKind) === line.formKind,
  )
  const sum = (figure: 'count' | 'urgent'): number => own.reduce((total, line) => total + line[figure], 0)
  return {
    waiting: sum('count'),
    rows: [
      { name: view.t.waiting, value: view.t.deliveries(sum('count')) },
      { name: view.t.urgentWaiting, value: view.f.number(sum('urgent')) },
    ],
  }
}

/** What can be held and let go again: delivery to a destination, or intake of a service. */
interface Holdable {
  readonly what: Pause['what']
  readonly scope: Scope
  /** Page to come from and to return to. */
  readonly back: string
  tell(view: View, does: 'hold' | 'release'): Promise<Pick<Confirm, 'title' | 'what' | 'undo' | 'effect'>>
  hold(reason: string, owner: string): Promise<unknown>
}

function holdAct({ db }: ConsoleDeps, thing: Holdable, does: 'hold' | 'release'): Act {
  const { what, scope, back } = thing
  return {
    fields: { kind: scope.formKind ?? '' },
    async preview(view) {
      const told = await thing.tell(view, does)
      const done = does === 'hold' ? doneBy(await find(db, what, scope)) : null
      return { act: 'operate', ...told, button: told.title, done, back }
    },
    async run(reason, owner) {
      if (does === 'hold') await thing.hold(reason, owner)
      else await end(db, await covering(db, what, scope), reason, owner)
      return back
    },
  }
}

function deliveryTo({ db, now, destinations }: ConsoleDeps, destination: string, kind: string): Holdable {
  const scope = { destination, service: null, formKind: orNull(kind) }
  return {
    what: 'delivery',
    scope,
    back: addresses.destination(destination),
    async tell(view, does) {
      const { acts, destinationPage } = view.t
      const { waiting, rows: effect } = await waitingRows(db, view, now(), scope)
      const [name, count] = [scopeName(view, destinations, scope), view.t.deliveries(waiting)]
      return does === 'hold'
        ? { title: acts.pause(name), what: destinationPage.pauseWhat(count), undo: acts.undoPause, effect }
        : { title: acts.resume(name), what: destinationPage.resumeWhat(count), undo: acts.undoResume, effect }
    },
    hold: (reason, owner) => pauseDelivery(db, { destination, formKind: scope.formKind }, reason, owner),
  }
}

function forwardingOf({ db, now }: ConsoleDeps, service: string, kind: string): Holdable {
  const scope = { destination: null, service, formKind: orNull(kind) }
  return {
    what: 'delivery',
    scope,
    back: addresses.service(service),
    async tell(view) {
      const { acts, deliveries } = view.t
      const { waiting, rows: effect } = await waitingRows(db, view, now(), scope)
      const title = acts.pause(acts.forwardingOf(scopeName(view, [], scope)))
      return { title, what: acts.pauseEverywhere(deliveries(waiting)), undo: acts.undoForwarding, effect }
    },
    hold: (reason, owner) => pauseDelivery(db, scope, reason, owner),
  }
}

const anything: Scope = { destination: null, service: null, formKind: null }

/** Ends the pause that a page named, whatever else it holds. */
function endAct({ db, now, destinations }: ConsoleDeps, back: string, id: string): Act {
  const named = async () =>
    (await runningPauses(db)).find((pause) => pause.what === 'delivery' && String(pause.id) === id)
  return {
    fields: { pause: id },
    async preview(view) {
      const { acts, destinationPage } = view.t
      const scope = (await named()) ?? anything
      const { waiting, rows } = await waitingRows(db, view, now(), scope)
      const title = acts.resume(scopeName(view, destinations, scope))
      const everywhere = scope.destination === null ? [acts.resumeEverywhere] : []
      const what = [destinationPage.resumeWhat(view.t.deliveries(waiting)), ...everywhere].join(' ')
      return { act: 'operate', title, what, undo: acts.undoResume, effect: rows, button: title, done: null, back }
    },
    async run(reason, owner) {
      await end(db, await named(), reason, owner)
      return back
    },
  }
}

function intakeOf({ db }: ConsoleDeps, service: string, kind: string): Holdable {
  const scope = { destination: null, service, formKind: orNull(kind) }
  return {
    what: 'intake',
    scope,
    back: addresses.service(service),
    async tell(view, does) {
      const { acts, servicePage } = view.t
      const name = kind === '' ? view.word(serviceWords, service) : view.word(kindWords, kind)
      return does === 'hold'
        ? { title: servicePage.closeKind(name), what: servicePage.closeWhat, undo: acts.undoClose, effect: [] }
        : { title: servicePage.openKind(name), what: servicePage.openWhat, undo: acts.undoOpen, effect: [] }
    },
    hold: (reason, owner) => stopIntake(db, { service, formKind: scope.formKind }, reason, owner),
  }
}

function urgentAct(deps: ConsoleDeps, receipt: string): Act {
  return {
    fields: { receipt },
    async preview(view) {
      return {
        act: 'mark-urgent',
        title: view.t.trace.urgentTitle,
        what: view.t.trace.urgentWhat,
        effect: [{ name: view.t.trace.receipt, value: receipt }],
        undo: view.t.acts.undoUrgent,
        button: view.t.trace.urgentButton,
        done: null,
        back: addresses.traceOf(receipt),
      }
    },
    async run(reason, owner) {
      await markUrgent(deps.db, receipt, reason, owner)
      return addresses.traceOf(receipt)
    },
  }
}

interface Scope {
  readonly destination: string | null
  readonly service: string | null
  readonly formKind: string | null
}

async function find(db: Database, what: Pause['what'], scope: Scope): Promise<Pause | undefined> {
  const same = (pause: Pause): boolean =>
    pause.what === what &&
    pause.destination === scope.destination &&
    pause.service === scope.service &&
    pause.formKind === scope.formKind
  return (await runningPauses(db)).find(same)
}

/** The pause of exactly this scope, else the wider one that covers it: ending that is what lets it go on. */
async function covering(db: Database, what: Pause['what'], scope: Scope): Promise<Pause | undefined> {
  const exact = await find(db, what, scope)
  if (exact !== undefined) return exact
  const covers = (pause: Pause): boolean =>
    pause.what === what &&
    (pause.destination === null || pause.destination === scope.destination) &&
    (pause.service === null || scope.service === null || pause.service === scope.service) &&
    (pause.formKind === null || pause.formKind === scope.formKind)
  return (await runningPauses(db)).find(covers)
}

/** Ends a pause; one that is over, or was ended by somebody else in the same moment, is what was wanted. */
async function end(db: Database, pause: Pause | undefined, reason: string, owner: string): Promise<void> {
  if (pause === undefined) return
  await resume(db, pause.id, reason, owner).catch((error: unknown) => {
    if (!(error instanceof SluisError && error.code === 'pause-not-running')) throw error
  })
}

const doneBy = (pause: Pause | undefined): Confirm['done'] =>
  pause === undefined ? null : { by: pause.owner, at: pause.since.toISOString() }
