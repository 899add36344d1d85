import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commandIsThere } from './named-things.ts'

/** One row of docs/demands.md: `| id | demand | shown by |`. */
interface Demand {
  readonly id: string
  readonly shownBy: string
}

/** The rows of the table; its head and its rule are none. */
function readDemands(markdown: string): Demand[] {
  const rows = markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1)
        .replace(/\|\s*$/, '')
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    )
  return rows
    .filter((cells) => cells.length >= 3 && !/^:?-+:?$/.test(cells[0]!) && cells[0]!.toLowerCase() !== 'id')
    .map((cells) => ({ id: cells[0]!, shownBy: cells.slice(2).join('|') }))
}

/** Rows that name a test or a command that is not there, or nothing at all. */
export async function brokenDemands(root: string): Promise<string[]> {
  const markdown = await readFile(join(root, 'docs/demands.md'), 'utf8').catch(() => null)
  if (markdown === null) return ['docs/demands.md is not there']
  const demands = readDemands(markdown)
  const broken: string[] = demands.length === 0 ? ['docs/demands.md has no rows'] : []
  const seen = new Set<string>()
  for (const { id, shownBy } of demands) {
    if (seen.has(id)) broken.push(`demand ${id}: stands there twice`)
    seen.add(id)
    const quoted = [...shownBy.matchAll(/`([^`]+)`/g)].map((match) => match[1]!)
    if (quoted.length === 0 && !/not yet/i.test(shownBy)) broken.push(`demand ${id}: names no test, and not "not yet"`)
    for (const name of quoted) {
      if (!(await isThere(root, name))) broken.push(`demand ${id}: ${name} is not there`)
    }
  }
  return broken
}

async function isThere(root: string, name: string): Promise<boolean> {
  if (/^(?:npx )?sluis [a-z]/.test(name)) return commandIsThere(root, name)
  return /^(?:tests|src|neighbours|bench|data|docs)\//.test(name) ? exists(join(root, name.split('#')[0]!)) : true
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
