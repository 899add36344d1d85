import { markUrgent } from '../delivery/urgent.ts'
import { pauseDelivery, resume } from '../delivery/pauses.ts'
import { openWork } from '../store/drill-facts.ts'
import { insertPause, runningPauses } from '../store/pauses.ts'
import { allRoles, at, untilSo } from './actions.ts'
import { ask } from './ask.ts'
import type { Day } from './black-friday.ts'
import { secondsUntilAlert } from './journal.ts'
import { secondsUntilStopped } from './stopped.ts'

const owner = 'drill'
const pausedDestinations = ['sciensano', 'digitaal-vlaanderen'] as const

/** The afternoon: no eForm gets in. What was there before must go on answering. */
export async function totalStop(day: Day): Promise<void> {
  const { town, journal, prober, tell } = day
  await at(day, '13:30')
  const eforms = { destination: null, service: 'eforms', formKind: null }
  await insertPause(town.db, { what: 'intake', ...eforms }, 'nobody knows yet what is wrong', owner)
  for (const destination of pausedDestinations) {
    await pauseDelivery(town.db, { destination }, 'until we know what is wrong', owner)
  }
  tell('eForms are to stand still: intake of them is stopped, forwarding to two destinations is paused')
  const [stopped, noticed] = await Promise.all([
    secondsUntilStopped(town, [town.a.url]),
    secondsUntilAlert(town, ({ kind, scope }) => kind === 'probe-failed' && scope === 'a: intake', 30),
  ])
  journal.secondsToStop = stopped
  journal.secondsToDetectByProbe = noticed
  tell(
    stopped === null
      ? 'a form offered to node a is taken all the same'
      : `a form offered to node a is told to come back later (after ${stopped.toFixed(1)} s); ${probeWords(noticed)}`,
  )
  await town.a.kill()
  prober.during('the stop')
  tell('node a was killed; node b, without forms, carries all questions')
  journal.secondsToDetectKilled = await secondsUntilAlert(
    town,
    (alert) => alert.kind === 'node-silent' && alert.scope === 'a',
    30,
  )
  await at(day, '15:00')
  prober.during('')
}

const probeWords = (noticed: number | null): string =>
  noticed === null ? 'no probe noticed it' : `its own probe raised the alert after ${noticed.toFixed(1)} s`

/** Three o'clock: registration is back on one node; forwarding is not. */
export async function registrationReturns(day: Day): Promise<void> {
  const { town, journal, tell } = day
  await town.a.start(allRoles)
  for (const pause of await runningPauses(town.db)) {
    if (pause.what === 'intake') await resume(town.db, pause.id, 'one node is enough to register', owner)
  }
  tell('registration is back, on node a alone; the pharmacies hand over what they kept')
  await at(day, '15:45')
  await town.b.stop()
  await town.b.start(allRoles)
  tell('node b was restarted with everything it should carry')
  await hurryTravellers(day, '16:30')
  tell(`the helpdesk marked ${journal.hurried} forms of travellers who wait`)
}

/** Half past four: forwarding is resumed, the urgent ones go first. */
export async function forwardingResumes(day: Day): Promise<void> {
  const { town, journal, tell } = day
  const oldest = await openWork(town.db)
  journal.resumedAt = new Date()
  for (const pause of await runningPauses(town.db)) await resume(town.db, pause.id, 'the cause was found', owner)
  tell(`forwarding is resumed; ${oldest.deliveries} deliveries are owed`)
  const began = performance.now()
  const { resumedAt } = journal
  const drained = await untilSo(town, async () => (await openWork(town.db, resumedAt)).deliveries === 0, 120)
  if (!drained) return tell('the backlog is not empty after two minutes')
  journal.drainSeconds = (performance.now() - began) / 1_000
  tell('what was owed when forwarding was resumed is delivered')
}

/** Asks the pharmacies who is about to travel, and marks what they sent; again and again until that time of the day. */
async function hurryTravellers(day: Day, until: string): Promise<void> {
  const { town, journal } = day
  const marked = new Set<string>()
  let reached = false
  const clock = at(day, until).then(() => (reached = true))
  clock.catch(() => undefined)
  do {
    const told = await ask(`${town.neighbour('pharmacies').controlUrl}/control/receipts?traveller=true`, {
      timeoutMs: 10_000,
    })
    const lines = (told?.text ?? '').split('\n').filter((line) => line !== '')
    for (const line of lines) {
      const { receipt } = JSON.parse(line) as { receipt: string }
      if (marked.has(receipt)) continue
      marked.add(receipt)
      // What was delivered in the morning owes nothing any more; a conflict never did.
      const hurried = await markUrgent(town.db, receipt, 'a traveller waits at the counter', owner).catch(() => 0)
      if (hurried > 0) journal.hurried += 1
    }
    await untilSo(town, async () => reached, 0.5)
  } while (!reached)
  await clock
}
