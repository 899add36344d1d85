import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { dataFolder } from '../kernel/package-root.ts'
import { euRules, evaluateRules } from './rules.ts'

const entry = z.record(z.string(), z.unknown())
const group = z.enum(['v', 't', 'r'])
const file = z
  .strictObject({
    at: z.iso.datetime(),
    payload: entry,
    entries: z.record(group, entry),
    cases: z.array(
      z.strictObject({
        name: z.string(),
        group,
        at: z.iso.datetime().optional(),
        change: entry.default({}),
        unmet: z.array(z.string()),
      }),
    ),
  })
  .parse(parse(readFileSync(join(dataFolder, 'certificates', 'business-rule-cases.yaml'), 'utf8')))

it.each(file.cases)('$name', (one) => {
  const changed = Object.entries({ ...file.entries[one.group], ...one.change }).filter(([, value]) => value !== null)
  const payload = { ...file.payload, [one.group]: [Object.fromEntries(changed)] }
  const outcomes = evaluateRules(payload, new Date(one.at ?? file.at), euRules())
  expect(outcomes.filter(({ met }) => !met).map(({ rule }) => rule)).toEqual(one.unmet)
})

it('has a case in which each rule is not met, but the one on the number of events', () => {
  const unmet = new Set(file.cases.flatMap((one) => one.unmet))
  const left = euRules().filter(({ id }) => !unmet.has(id))
  expect(left.map(({ id }) => id)).toEqual(['one-event'])
})
