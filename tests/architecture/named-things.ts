import { globSync } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** These two are written from the code itself, and held equal to it. */
const generated = new Set(['docs/commands.md', 'docs/errors.md'])

/** What the documents name and is not there: commands and their options, scripts of npm, files, and links. */
export async function missingThings(root: string): Promise<string[]> {
  const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).filter((path) => !generated.has(path))
  const missing = await Promise.all(
    documents.toSorted().map(async (document) => {
      const text = await readFile(join(root, document), 'utf8')
      const named = [...links(text, document), ...files(text), ...scripts(text), ...commands(text)]
      const gone: string[] = []
      for (const one of named) if (!(await isThere(root, one))) gone.push(`${document}: ${one.name} is not there`)
      return [...new Set(gone)]
    }),
  )
  return missing.flat()
}

/** Whether a command, the word after it when it is one of its own, and its options are there. */
export function commandIsThere(root: string, name: string): Promise<boolean> {
  return isThere(root, { kind: 'command', name })
}

interface Named {
  readonly kind: 'file' | 'script' | 'command'
  readonly name: string
}

function links(text: string, document: string): Named[] {
  const targets = [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!)
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => ({ kind: 'file', name: join(dirname(document), target) }))
}

/** Paths in code marks, from the root or from `src`; `DATA/` is the folder of a running hub. */
function files(text: string): Named[] {
  const paths = [...text.matchAll(/`([a-z][\w-]*\/(?:[\w-]+\/)*[\w.-]+\.(?:ts|tsx|json|yaml|md))`/g)]
  return paths.map((match) => ({ kind: 'file', name: match[1]! }))
}

function scripts(text: string): Named[] {
  return [...text.matchAll(/npm run ([a-z]+)/g)].map((match) => ({ kind: 'script', name: match[1]! }))
}

function commands(text: string): Named[] {
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!)
  const fenced = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap((match) => match[1]!.split('\n'))
  return [...inline, ...fenced]
    .map((line) => line.replace(/#.*$/, ''))
    .flatMap((line) => [...line.matchAll(/(?:^|npx |\s)(sluis [a-z][^|;)]*)/g)].map((match) => match[1]!.trim()))
    .map((name) => ({ kind: 'command', name }))
}

async function isThere(root: string, { kind, name }: Named): Promise<boolean> {
  if (kind === 'file') return (await exists(join(root, name))) || exists(join(root, 'src', name))
  if (kind === 'script') {
    const { scripts: known } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>
    }
    return known[name] !== undefined
  }
  const [, command = '', ...rest] = name.replace(/^npx /, '').split(/\s+/)
  const own = globSync([`src/commands/${command}.ts`, `src/commands/${command}-*.ts`], { cwd: root })
  const shared = globSync('src/commands/shared/*.ts', { cwd: root })
  if (own.length === 0) return false
  const read = async (paths: readonly string[]) =>
    (await Promise.all(paths.map((path) => readFile(join(root, path), 'utf8')))).join('\n')
  const [words, around] = [await read(own), await read(shared)]
  const options = rest.map((word) => /^--[a-z-]+/.exec(word)?.[0]).filter((word) => word !== undefined)
  const action = /^[a-z][a-z-]*$/.exec(rest[0] ?? '')?.[0]
  return (
    options.every((option) => words.includes(option) || around.includes(option)) &&
    (action === undefined || new RegExp(`\\b${action}\\b`).test(words))
  )
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
