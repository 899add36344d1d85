import { makeTablesFor, type TablesFor } from '../ledger/tables.ts'
import type { Vault } from '../ledger/vault.ts'
import type { MonitorDefinition } from '../monitors/definition.ts'
import { loadMonitors } from '../monitors/load.ts'

/** What the care room works with. */
export interface CareDeps {
  readonly vault: Vault
  /** Every version of every monitor. */
  readonly definitions: readonly MonitorDefinition[]
  /** The tables that count for each sender. */
  readonly tablesFor: TablesFor
}

/**
 * The care room with the monitors that come with the package. Throws `monitor-unreadable` when one of them cannot
 * be loaded.
 *
 * @example const care = openCare(vault)
 */
export function openCare(vault: Vault): CareDeps {
  return { vault, definitions: loadMonitors(), tablesFor: makeTablesFor() }
}

/** One version of a monitor; undefined when this node does not have it. */
export function definitionOf(deps: CareDeps, monitor: string, version: string): MonitorDefinition | undefined {
  return deps.definitions.find((one) => one.name === monitor && one.version === version)
}
