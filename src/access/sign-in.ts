import type { Clock } from '../kernel/clock.ts'
import { SluisError } from '../kernel/errors.ts'
import type { Database } from '../store/connect.ts'
import { findPerson, type Person } from '../store/people.ts'
import { isPassword } from './passwords.ts'
import { makeThrottle } from './throttle.ts'

export interface Credentials {
  readonly login: string
  readonly password: string
  /** Where the attempt comes from: the address of the connection. */
  readonly address: string
}

/**
 * Signs people in with a local account.
 *
 * The answer throws `sign-in-refused` (the same for a wrong login and a wrong password, after the same time),
 * `sign-in-wait` after many failures, or `sign-in-busy`. An attempt that could not be judged, because the database is away
 * or the hub is busy, is no failure.
 *
 * @example const person = await makeSignIn({ db, clock })({ login: 'operator', password, address: request.ip })
 */
export function makeSignIn({ db, clock }: { db: Database; clock: Clock }): (given: Credentials) => Promise<Person> {
  const throttle = makeThrottle(clock)
  return async ({ login, password, address }) => {
    // Longer ones exist nowhere; they would only make the hash slow.
    if (login.length > 200 || password.length > 1_000) throw new SluisError('sign-in-refused')
    const takeBack = throttle.attempt(login, address)
    const person = await judge(db, login, password).catch((error: unknown) => {
      takeBack()
      throw error
    })
    if (person === null) throw new SluisError('sign-in-refused')
    throttle.forgive(login, address)
    return person
  }
}

/** The person whose password this is; null when it is nobody's. */
async function judge(db: Database, login: string, password: string): Promise<Person | null> {
  const found = await findPerson(db, login)
  const usable = found !== null && found.endedAt === null ? found.passwordHash : null
  return (await isPassword(password, usable)) ? (found?.person ?? null) : null
}
