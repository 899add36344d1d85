import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { dataFolder } from '../../src/kernel/package-root.ts'
import { evaluateItem } from '../../src/monitors/evaluate.ts'
import { loadMonitors } from '../../src/monitors/load.ts'
import { casePatient, caseValue, factsOf } from './case-facts.ts'

const casesFile = z.strictObject({
  zone: z.string(),
  at: z.string(),
  cases: z.array(
    z.strictObject({
      name: z.string(),
      item: z.string(),
      at: z.string().optional(),
      zone: z.string().optional(),
      patient: casePatient.partial().default({}),
      values: z.record(z.string(), z.array(caseValue)).default({}),
      state: z.string(),
      basis: z.enum(['evidence', 'absence', 'suspect']).optional(),
      /** The code of the reason. */
      why: z.string().optional(),
      /** Codes that must stand among notes and questions. */
      notes: z.array(z.string()).default([]),
      /** The record that decides. */
      record: z.string().optional(),
      /** The moment time changes it, and what it becomes; null when time changes nothing. */
      next: z.string().nullable().optional(),
      becomes: z.string().optional(),
    }),
  ),
})

const definitions = loadMonitors()
const files = globSync('monitors/*/*/cases.yaml', { cwd: dataFolder }).map((file) => ({
  place: dirname(file),
  ...casesFile.parse(parse(readFileSync(join(dataFolder, file), 'utf8'))),
}))
const definitionAt = (place: string) =>
  definitions.find(({ name, version }) => `monitors/${name}/${version}` === place)!

it('finds cases beside every monitor, at least four for each item', () => {
  expect(files.map(({ place }) => place).toSorted()).toEqual(
    definitions.map(({ name, version }) => `monitors/${name}/${version}`).toSorted(),
  )
  for (const { place, cases } of files)
    for (const item of definitionAt(place).items)
      expect([item.id, cases.filter((one) => one.item === item.id).length >= 4]).toEqual([item.id, true])
})

describe.each(['Europe/Brussels', 'America/Los_Angeles', 'Pacific/Kiritimati'])('with the clock of %s', (clock) => {
  const before = process.env['TZ']
  beforeEach(() => {
    process.env['TZ'] = clock
  })
  afterEach(() => {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  })

  describe.each(files)('$place', ({ place, zone, at, cases }) => {
    it.each(cases)('$item: $name', (one) => {
      const definition = definitionAt(place)
      const item = definition.items.find(({ id }) => id === one.item)
      if (item === undefined) throw new TypeError(`no item ${one.item}`)
      const facts = factsOf(definition, one.patient, one.values, one.zone ?? zone)
      const found = evaluateItem(definition, item, facts, new Date(one.at ?? at))
      expect(found.state).toBe(one.state)
      if (one.basis !== undefined) expect(found.basis).toBe(one.basis)
      if (one.why !== undefined) expect(found.reason.code).toBe(one.why)
      const told = [...found.notes, ...found.questions].map(({ code }) => code)
      for (const code of one.notes) expect(told).toContain(code)
      if (one.record !== undefined) expect(found.evidence[0]?.record).toBe(one.record)
      if (one.next !== undefined)
        expect(found.nextChangeAt).toBe(one.next === null ? null : new Date(one.next).toISOString())
      if (one.becomes !== undefined) expect(found.next?.standing.state).toBe(one.becomes)
    })
  })
})
