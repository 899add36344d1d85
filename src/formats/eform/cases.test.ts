import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { dataFolder } from '../../kernel/package-root.ts'
import { shippedForms } from './catalogue.ts'
import { isObject } from './form.ts'
import { readEForm } from './read.ts'

const casesFile = z.strictObject({
  receivedAt: z.string(),
  form: z.record(z.string(), z.unknown()),
  cases: z.array(
    z.strictObject({
      name: z.string(),
      at: z.string().optional(),
      change: z.record(z.string(), z.unknown()),
      kind: z.string().optional(),
      faults: z.array(z.string()),
    }),
  ),
})

const files = globSync('forms/*/*/cases.yaml', { cwd: dataFolder }).map((file) => ({
  place: dirname(file),
  ...casesFile.parse(parse(readFileSync(join(dataFolder, file), 'utf8'))),
}))

const format = readEForm(shippedForms())

it('finds cases beside every version of every form', () => {
  const versions = shippedForms().forms.map((form) => join('forms', form.name, form.version))
  expect(files.map((file) => file.place).toSorted()).toEqual(versions.toSorted())
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

  it('really is in that zone', () => {
    expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone)
  })

  describe.each(files)('$place', ({ receivedAt, form, cases }) => {
    it.each(cases)('$name', ({ at, change, kind, faults }) => {
      const bytes = Buffer.from(JSON.stringify(laidOver(form, change)))
      const reading = format.read(bytes, { receivedAt: new Date(at ?? receivedAt) })
      if (reading.state !== 'read') throw new Error(`not read: ${reading.faults[0]?.code}`)
      const [record] = reading.records
      const found = record?.faults.map(({ severity, code, path }) => `${severity} ${code} ${path}`)
      expect(found?.toSorted()).toEqual(faults.toSorted())
      if (kind !== undefined) expect(record?.formKind).toBe(kind)
      const isRefused = faults.some((fault) => fault.startsWith('error'))
      if (!isRefused && record?.action.state !== 'withdraw') expect(record?.content).not.toBeNull()
    })
  })
})

/** One object over another, deep; null takes away. */
function laidOver(form: unknown, change: unknown): unknown {
  if (!isObject(form) || !isObject(change)) return change
  const keys = new Set([...Object.keys(form), ...Object.keys(change)])
  const pairs = [...keys].map((key) => [key, key in change ? laidOver(form[key], change[key]) : form[key]] as const)
  return Object.fromEntries(pairs.filter(([, value]) => value !== null))
}
