import { hash } from 'node:crypto'
import type { PackFile } from './pack-file.ts'

/** Goes up when `%facts` are worked out differently: a rule that uses them then judges anew. */
const factsVersion = 1

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
    /\bmapped\b|%limits|%facts/.test(said) ? (tables === null ? needs : [...needs, tables]) : [],
    said.includes('%facts') ? factsVersion : 0,
  ])
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
