import { seededRandom } from '../../src/formats/eform/random.ts'
import { sampleForm } from '../../src/formats/eform/sample.ts'
import { fillStoredMessages, settleDown } from '../../src/store/fill.ts'
import type { Database } from '../../src/store/connect.ts'

const portion = 20_000
/** AES-256-GCM adds a nonce and a tag. */
const sealBytes = 28

/** What the contents of a form take once sealed, on average. */
function sealedBytes(): number {
  const options = { random: seededRandom(7), at: new Date() }
  const lengths = Array.from({ length: 100 }, () => JSON.stringify(sampleForm('rapid-test', options)).length)
  return Math.round(lengths.reduce((sum, one) => sum + one, 0) / lengths.length) + sealBytes
}

/**
 * Fills the store with messages that went their whole way, in portions on two connections, so that a big hub can be
 * measured. Returns once PostgreSQL has come to rest.
 */
export async function fillMessages(db: Database, count: number, progress: (done: number) => void): Promise<void> {
  const bytes = sealedBytes()
  let taken = 0
  let done = 0
  const lane = async (): Promise<void> => {
    while (taken < count) {
      const next = Math.min(portion, count - taken)
      taken += next
      await fillStoredMessages(db, next, bytes)
      done += next
      progress(done)
    }
  }
  await Promise.all([lane(), lane()])
  await settleDown(db)
}
