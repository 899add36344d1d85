import { markUrgent } from '../../delivery/urgent.ts'
import { SluisError } from '../../kernel/errors.ts'
import { isUuid8, parseRecordName, prefixOf } from '../../kernel/ids.ts'
import { aboutMessage } from '../../store/console-trace.ts'
import { addresses } from '../../web/addresses.ts'
import { confirmPage, type Confirm } from '../../web/pages/confirm.tsx'
import type { Act } from './act.ts'
import type { ConsoleDeps } from './deps.ts'
import { destinationOf } from './destination.ts'
import { queryText, readReason, type Form } from './forms.ts'
import { closeIntake, pauseDestination, pauseForwarding } from './hold-acts.ts'
import { releaseAct } from './release-acts.ts'
import { serviceOf } from './service.ts'
import type { Done, Screens, Visit } from './screens.ts'

const orNull = (text: string): string | null => (text === '' ? null : text)

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
  const destination = ({ request }: Visit) => destinationOf(deps, request.params).name
  const service = ({ request }: Visit) => serviceOf(request.params)
  add('/destinations/:id/pause', 'pause', (visit, text) => pauseDestination(deps, destination(visit), text('kind')))
  add('/destinations/:id/resume', 'pause', (visit, text) => {
    const [name, pause, formKind] = [destination(visit), text('pause'), orNull(text('kind'))]
    const scope = { what: 'delivery', destination: name, service: null, formKind } as const
    return releaseAct(deps, addresses.destination(name), pause === '' ? { scope } : { pause })
  })
  add('/services/:id/pause', 'pause', (visit, text) => pauseForwarding(deps, service(visit), text('kind')))
  add('/services/:id/resume', 'pause', (visit, text) =>
    releaseAct(deps, addresses.service(service(visit)), { pause: text('pause') }),
  )
  add('/services/:id/close', 'pause', (visit, text) => closeIntake(deps, service(visit), text('kind')))
  add('/services/:id/open', 'pause', (visit, text) => {
    const [name, formKind] = [service(visit), orNull(text('kind'))]
    const scope = { what: 'intake', destination: null, service: name, formKind } as const
    return releaseAct(deps, addresses.service(name), { scope })
  })
  add(addresses.markUrgent, 'mark-urgent', (_visit, text) => urgentAct(deps, text('receipt').toLowerCase()))
}

async function perform(visit: Visit, form: Form, act: Act): Promise<Done> {
  const reason = readReason(form)
  if (reason === null) {
    const page = confirmPage(visit.view, await confirmOf(visit, act, form.text('reason')))
    return { state: 'asks', page, refusal: new SluisError('reason-short') }
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

function urgentAct(deps: ConsoleDeps, receipt: string): Act {
  return {
    fields: { receipt },
    async preview(view) {
      await assertKnown(deps, receipt)
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

/** Throws `receipt-unknown`: nothing is promised about a message that is not there. */
async function assertKnown({ db }: ConsoleDeps, wanted: string): Promise<void> {
  const receipt = parseRecordName(wanted)?.receipt ?? wanted
  const about = isUuid8(receipt) ? await aboutMessage(db, receipt, prefixOf(receipt)) : null
  if (about?.message == null) throw new SluisError('receipt-unknown', { receipt: wanted.slice(0, 60) })
}
