import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { installShipped } from '../../src/checking/install.ts'
import { makeRuleSets } from '../../src/checking/rule-sets.ts'
import { connect } from '../../src/store/connect.ts'
import { lineKey } from '../support/line.ts'
import { createTestDatabase } from '../support/database.ts'

const root = join(import.meta.dirname, '..', '..')

/** The commands of a part of the page, word for word. */
async function commandsOf(title: string): Promise<string[]> {
  const page = await readFile(join(root, 'docs', 'packs.md'), 'utf8')
  const from = page.indexOf(`## ${title}`)
  const part = page.slice(from, page.indexOf('\n## ', from))
  return [...part.matchAll(/```sh\n([^]*?)```/g)].map((match) => match[1]!)
}

test('a new user writes a rule with its cases, tries it and reads its impact by the page alone', async () => {
  // Without the first: that one asks a running hub for results.
  const stdout = await follow((await commandsOf('Your own rule')).slice(1))
  expect(stdout).toMatch(/lab-quality 1\.1\.0: (\d+) rules, (\d+) of \2 cases give what they say/)
  expect(stdout).toMatch(/try +lab-quality +1\.1\.0/)
})

test('tables of a laboratory are changed, tried, let count for it and taken back by the page alone', async () => {
  const stdout = await follow(['npx sluis pack list', ...(await commandsOf('Another line in the tables'))])
  expect(stdout).toMatch(/lab-quality +1\.0\.0 +lab-tables@1\.0\.0 +active/)
  expect(stdout).toContain('Tables: lab-tables@1.1.0, its own.')
  expect(stdout).toContain(
    'Tables from lab-tables@1.0.0 to lab-tables@1.1.0. Lines added: labo-noord GLUC2 = 14771-0; changed',
  )
  expect(stdout).toContain('lab-quality 1.2.0 counts for these senders')
})

test('a check of forms that is wrong is undone, and brought back, by the page alone', async () => {
  const stdout = await follow(await commandsOf('A check of forms that is wrong'))
  expect(stdout).toMatch(/eform-quality 1\.1\.1: (\d+) rules, (\d+) of \2 cases give what they say/)
  expect(stdout).toContain('eform-quality 1.1.1 counts')
})

/** Runs commands in a folder of their own, on a database with a laboratory and the packs of the hub. */
async function follow(commands: readonly string[]): Promise<string> {
  const database = await createTestDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'sluis-packs-page-'))
  onTestFinished(async () => {
    await rm(folder, { recursive: true, force: true })
    await database.drop()
  })
  const db = connect({ url: database.url, connections: 2 })
  await installShipped({ db, ruleSets: makeRuleSets() })
  await db.query({
    text: `insert into sender (client_id, name, kind, public_keys) values ('laboratory-loopback', 'A', 'laboratory', '[]')`,
  })
  await db.close()
  await symlink(join(root, 'data'), join(folder, 'data'))
  const npx = `npx() { shift; "${process.execPath}" "${join(root, 'src', 'cli.ts')}" "$@"; }`
  const env = { ...process.env, DATABASE_URL: database.url, SLUIS_MASTER_KEY: lineKey.toString('base64') }
  const script = [npx, 'set -e', ...commands].join('\n')
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder, env })
  return stdout
}
