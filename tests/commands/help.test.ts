import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../../src/cli.ts'
import { sluis } from './support.ts'

const root = join(import.meta.dirname, '..', '..')
const page = join(root, 'docs', 'commands.md')

const head = `# The commands

Written from the help of each command; do not edit it by hand. A test holds the two equal, and
\`UPDATE_DOCS=1 npx vitest run tests/commands/help.test.ts\` writes this page again.

Exit codes are the same everywhere: 0 good, 1 the answer is bad, 2 wrong use. What takes long tells on standard error how far
it is; what is for programs (\`--json\`) goes to standard output alone.
`

const present = Object.entries(commands).filter(([name]) => existsSync(join(root, 'src', 'commands', `${name}.ts`)))

test('docs/commands.md says what the commands say of themselves', { timeout: 300_000 }, async () => {
  const sections: string[] = [head]
  for (const [name, what] of present) {
    const { code, out } = await sluis([name, '--help'])
    expect({ name, code }).toEqual({ name, code: 0 })
    sections.push(
      `## sluis ${name}\n\n${what[0]!.toUpperCase()}${what.slice(1)}.\n\n\`\`\`text\n${out.trimEnd()}\n\`\`\`\n`,
    )
  }
  const text = sections.join('\n')
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(page, text)
  expect(await readFile(page, 'utf8').catch(() => '')).toBe(text)
})

const ours = [
  'start',
  'send',
  'trace',
  'account',
  'backlog',
  'pause',
  'urgent',
  'replay',
  'client',
  'migrate',
  'doctor',
]

test.each(ours)('sluis %s tells an option nobody knows from its own, with its help', async (name) => {
  const said = await sluis([name, '--no-such-option'])
  expect(said).toMatchObject({ code: 2, out: '' })
  expect(said.err).toContain(`sluis ${name}`)
  expect(await sluis([name, '--language', 'xx'])).toMatchObject({ code: 2, out: '' })
})
