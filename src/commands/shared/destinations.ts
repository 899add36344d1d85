import { join } from 'node:path'
import { z } from 'zod'
import { loadDestinations, type DestinationConfig } from '../../delivery/config.ts'
import { readJsonSync, replaceFileSync } from '../../kernel/durable-file.ts'
import { WrongUse } from './outcome.ts'

const places = z.record(z.string(), z.object({ url: z.string(), secret: z.string() }))

const placesFile = (dataFolder: string): string => join(dataFolder, 'neighbours', 'places.json')

/** Writes down where the simulated destinations of a hub are, so that a command can ask them as the hub does. */
export function notePlaces(dataFolder: string, simulated: z.infer<typeof places>): void {
  replaceFileSync(placesFile(dataFolder), JSON.stringify(places.parse(simulated)))
}

/** The destinations of a hub as it speaks to them, simulated ones included. */
export function destinationsOf(dataFolder: string): DestinationConfig[] {
  // A hub notes them anew each time it starts.
  const entries = Object.entries(places.parse(readJsonSync(placesFile(dataFolder)) ?? {}))
  return loadDestinations({
    environment: process.env,
    urls: Object.fromEntries(entries.map(([name, place]) => [name, place.url])),
    secrets: Object.fromEntries(entries.map(([name, place]) => [name, place.secret])),
  })
}

/**
 * Refuses the name of a destination that is neither configured nor has any of these lines: one that was taken away may still
 * be owed something. Throws `WrongUse`.
 */
export function assertDestination(
  name: string | undefined,
  dataFolder: string,
  lines: readonly { readonly destination: string }[],
): void {
  const named = [...destinationsOf(dataFolder).map((one) => one.name), ...lines.map((one) => one.destination)]
  assertKnown('destination', name ?? null, named)
}

/**
 * Refuses the name of a destination, or form kind, that nobody has: nothing would be found or held, and it would look as if
 * all were well. Throws `WrongUse` with those there are.
 */
export function assertKnown(what: 'destination' | 'form kind', name: string | null, known: readonly string[]): void {
  if (name === null || known.includes(name)) return
  const all = [...new Set(known)].join(', ')
  throw new WrongUse(`There is no ${what} ${name}${all === '' ? ' here, nor any other' : `; there are ${all}`}`)
}
