import { acknowledgedSince } from '../store/drill-facts.ts'
import { allRoles, at, rolesWithoutForms, setFaults, untilSo } from './actions.ts'
import type { Day } from './black-friday.ts'
import { secondsUntilAlert } from './journal.ts'
import { destinationNames } from './town.ts'

/** Between nine and ten: one kind of form does not get through, the others do. */
export async function morningFault(day: Day): Promise<void> {
  const { town, journal, tell } = day
  await at(day, '09:15')
  await setFaults(town, 'sciensano', { status: 500 })
  tell('Sciensano answers every rapid test with an error; the hub keeps them and tries again')
  const began = new Date()
  await at(day, '09:45')
  // Of forms that came meanwhile: Vaccinnet tells late what became of those posted before. A busy machine may not have
  // delivered one yet.
  await untilSo(town, async () => (await acknowledgedSince(town.db, 'vaccinnet', began)) > 0, 30)
  journal.othersDuringFault = await acknowledgedSince(town.db, 'vaccinnet', began)
  await setFaults(town, 'sciensano', {})
  tell(`Sciensano answers again; meanwhile ${journal.othersDuringFault} vaccinations went through undisturbed`)
}

/** Around noon: everybody is slow. */
export async function slowPartners(day: Day): Promise<void> {
  const { town, tell } = day
  await at(day, '11:30')
  await Promise.all(destinationNames.map((name) => setFaults(town, name, { delayMs: 400, jitterMs: 400 })))
  tell('all three destinations answer slowly')
}

/** The nodes are restarted one by one. The second comes back without the parts that take forms. */
export async function rollingRestart(day: Day): Promise<void> {
  const { town, journal, tell } = day
  await at(day, '12:00')
  await town.a.stop()
  await town.a.start(allRoles)
  tell('node a was restarted and is back')
  await at(day, '12:30')
  await town.b.stop()
  await town.b.start(rolesWithoutForms)
  tell('node b was restarted and says that it is ready; it takes no eForms, and nobody was told')
  await Promise.all(destinationNames.map((name) => setFaults(town, name, {})))
  const missing = await secondsUntilAlert(town, (alert) => alert.kind === 'node-silent' && alert.scope === 'b', 30)
  journal.secondsToDetect = missing
  if (missing === null) tell('the roll-call did not miss anything within 30 s')
  else
    tell(
      `the roll-call misses the eForms of node b, ${missing.toFixed(1)} s after it came up; the destinations are fast again`,
    )
}
