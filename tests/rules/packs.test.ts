import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { shippedTables } from '../../src/formats/lab/tables.ts'
import { tellFault } from '../../src/kernel/fault.ts'
import { dataFolder } from '../../src/kernel/package-root.ts'
import { runCases } from '../../src/rules/cases.ts'
import { loadPack, loadPacks } from '../../src/rules/load.ts'
import { writtenRules } from '../../src/rules/pack.ts'
import { prepared } from '../../src/rules/prepare.ts'

const folder = join(dataFolder, 'packs')
const versions = readdirSync(folder).flatMap((name) =>
  readdirSync(join(folder, name)).map((version) => join(name, version)),
)

it.each(versions)('%s loads without a fault', (place) => {
  const reading = loadPack(join(folder, place))
  const faults = reading.state === 'refused' ? reading.faults.map((fault) => tellFault(fault).texts.en) : []
  expect(faults).toEqual([])
})

describe.each(['Europe/Brussels', 'America/Los_Angeles', 'Pacific/Kiritimati'])('with the clock of %s', (zone) => {
  const before = process.env['TZ']
  beforeEach(() => {
    process.env['TZ'] = zone
  })
  afterEach(() => {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  })

  it.each(loadPacks())('every case of $name $version gives what it says', (pack) => {
    const results = runCases(pack, (subject) => prepared(subject, shippedTables()))
    expect(results.length).toBeGreaterThan(writtenRules(pack))
    expect(results.filter(({ ok }) => !ok)).toEqual([])
  })
})

it('has a rule for every warning a form can give', () => {
  const reading = loadPack(join(folder, 'eform-quality/1.0.0'))
  const ids = reading.state === 'loaded' ? reading.pack.rules.map(({ id }) => id) : []
  const cases = readdirSync(join(dataFolder, 'forms'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('cases.yaml'))
    .map((file) => readFileSync(join(dataFolder, 'forms', file), 'utf8'))
  const warned = new Set(cases.flatMap((text) => [...text.matchAll(/warning ([a-z-]+) \//g)].map((found) => found[1]!)))
  expect(warned.size).toBeGreaterThan(5)
  expect([...warned].filter((code) => !ids.includes(code))).toEqual([])
})

it('runs every shipped rule on the fast path', () => {
  const slow = loadPacks().flatMap(({ rules }) =>
    rules.flatMap((rule) =>
      rule.state === 'stream'
        ? []
        : [rule.applies, rule.expr, ...rule.params.map(([, expression]) => expression)]
            .filter(({ way }) => way !== 'fast')
            .map(({ text }) => `${rule.id}: ${text}`),
    ),
  )
  expect(slow).toEqual([])
})
