import { WrongUse } from './outcome.ts'

export const text = { type: 'string' } as const
export const many = { type: 'string', multiple: true } as const
export const flag = { type: 'boolean' } as const

/** Which hub: of what data folder, at what address. */
export const hubOptions = { data: text, url: text } as const

/** The lines of a help text about `hubOptions` for a command that works on the database. */
export const databaseHelp = `  --data DIR     the hub's data folder (SLUIS_DATA, else .sluis): its database, unless DATABASE_URL names one, and its
                 master key, unless SLUIS_MASTER_KEY holds it`

/** The last lines of a help text. */
export const endHelp = `  --language L   nl, fr, de or en for what comes from the table of errors (default: that of the terminal)
  --json         for programs`

/** A whole number of at least `least`, or undefined when it was not given. Throws `WrongUse`. */
export function wholeNumber(name: string, given: string | undefined, least: number): number | undefined {
  if (given === undefined) return undefined
  const value = Number(given)
  if (!Number.isSafeInteger(value) || value < least) throw new WrongUse(`--${name} takes a whole number from ${least}`)
  return value
}

/** A text that must be there. Throws `WrongUse` with `why`. */
export function needed(name: string, given: string | undefined, why: string): string {
  if (given === undefined || given.trim() === '') throw new WrongUse(`--${name} is missing: ${why}`)
  return given.trim()
}

/** One of a list, or undefined when it was not given. Throws `WrongUse`. */
export function oneOf<T extends string>(name: string, given: string | undefined, list: readonly T[]): T | undefined {
  if (given === undefined) return undefined
  const found = list.find((each) => each === given)
  if (found === undefined) throw new WrongUse(`--${name} takes one of ${list.join(', ')}`)
  return found
}
