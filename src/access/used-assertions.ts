import { createHash } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import { SluisError } from '../kernel/errors.ts'
import type { Database } from '../store/connect.ts'
import { deleteExpiredAssertions, insertUsedAssertions, type UsedAssertion } from '../store/assertions.ts'
import { ask } from './away.ts'
import { tokenLife } from './tokens.ts'

/** Remembers assertions until they expire, so that none is used twice. */
export interface UsedAssertions {
  /** Throws `assertion-used`, or `token-requests-full` when no more can be remembered. */
  use(clientId: string, jti: string, expiresAt: Date): Promise<void>
  /** Writes down what was used while the database was away, and forgets what has expired. */
  flush(): Promise<void>
}

/** Five and a half minutes of 300 tokens a second; each stands for one checked signature of a registered client. */
const mostRemembered = 100_000

/**
 * Single use across nodes by the database, and on this node by memory, which alone decides while the database is away.
 */
export function makeUsedAssertions(db: Database, clock: Clock): UsedAssertions {
  const remembered = new Map<string, Date>()
  let unwritten: UsedAssertion[] = []

  const forget = (): void => {
    const now = clock.now()
    for (const [name, expiresAt] of remembered) if (expiresAt <= now) remembered.delete(name)
  }
  return {
    async use(clientId, jti, expiresAt) {
      const hash = createHash('sha256').update(clientId).update('\0').update(jti).digest()
      const name = hash.toString('base64')
      if (remembered.has(name)) throw new SluisError('assertion-used')
      if (remembered.size >= mostRemembered) forget()
      if (remembered.size >= mostRemembered)
        throw new SluisError('token-requests-full', { seconds: 60, life: tokenLife })
      // Remembered before the database is asked: two uses at the same time on one node meet here.
      remembered.set(name, expiresAt)
      const asked = await ask(insertUsedAssertions(db, [{ hash, expiresAt }]))
      if (asked.state === 'away') unwritten.push({ hash, expiresAt })
      else if (asked.value === 0) throw new SluisError('assertion-used')
    },
    async flush() {
      forget()
      const batch = unwritten
      unwritten = []
      const asked = await ask(insertUsedAssertions(db, batch))
      if (asked.state === 'away') unwritten.push(...batch)
      else await ask(deleteExpiredAssertions(db, clock.now()))
    },
  }
}
