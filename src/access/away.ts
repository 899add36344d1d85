import { isDatabaseAway } from '../store/connect.ts'

export type Asked<T> = { readonly state: 'answered'; readonly value: T } | { readonly state: 'away' }

/** Whether this node keeps its messages on its own disk at the moment, because the database is away. */
export type KnownAway = () => boolean

/** A database that accepts the question and stays silent is away too: nobody may wait long for a token. */
const patience = 1_000
/** One that is there and busy may take longer: who is known in it must not be told that nobody can tell. */
const patienceWithSlow = 5_000

/**
 * Asks the database; `away` when it is away or silent for a second. With `knownAway` a database that only is slow gets up
 * to five seconds: as long as intake still stores in it, it is there. Other errors are thrown.
 *
 * @example await ask(findSender(db, 'apotheek-1'), knownAway) // { state: 'answered', value: null }
 */
export async function ask<T>(question: Promise<T>, knownAway: KnownAway = () => true): Promise<Asked<T>> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<Asked<T>>((resolve) => {
    const giveUp = (): void => resolve({ state: 'away' })
    timer = setTimeout(() => {
      if (knownAway()) giveUp()
      else timer = setTimeout(giveUp, patienceWithSlow - patience)
    }, patience)
  })
  const answer = question.then(
    (value): Asked<T> => ({ state: 'answered', value }),
    (error: unknown): Asked<T> => {
      if (isDatabaseAway(error)) return { state: 'away' }
      throw error
    },
  )
  // Whichever loses the race may still fail later; nobody listens to it any more.
  answer.catch(() => undefined)
  try {
    return await Promise.race([answer, silence])
  } finally {
    clearTimeout(timer)
  }
}
