import { setTimeout as wait } from 'node:timers/promises'
import { roles } from '../config.ts'
import { control } from './ask.ts'
import type { Day } from './black-friday.ts'
import { minuteOf } from './day-clock.ts'
import type { DestinationName, Town } from './town.ts'

export const allRoles: readonly string[] = roles

/**
 * Waits for a time of the day, and lets the pharmacies' clock stand at it too. Throws when the drill is stopped.
 */
export async function at({ town, clock }: Day, time: string): Promise<void> {
  await clock.until(time)
  await control(town.neighbour('pharmacies').controlUrl, 'PUT /control/load', { startMinute: minuteOf(time) })
}

/** What a node that was started the wrong way carries: it answers, and takes no forms. */
export const rolesWithoutForms: readonly string[] = ['delivery', 'watch', 'web']

/** The pharmacies begin to send, more and less as the hours of their day. */
export async function openPharmacies({ town, clock, tell }: Day, perSecond: number): Promise<void> {
  const { controlUrl } = town.neighbour('pharmacies')
  await control(controlUrl, 'PUT /control/hub', { hub: town.url })
  await control(controlUrl, 'PUT /control/load', {
    perSecond,
    openingHours: true,
    startMinute: Math.floor(clock.minute()),
    timeLapse: clock.timeLapse,
    conflictShare: 0.01,
    travellerShare: 0.12,
  })
  tell('the pharmacies open')
}

export async function setFaults(town: Town, name: DestinationName, faults: object): Promise<void> {
  await control(town.neighbour(name).controlUrl, 'PUT /control/faults', faults)
}

/** Looks again and again until it is so; false when the patience is over. Throws when the drill is stopped. */
export async function untilSo(
  { signal }: Pick<Town, 'signal'>,
  so: () => Promise<boolean>,
  patienceSeconds: number,
): Promise<boolean> {
  const end = performance.now() + patienceSeconds * 1_000
  while (performance.now() < end) {
    if (await so().catch(() => false)) return true
    await wait(100, undefined, { signal })
  }
  return false
}
