import { setTimeout as wait } from 'node:timers/promises'
import { createReplay, replays } from '../delivery/replay.ts'
import { SluisError } from '../kernel/errors.ts'
import type { Database } from '../store/connect.ts'
import { openWork, type OpenWork } from '../store/drill-facts.ts'
import { insertPause } from '../store/pauses.ts'
import type { Chosen } from '../store/replays.ts'
import { allRoles, at, untilSo } from './actions.ts'
import { control } from './ask.ts'
import type { Day } from './black-friday.ts'
import { pharmacyAccount, type ReplayOutcome } from './journal.ts'
import { secondsUntilStopped } from './stopped.ts'
import { destinationNames } from './town.ts'

/** After five: the database is away for some seconds. Receipts say `spooled`, and nothing else changes for the sender. */
export async function databaseStops(day: Day): Promise<void> {
  const { town, journal, tell } = day
  await at(day, '17:00')
  const before = (await pharmacyAccount(town)).spooled
  await town.stopDatabase()
  tell('the database is away; the nodes keep what they take on their own disks')
  await wait(4_000, undefined, { signal: town.signal })
  // A busy machine may not have handed over one form yet.
  await untilSo(town, async () => (await pharmacyAccount(town)).spooled > before, 30)
  journal.spooledWhileAway = (await pharmacyAccount(town)).spooled - before
  await town.startDatabase()
  tell(`the database is back; ${journal.spooledWhileAway} receipts were given over the spool`)
}

/** Half past five, the busiest hour: a node is killed under load, and comes back. */
export async function nodeIsKilled(day: Day): Promise<void> {
  const { town, tell } = day
  await at(day, '17:45')
  await town.b.kill()
  tell('node b was killed under load; node a goes on alone')
  await wait(1_500, undefined, { signal: town.signal })
  await town.b.start(allRoles)
  tell('node b is back')
}

/** Closing time: nothing more is sent, and everything inside comes to an end. */
export async function closeTheDoors(day: Day): Promise<void> {
  const { town, journal, tell } = day
  await at(day, '18:45')
  await control(town.neighbour('pharmacies').controlUrl, 'PUT /control/load', { perSecond: 0 })
  tell('the pharmacies close; what is inside is finished')
  const empty = await untilSo(
    town,
    async () => {
      const { waiting } = await pharmacyAccount(town)
      const open = await openWork(town.db)
      return waiting + open.steps + open.deliveries === 0
    },
    180,
  )
  // The hub's own probes go on at night; what is counted on both sides must stand still.
  await insertPause(town.db, { what: 'intake', destination: null, service: 'eforms', formKind: null }, 'night', 'drill')
  await secondsUntilStopped(town, [town.a.url, town.b.url])
  await untilSo(town, async () => nothingLeft(await openWork(town.db)), 60)
  journal.dayIsOver = true
  tell(empty ? 'nothing is owed any more' : 'not everything came to an end within three minutes')
}

/** At night: the whole day is replayed. Every destination is asked, and nothing may happen twice. */
export async function replayTheDay({ town, clock, journal, tell }: Day): Promise<void> {
  clock.skipTo('22:00')
  const from = `${journal.startedOn}T00:00:00Z`
  const outcomes: ReplayOutcome[] = []
  for (const destination of destinationNames) {
    const chosen = {
      destination,
      from: new Date(Date.parse(from) - 86_400_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
      senderId: null,
      formKind: null,
      states: ['acknowledged' as const],
    }
    const id = await replayOrNone(town.db, chosen)
    if (id === null) {
      outcomes.push({ destination, chosen: 0, sentAgain: 0, acknowledged: 0, done: false })
      continue
    }
    const done = await untilSo(town, async () => (await replays(town.db, id))[0]?.state === 'done', 120)
    const sheet = (await replays(town.db, id))[0]?.sheet
    outcomes.push({
      destination,
      chosen: sheet?.chosen ?? 0,
      sentAgain: sheet?.sentAgain ?? 0,
      acknowledged: sheet?.acknowledged ?? 0,
      done,
    })
  }
  journal.replays = outcomes
  const [chosen, again] = [sum(outcomes.map((one) => one.chosen)), sum(outcomes.map((one) => one.sentAgain))]
  tell(`the whole day was replayed: ${chosen} deliveries asked after, ${again} had to be sent again`)
}

/** Its number; null when nothing is chosen: the drill goes on to judge that. */
async function replayOrNone(db: Database, chosen: Chosen): Promise<number | null> {
  try {
    return await createReplay(db, { chosen, perSecond: 2_000, reason: 'the whole day again', owner: 'drill' })
  } catch (error) {
    if (error instanceof SluisError && error.code === 'replay-empty') return null
    throw error
  }
}

const nothingLeft = ({ steps, deliveries }: OpenWork): boolean => steps + deliveries === 0

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
