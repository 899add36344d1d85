import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openApi } from '../../src/contract/openapi.ts'
import { statusStates } from '../../src/contract/status-states.ts'
import type { EntryKind } from '../../src/store/entries.ts'
import { readTree } from '../architecture/source-tree.ts'

/** The rest of custody history, which senders read in a trace. A new word of the ledger must stand here or be described. */
const notTold = {
  accepted: true,
  read: true,
  'record-read': true,
  owed: true,
  sent: true,
  pending: true,
  acknowledged: true,
  failed: true,
  unknown: true,
  withdrawn: true,
  urgent: true,
  replayed: true,
  'unmatched-acknowledgement': true,
  corrected: true,
} as const satisfies Record<Exclude<EntryKind, keyof typeof statusStates>, true>

test('the contract describes every state senders are told, and no word the ledger does not have', () => {
  const all: Record<EntryKind, unknown> = { ...notTold, ...statusStates }
  expect(Object.keys(all)).toHaveLength(Object.keys(notTold).length + Object.keys(statusStates).length)
  const { state } = (openApi.components.schemas.StatusPage as unknown as Page).properties.events.items.properties
  expect(state.enum).toEqual(Object.keys(statusStates))
})

interface Page {
  readonly properties: {
    readonly events: {
      readonly items: { readonly properties: { readonly state: { readonly enum: readonly string[] } } }
    }
  }
}

test('what is written to be told is a state of the contract', async () => {
  const files = (await readTree(join(import.meta.dirname, '../..'), ['src'])).filter(({ isTest }) => !isTest)
  const statements = files.flatMap(({ strings }) => strings).filter((text) => text.includes('insert into entry'))
  const told = statements.flatMap((text) =>
    [...text.matchAll(/'([a-z-]+)', \$\{?\w+\}?, true\b/g)].map((match) => match[1]!),
  )
  expect(told.toSorted()).toEqual(['certified', 'conflict', 'not-certified', 'replaces-nothing', 'revoked'])
  for (const state of told) expect(statusStates).toHaveProperty(state)
})
