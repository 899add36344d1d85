import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { beginReport, runReport } from '../../src/checking/dry-run.ts'
import { tableFiles, type TableTexts } from '../../src/formats/lab/tables.ts'
import { dataFolder } from '../../src/kernel/package-root.ts'
import { readPack, type Pack } from '../../src/rules/pack.ts'
import { makeLabWorld, quality, somebodyElse, tube, type LabWorld, type Sent } from './laboratory.ts'

/** The shipped checks with tables of their own, in which local codes of the laboratory stand for something. */
function packWith(version: string, codes: string): Pack {
  const read = (file: string): string => readFileSync(join(dataFolder, 'tables/lab-tables/1.0.0', file), 'utf8')
  const files = Object.fromEntries(tableFiles.map((file) => [file, read(file)])) as TableTexts
  const reading = readPack({
    pack: quality()
      .source.pack.replace('version: 1.0.0', `version: ${version}`)
      .replace('{ name: lab-tables, version: 1.0.0 }', `{ name: lab-tables, version: ${version} }`),
    cases: null,
    notes: '',
    tables: {
      ...files,
      'table.yaml': files['table.yaml'].replace('1.0.0', version),
      'codes.yaml': `sources: { labo-noord: { ${codes} } }`,
    },
  })
  if (reading.state !== 'loaded') throw new Error(JSON.stringify(reading.faults))
  return reading.pack
}

const known = packWith('1.1.0', 'GLU: 14749-6')

const [before, then] = [{ daysAgo: 30 }, { daysAgo: 2 }]

/** Creatinine and glucose of one tube, the second under the laboratory's own code. */
function ownTube(...sent: Parameters<typeof tube>): [Sent, Sent] {
  const [creatinine, glucose] = tube(...sent)
  return [creatinine!, { ...glucose!, code: 'GLU', system: 'L' }]
}

/** What two patients had, and their next tubes, which changed places. */
async function swappedTubes(world: LabWorld): Promise<[[Sent, Sent], [Sent, Sent]]> {
  await world.results(
    ...ownTube('80', '5.1', before, 'A'),
    ...ownTube('290', '10.4', { ...somebodyElse, ...before }, 'B'),
  )
  return [ownTube('288', '10.6', then, 'C'), ownTube('81', '5.0', { ...somebodyElse, ...then }, 'D')]
}

/** How many results a version withholds as exchanged. */
async function exchangedBy(world: LabWorld, pack: Pack): Promise<number> {
  const hash = pack.rules.find(({ id }) => id === 'series-swap')!.hash
  return world.count(`select count(*)::int as n from verdict where rule_hash = decode($1, 'hex')`, [hash])
}

async function tried(world: LabWorld, pack: Pack): Promise<number> {
  const setting = await world.install(pack)
  const id = await beginReport(world.db, { purpose: 'try', setting, pack, actor: 'test' })
  expect(await runReport({ ...world, worker: 'test' }, id)).toBe('done')
  return exchangedBy(world, pack)
}

test('what fits when exchanged by one version of the tables is judged anew by another', async () => {
  const world = await makeLabWorld()
  await world.set(known, 'active')
  for (const tubes of await swappedTubes(world)) await world.results(...tubes)
  expect(await world.hidden()).toBe(4)
  // Without the code it is one analyte, and chance.
  expect(await tried(world, quality())).toBe(0)
  expect(await tried(world, packWith('1.2.0', 'GLU: 14749-6, OTHER: 14749-6'))).toBe(4)
})

test('what one version of the tables makes of results says nothing to another beside it', async () => {
  const world = await makeLabWorld()
  await world.set(known, 'active')
  await world.set(quality(), 'shadow')
  const [[creatinine, glucose], [otherCreatinine, otherGlucose]] = await swappedTubes(world)
  for (const one of [glucose, otherGlucose, creatinine, otherCreatinine]) await world.results(one)
  expect(await exchangedBy(world, known)).toBe(4)
  expect(await exchangedBy(world, quality())).toBe(0)
})
