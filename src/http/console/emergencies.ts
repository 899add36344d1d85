import { openEmergency, readEmergencyReason } from '../../access/emergency.ts'
import { logAccess } from '../../access/access-log.ts'
import { SluisError } from '../../kernel/errors.ts'
import { emergenciesSince, reviewEmergency, type Emergency } from '../../store/emergencies.ts'
import { addresses } from '../../web/addresses.ts'
import { emergenciesPage, emergencyAskPage, type ShownEmergency } from '../../web/pages/emergencies.tsx'
import { csv, sendCsv } from './csv.ts'
import type { ConsoleDeps } from './deps.ts'
import { readReason } from './forms.ts'
import type { Screens, Visit } from './screens.ts'

const daysShown = 90
const shownAtMost = 500

/** Reading in an emergency: a person says why it cannot wait; whoever guards privacy sees who read whom, and looks after it. */
export function emergencyScreens(screens: Screens, deps: ConsoleDeps): void {
  screens.act('/patients/:index/emergency', 'read-in-emergency', async ({ request, session, view }, form) => {
    const { index } = request.params as { index: string }
    if (!/^[0-9a-f]{32}$/.test(index)) throw new SluisError('not-found', { path: addresses.patients })
    const reason = form.text('reason')
    if (readEmergencyReason(reason) === null) {
      const action = addresses.patientEmergency(index)
      const page = emergencyAskPage(view, { action, reason, fault: view.t.reasonShort })
      return { state: 'asks', page, refusal: new SluisError('reason-short') }
    }
    const { login: actor, role } = session.person
    await openEmergency(deps.db, { actor, role, reason }, Buffer.from(index, 'hex'), deps.now())
    return { state: 'done', to: addresses.patientResults(index, { purpose: 'emergency' }) }
  })
  screens.show(addresses.emergencies, 'see-emergencies', async (visit) => {
    const shown = (await listed(deps, visit, shownAtMost)).map((one) => shownOf(one, deps.now()))
    return emergenciesPage(visit.view, {
      asOf: deps.now().toISOString(),
      emergencies: shown,
      cut: shown.length >= shownAtMost,
    })
  })
  screens.show(addresses.emergenciesCsv, 'see-emergencies', async (visit) => {
    const rows = (await listed(deps, visit, null)).map((one) => [
      one.since.toISOString(),
      one.until.toISOString(),
      one.actor,
      one.role,
      one.patient,
      one.reason,
      one.readings,
      one.review?.by ?? '',
      one.review?.what ?? '',
      one.earlierReviews.map(({ by, what, at }) => `${at} ${by}: ${what}`).join('; '),
    ])
    const ofReviews = ['reviewed_by', 'review', 'earlier_reviews']
    const heads = ['since', 'until', 'who', 'role', 'patient', 'reason', 'readings', ...ofReviews]
    return sendCsv(visit.reply, 'emergencies.csv', csv(heads, rows))
  })
  screens.act(addresses.emergencies, 'see-emergencies', async ({ session }, form) => {
    const [id, what] = [Number(form.text('id')), readReason(form)]
    if (what === null) throw new SluisError('reason-short')
    const until = new Date(form.text('until'))
    const seen = Number.isSafeInteger(id) && !Number.isNaN(until.getTime())
    if (!seen || !(await reviewEmergency(deps.db, { id, until }, session.person.login, what, deps.now())))
      throw new SluisError('emergency-changed')
    return { state: 'done', to: addresses.emergencies }
  })
}

/** Who looks at the list has read of these patients. */
async function listed(deps: ConsoleDeps, { session, request }: Visit, limit: number | null): Promise<Emergency[]> {
  const { login: actor, role } = session.person
  const origin = `console ${request.ip}`
  await logAccess(deps.db, { actor, role, what: 'access-log', purpose: 'audit', outcome: 'given', origin })
  return emergenciesSince(deps.db, new Date(deps.now().getTime() - daysShown * 86_400_000), limit)
}

function shownOf({ id, since, until, review, ...rest }: Emergency, now: Date): ShownEmergency {
  return {
    ...rest,
    id: String(id),
    since: since.toISOString(),
    until: until.toISOString(),
    isRunning: until > now,
    review,
  }
}
