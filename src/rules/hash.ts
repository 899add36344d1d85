import { hash } from 'node:crypto'
import type { PackFile } from './pack-file.ts'

/** Goes up when `%facts` are worked out differently: a rule that uses them then judges anew. */
const factsVersion = 1

/** Those of the package with which rules on the other results of a patient were first judged: they keep their hashes. */
const firstTables = { name: 'lab-tables', version: '1.0.0' }

/**
 * What decides a rule's verdict, as SHA-256 in hex: its class, severity and expressions, and the versions of the tables
 * where it looks at what they make of a record (`tables`: the hash of those it brings itself, null for none). Its texts do not count: a better sentence judges nothing anew.
 */
export function ruleHash(
  rule: PackFile['rules'][number],
  needs: PackFile['needs'],
  tables: string | null = null,
): string {
  if (rule.class === 'stream') return sha(['stream', rule.id, rule.measures])
  const said = [rule.applies, rule.expr ?? '', ...Object.values(rule.params)].join(' ')
  return sha([
    rule.id,
    rule.class,
    rule.severity,
    rule.applies,
    rule.expr,
    rule.params,
    looksAtTables(said, needs, tables) ? (tables === null ? needs : [...needs, tables]) : [],
    said.includes('%facts') ? factsVersion : 0,
  ])
}

/**
 * Which results are of one analyte, and which units are one, is what tables say: under others a second result is a conflict
 * or a replay, and another value is the patient's last one.
 */
function looksAtTables(said: string, needs: PackFile['needs'], tables: string | null): boolean {
  if (/\bmapped\b|%limits|%facts/.test(said)) return true
  if (!/%arrival\b|%previous\b|%swap\b/.test(said)) return false
  const need = needs.find(({ name }) => name === firstTables.name)
  return tables !== null || (need !== undefined && need.version !== firstTables.version)
}

/** The whole content of a pack as SHA-256 in hex; layout and comments of the file do not count. */
export function packHash(pack: PackFile, tables: string | null = null): string {
  return sha(tables === null ? pack : { ...pack, tables })
}

/** The hash of a part of a pack, by the ids of its rules. */
export function partHash(pack: string, rules: readonly string[]): string {
  return sha([pack, rules.toSorted()])
}

function sha(value: unknown): string {
  return hash('sha256', JSON.stringify(sorted(value)), 'hex')
}

/** The same content gives the same text, whatever the order of its fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, held]) => [name, sorted(held)]),
  )
}
