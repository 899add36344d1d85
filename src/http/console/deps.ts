import type { ProviderSignIn } from '../../access/oidc.ts'
import type { Sessions } from '../../access/sessions.ts'
import type { Credentials } from '../../access/sign-in.ts'
import type { CareDeps } from '../../care/deps.ts'
import type { RuleSets } from '../../checking/rule-sets.ts'
import type { DestinationConfig, Route } from '../../delivery/config.ts'
import type { Log } from '../../kernel/log.ts'
import type { TraceDeps } from '../../ledger/trace-spooled.ts'
import type { Vault } from '../../ledger/vault.ts'
import type { Database } from '../../store/connect.ts'
import type { Person } from '../../store/people.ts'
import type { NodeHealth } from '../health.ts'

/** How people sign in here: with an account of the hub, or at a provider with this name. */
export type SignInWay =
  | { readonly state: 'local'; readonly signIn: (given: Credentials) => Promise<Person>; readonly embedded: boolean }
  | { readonly state: 'provider'; readonly provider: ProviderSignIn; readonly name: string }

/** What the screens of a node need. */
export interface ConsoleDeps {
  readonly db: Database
  readonly vault: Vault
  /** What lies on this node's own disk. */
  readonly spool: TraceDeps['spool']
  readonly knownAway: TraceDeps['knownAway']
  readonly node: string
  readonly log: Log
  readonly sessions: Sessions
  readonly way: SignInWay
  readonly destinations: readonly DestinationConfig[]
  readonly routes: readonly Route[]
  readonly ruleSets: RuleSets
  /** What reading monitors and results takes. */
  readonly care: CareDeps
  readonly health: () => NodeHealth
  /** How the hub is reached from outside. */
  readonly publicUrls: readonly string[]
  /** Reached over https: cookies are for https alone. */
  readonly secure: boolean
  readonly now: () => Date
}
