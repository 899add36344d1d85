import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import type { Clock } from '../kernel/clock.ts'
import { SluisError } from '../kernel/errors.ts'
import { open, seal, type HubKeys } from '../kernel/keys.ts'
import type { Database } from '../store/connect.ts'
import { insertSigningKey, listSigningKeys, type SigningKeyRow } from '../store/signing-keys.ts'
import { ask, type KnownAway } from './away.ts'
import { awayRetrySeconds } from './sender-directory.ts'

interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

/** The keys the nodes of one hub sign access tokens with. */
export interface SigningKeys {
  /** The key to sign with; throws `client-unknown-now` while none could be read or made. */
  current(): Promise<SigningKey>
  /** The key a token names; undefined when it is none of ours, also after asking the database. */
  byId(kid: string): Promise<SigningKey | undefined>
  /** What goes into the node's snapshot: the private parts as sealed as in the database. */
  rows(): readonly SigningKeyRow[]
  refresh(): Promise<boolean>
}

const day = 86_400_000
/** A key signs for 30 days and is accepted for one more, far longer than a token lives. */
const signsFor = 30 * day
const acceptedFor = 31 * day
/** A token with an unknown key makes the node look in the database; not more often than this. */
const lookEvery = 1_000

/** A look in the database for a key this node does not know. */
interface Look {
  readonly begunAt: number
  isOver: boolean
  /** Whether the database answered. */
  readonly answered: Promise<boolean>
}

export async function openSigningKeys(
  { db, keys, clock, knownAway }: { db: Database; keys: HubKeys; clock: Clock; knownAway?: KnownAway },
  snapshot: readonly SigningKeyRow[],
): Promise<SigningKeys> {
  let rows: readonly SigningKeyRow[] = []
  let byKid = new Map<string, SigningKey>()
  let look: Look | null = null

  const take = async (found: readonly SigningKeyRow[]): Promise<void> => {
    const opened = found.map(async (row) => byKid.get(row.kid) ?? (await openKey(keys, row)))
    const usable = await Promise.all(opened)
    byKid = new Map(usable.map((key) => [key.kid, key]))
    rows = found
  }
  const refresh = async (): Promise<boolean> => {
    const now = clock.now().getTime()
    const asked = await ask(ensureKeys(db, keys, now), knownAway)
    if (asked.state === 'away') return false
    await take(asked.value)
    return true
  }
  const lookAgain = (begunAt: number): Look => {
    const begun: Look = { begunAt, isOver: false, answered: refresh().finally(() => (begun.isOver = true)) }
    return begun
  }
  await take(snapshot)
  return {
    async current() {
      if (rows.length === 0) await refresh()
      const newest = rows[0] === undefined ? undefined : byKid.get(rows[0].kid)
      if (newest === undefined) throw new SluisError('client-unknown-now', { seconds: awayRetrySeconds })
      return newest
    },
    async byId(kid) {
      const known = byKid.get(kid)
      if (known !== undefined) return known
      // Monotonic, so that a clock that is set back does not stop the looking.
      const now = performance.now()
      // A new key comes to a node with many tokens at once: one of them looks, and what it finds holds for all.
      if (look === null || (look.isOver && now - look.begunAt >= lookEvery)) look = lookAgain(now)
      if (!(await look.answered)) throw new SluisError('client-unknown-now', { seconds: awayRetrySeconds })
      return byKid.get(kid)
    },
    rows: () => rows,
    refresh,
  }
}

/** The accepted keys, newest first; makes a new one when the newest has signed long enough. */
async function ensureKeys(db: Database, keys: HubKeys, now: number): Promise<SigningKeyRow[]> {
  const since = new Date(now - acceptedFor)
  const found = await listSigningKeys(db, since)
  const newest = found[0]?.createdAt.getTime()
  if (newest !== undefined && newest > now - signsFor) return found
  await insertSigningKey(db, await makeKey(keys, new Date(now)), new Date(now - signsFor))
  return listSigningKeys(db, since)
}

async function makeKey(keys: HubKeys, createdAt: Date): Promise<SigningKeyRow> {
  const pair = await generateKeyPair('ES256', { extractable: true })
  const publicKey = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(publicKey)
  const plain = Buffer.from(JSON.stringify(await exportJWK(pair.privateKey)))
  return { kid, privateKey: seal(keys.wrap, plain, `signing-key ${kid}`), publicKey, createdAt }
}

async function openKey(keys: HubKeys, row: SigningKeyRow): Promise<SigningKey> {
  const jwk = JSON.parse(open(keys.wrap, row.privateKey, `signing-key ${row.kid}`).toString()) as JWK
  return { kid: row.kid, privateKey: await asKey(jwk), publicKey: await asKey(row.publicKey) }
}

async function asKey(jwk: JWK): Promise<CryptoKey> {
  // Uint8Array is the answer for symmetric keys only, and ours are ES256.
  return (await importJWK(jwk, 'ES256')) as CryptoKey
}
