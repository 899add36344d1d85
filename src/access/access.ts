import type { Clock } from '../kernel/clock.ts'
import type { HubKeys } from '../kernel/keys.ts'
import type { Log } from '../kernel/log.ts'
import type { Database } from '../store/connect.ts'
import type { Sender } from '../store/senders.ts'
import { makeAssertionDesk } from './assertion.ts'
import type { KnownAway } from './away.ts'
import { openNodeCache } from './node-cache.ts'
import { accessKeys } from './own-keys.ts'
import { activeSender, openSenderDirectory } from './sender-directory.ts'
import { openSigningKeys } from './signing-keys.ts'
import { makeTokenDesk } from './tokens.ts'
import { readTokenRequest, type TokenAnswer } from './token-request.ts'
import { makeUsedAssertions } from './used-assertions.ts'

export interface AccessOptions {
  readonly db: Database
  readonly keys: HubKeys
  /** Where this node keeps its encrypted snapshot of senders and keys. */
  readonly dataFolder: string
  readonly clock: Clock
  readonly log: Log
  /** Every URL under which senders reach the token endpoint; an assertion must name one of them. */
  readonly tokenEndpoints: () => readonly string[]
  /** Tells a database that is away from one that is slow; without it a second of silence is away. */
  readonly knownAway?: KnownAway
  /** Whether the senders that the node itself makes known are in the database; until then nobody is a stranger. */
  readonly allKnown?: () => boolean
}

/** How systems come in: an assertion is exchanged for a token, a token tells the sender. */
export interface Access {
  /**
   * Answers a token request (RFC 6749 section 4.4 with RFC 7523 section 2.2); `form` is the parsed body.
   *
   * Throws `token-request-malformed`, `grant-unsupported`, `client-unknown`, `client-ended`, `client-unknown-now`,
   * `token-requests-full` or one of the `assertion-` errors.
   */
  issueToken(form: unknown): Promise<TokenAnswer>
  /**
   * The sender behind an `Authorization` header. At once when the token was seen before, else after checking it.
   *
   * Throws (or rejects with) `token-missing`, `token-unknown`, `token-expired`, `token-not-ours`, `client-unknown`,
   * `client-ended` or `client-unknown-now`.
   *
   * @example const sender = await access.verifyAccess(request.headers.authorization)
   */
  verifyAccess(authorization: string | undefined): Sender | Promise<Sender>
  /** The sender of a line that proved who it is by other means. Throws `client-unknown`, `client-ended` or `client-unknown-now`. */
  senderNamed(clientId: string): Promise<Sender>
  /** Reads senders and keys again, as every minute; call it after a change. False when the database is away. */
  refresh(): Promise<boolean>
  /** How many senders are known here, and the moment the database last said so. */
  facts(): { readonly senders: number; readonly freshAt: Date | null }
  close(): Promise<void>
}

const refreshEvery = 60_000
/** A sender found in between is in the snapshot after so long: a morning's first hundred are one write. */
const saveAfter = 2_000

/**
 * Opens the access room of this node.
 *
 * With a snapshot of an earlier run it answers at once, also while the database is away; without one it first asks the
 * database, and while that is away every sender is told `client-unknown-now`.
 */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const ownKeys = accessKeys(options.keys)
  const cache = openNodeCache({ ...options, keys: ownKeys })
  const snapshot = await cache.read()
  const directory = openSenderDirectory({ ...options, snapshot: snapshot?.senders ?? [], onFound: () => saveSoon() })
  const signingKeys = await openSigningKeys(options, snapshot?.signingKeys ?? [])
  const used = makeUsedAssertions(options.db, options.clock)
  const assertions = makeAssertionDesk({ ...options, directory, used })
  const tokens = makeTokenDesk({ ...options, issuer: ownKeys.issuer, directory, signingKeys })
  let freshAt: Date | null = null

  const refresh = async (): Promise<boolean> => {
    if (!(await directory.refresh()) || !(await signingKeys.refresh())) return false
    await used.flush()
    freshAt = options.clock.now()
    await save()
    return true
  }
  const save = (): Promise<void> => cache.write({ senders: directory.all(), signingKeys: signingKeys.rows() })
  let saving: NodeJS.Timeout | undefined
  const saveSoon = (): void => {
    saving ??= setTimeout(() => {
      saving = undefined
      void save()
    }, saveAfter).unref()
  }
  const quietly = (): Promise<unknown> =>
    refresh().catch((error: unknown) => options.log.error('access-refresh', {}, error))
  let running = quietly()
  if (snapshot === null) await running
  const timer = setInterval(() => {
    running = quietly()
  }, refreshEvery)
  timer.unref()

  return {
    issueToken: async (form) => tokens.issue(await assertions.accept(readTokenRequest(form))),
    verifyAccess: tokens.verify,
    senderNamed: async (clientId) => activeSender(await directory.find(clientId)),
    refresh,
    facts: () => ({ senders: directory.all().length, freshAt }),
    close: async () => {
      clearInterval(timer)
      await running
      if (saving === undefined) return
      clearTimeout(saving)
      await save()
    },
  }
}
