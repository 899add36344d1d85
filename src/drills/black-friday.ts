import { startDayClock, type DayClock } from './day-clock.ts'
import { collectFacts, type DayFacts } from './facts.ts'
import { morningFault, rollingRestart, slowPartners } from './before-noon.ts'
import { closeTheDoors, databaseStops, nodeIsKilled, replayTheDay } from './evening.ts'
import { newJournal, startGlancing, type Journal } from './journal.ts'
import { startProber, type Prober } from './prober.ts'
import { forwardingResumes, registrationReturns, totalStop } from './the-stop.ts'
import { openPharmacies, allRoles } from './actions.ts'
import { buildTown, type Town } from './town.ts'

/** What every scene of the day works with. */
export interface Day {
  readonly town: Town
  readonly clock: DayClock
  readonly journal: Journal
  readonly prober: Prober
  /** Tells the reader of the screen one thing, with the time of the day before it. */
  tell(line: string): void
}

export interface BlackFridayOptions {
  readonly folder: string
  /** How long the opening hours take on the wall. */
  readonly seconds: number
  /** Forms a second of all pharmacies together at the busiest time. */
  readonly perSecond: number
  readonly pharmacies: number
  readonly seed: number
  /** Ends the drill before its end. */
  readonly signal: AbortSignal
  readonly say: (line: string) => void
  /** Replaces the line that shows how things stand now. */
  readonly show: (line: string) => void
  /** Hears how to end everything at once, for the exit of the process. */
  readonly onTown: (town: Town) => void
}

const closes = '18:45'
const scenes = [
  '08:30',
  '09:15',
  '09:45',
  '11:30',
  '12:00',
  '12:30',
  '13:30',
  '15:00',
  '15:45',
  '16:30',
  '17:00',
  '17:45',
]
const evening = [closes, '22:00', '23:30']

/**
 * Retells 1 July 2022 with real processes and real faults, and gives back what was found at its end. Ends every process it
 * started, also when a scene throws.
 */
export async function retellBlackFriday(options: BlackFridayOptions): Promise<DayFacts> {
  options.say('the town is built: a database, two nodes behind a balancer, three destinations, the pharmacies')
  const town = await buildTown({ ...options, say: () => undefined })
  options.onTown(town)
  try {
    await Promise.all([town.a.start(allRoles), town.b.start(allRoles)])
    const prober = await startProber(town, options.seconds < 90 ? 500 : 1_000)
    const clock = startDayClock({ scenes: [...scenes, ...evening], last: closes, ...options })
    const journal = newJournal()
    const tell = (line: string): void => options.say(`${clock.text()}  ${line}`)
    const glancing = startGlancing(town, clock, journal, options.show)
    try {
      await live({ town, clock, journal, prober, tell }, options.perSecond)
      clock.skipTo('23:30')
      tell('the books are closed on both sides, and every certificate is opened')
      return await collectFacts(town, clock, journal, prober)
    } finally {
      await Promise.all([glancing.stop(), prober.stop()])
    }
  } finally {
    await town.stop()
  }
}

async function live(day: Day, perSecond: number): Promise<void> {
  await openPharmacies(day, perSecond)
  await morningFault(day)
  await slowPartners(day)
  await rollingRestart(day)
  await totalStop(day)
  await registrationReturns(day)
  await forwardingResumes(day)
  await databaseStops(day)
  await nodeIsKilled(day)
  await closeTheDoors(day)
  await replayTheDay(day)
}
