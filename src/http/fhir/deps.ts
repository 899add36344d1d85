import type { Access } from '../../access/access.ts'
import type { RuleSets } from '../../checking/rule-sets.ts'
import type { DoorDeps } from '../../intake/receive.ts'
import type { Log } from '../../kernel/log.ts'
import type { TablesFor } from '../../ledger/tables.ts'
import type { Vault } from '../../ledger/vault.ts'
import type { Database } from '../../store/connect.ts'
import type { Admission } from '../admit.ts'

/** What FHIR and CDS Hooks work with. */
export interface FhirDeps extends Admission {
  readonly access: Access
  /** Null on a node without the intake role. */
  readonly door: DoorDeps | null
  readonly db: Database
  readonly vault: Vault
  readonly log: Log
  readonly ruleSets: Pick<RuleSets, 'pack'>
  readonly largestMessage: number
  /** How the hub is reached from outside. */
  readonly publicUrls: readonly string[]
  readonly tablesFor: TablesFor
  readonly now: () => Date
}
