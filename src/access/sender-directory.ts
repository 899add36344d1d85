import { createLocalJWKSet, type LocalJWKSet } from 'jose'
import { SluisError } from '../kernel/errors.ts'
import type { Database } from '../store/connect.ts'
import { findSender, listSenders, type KnownSender, type Sender } from '../store/senders.ts'
import { ask, type KnownAway } from './away.ts'

/** One sender as this node knows it. Tokens point to it, so that an ending counts for tokens given before. */
export interface Entry {
  known: KnownSender
  /** Made at first use: most senders of a hub never come to this node. */
  jwks: LocalJWKSet | undefined
}

export interface SenderDirectory {
  /** The entry of a client; throws `client-unknown`, or `client-unknown-now` while that cannot be told. */
  find(clientId: string): Promise<Entry>
  all(): KnownSender[]
  /** Reads all senders; false when the database is away and what is known stays as it is. */
  refresh(): Promise<boolean>
}

/** How long to wait before asking again while the database is away. */
export const awayRetrySeconds = 5

interface DirectoryOptions {
  readonly db: Database
  readonly snapshot: readonly KnownSender[]
  /** Hears of each sender that was not in the snapshot. */
  readonly onFound: () => void
  readonly knownAway?: KnownAway | undefined
  readonly allKnown?: (() => boolean) | undefined
}

/** The senders this node knows: those of the snapshot, then those of the database. */
export function openSenderDirectory(options: DirectoryOptions): SenderDirectory {
  const { db, snapshot, onFound, knownAway, allKnown = () => true } = options
  const entries = new Map<string, Entry>()
  const put = (known: KnownSender): Entry => {
    const entry = entries.get(known.sender.clientId) ?? { known, jwks: undefined }
    if (!sameKeys(entry.known, known)) entry.jwks = undefined
    entry.known = known
    entries.set(known.sender.clientId, entry)
    return entry
  }
  for (const known of snapshot) put(known)

  return {
    async find(clientId) {
      const entry = entries.get(clientId)
      if (entry !== undefined) return entry
      const asked = await ask(findSender(db, clientId), knownAway)
      // At a first start the door is open before the senders of the node's own files are in the database.
      if (asked.state === 'away' || (asked.value === null && !allKnown()))
        throw new SluisError('client-unknown-now', { seconds: awayRetrySeconds })
      if (asked.value === null) throw new SluisError('client-unknown', { clientId: clientId.slice(0, 100) })
      onFound()
      return put(asked.value)
    },
    all: () => [...entries.values()].map((entry) => entry.known),
    async refresh() {
      const asked = await ask(listSenders(db), knownAway)
      if (asked.state === 'away') return false
      const present = new Set(asked.value.map((known) => put(known).known.sender.clientId))
      for (const clientId of entries.keys()) if (!present.has(clientId)) entries.delete(clientId)
      return true
    },
  }
}

/** The sender of an entry; throws `client-ended`. */
export function activeSender({ known }: Entry): Sender {
  if (known.endedAt === null) return known.sender
  throw new SluisError('client-ended', { clientId: known.sender.clientId, since: known.endedAt.toISOString() })
}

export function keysOf(entry: Entry): LocalJWKSet {
  return (entry.jwks ??= createLocalJWKSet({ keys: [...entry.known.publicJwks] }))
}

function sameKeys(a: KnownSender, b: KnownSender): boolean {
  return a.publicJwks === b.publicJwks || JSON.stringify(a.publicJwks) === JSON.stringify(b.publicJwks)
}
