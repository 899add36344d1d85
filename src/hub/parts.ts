import type { Access } from '../access/access.ts'
import type { RuleSets } from '../checking/rule-sets.ts'
import type { Config } from '../config.ts'
import type { DestinationConfig, Route } from '../delivery/config.ts'
import type { Log } from '../kernel/log.ts'
import type { Accepting } from '../ledger/accept.ts'
import type { Bell } from '../ledger/bell.ts'
import type { Spool } from '../ledger/spool/spool.ts'
import type { Vault } from '../ledger/vault.ts'
import type { FindingWords } from '../intake/finding-words.ts'
import type { Switches } from '../intake/switches.ts'
import type { DeferredDatabase } from '../store/connect.ts'
import type { RuleBars } from '../rules/bars.ts'
import type { Metrics } from '../watch/metrics.ts'

/** What the rooms of one node share. */
export interface NodeParts {
  readonly config: Config
  readonly log: Log
  readonly bell: Bell
  readonly vault: Vault
  readonly access: Access
  readonly metrics: Metrics
  readonly spool: Spool
  readonly accepting: Accepting
  readonly switches: Switches
  readonly findingWords: FindingWords
  readonly destinations: readonly DestinationConfig[]
  readonly routes: readonly Route[]
  /** Versions of rule packs, compiled once for all who ask. */
  readonly ruleSets: RuleSets
  /** Rules that this node does not ask for some minutes. */
  readonly ruleBars: RuleBars
  /** For work and for reading; intake has lanes of its own. */
  readonly db: DeferredDatabase
}

export interface Stoppable {
  stop(): Promise<void>
}
