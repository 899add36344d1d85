import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { dataFolder } from '../kernel/package-root.ts'
import { packOf } from '../rules/load.ts'
import { readPack, type Pack } from '../rules/pack.ts'

const updatedPack = 'lab-quality'

/** What is asked of the hub: the update, by whom and why. */
export const updateStep = {
  pack: updatedPack,
  version: '1.1.0',
  actor: 'lea',
  why: 'asked for by the exchange in FHIR',
} as const

/** The rule of the update that misjudges a laboratory. */
export const misjudgingRule = 'unit-spelled-as-ucum'

const addedFile = z.strictObject({
  version: z.string(),
  rule: z.record(z.string(), z.unknown()),
  cases: z.array(z.unknown()),
})

/** The update of the drill: the shipped version with one more rule, and the cases its author thought of. */
export function labUpdate(): Pack {
  const read = (...place: string[]): string => readFileSync(join(dataFolder, ...place), 'utf8')
  const added = addedFile.parse(parse(read('drills', 'lab-quality-1.1.0', 'added.yaml')))
  const pack = parse(read('packs', updatedPack, '1.0.0', 'pack.yaml')) as { rules: unknown[] }
  const cases = parse(read('packs', updatedPack, '1.0.0', 'cases.yaml')) as { cases: unknown[] }
  const reading = readPack({
    pack: stringify({ ...pack, version: added.version, rules: [...pack.rules, added.rule] }),
    cases: stringify({ ...cases, cases: [...cases.cases, ...added.cases] }),
    notes: read('drills', 'lab-quality-1.1.0', 'NOTES.md'),
  })
  return packOf(reading, `${updatedPack}@${added.version}`)
}
