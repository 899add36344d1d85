import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** One source file, taken apart as far as the checkers need. */
export interface SourceFile {
  /** From the root, with forward slashes: `src/kernel/ids.ts`. */
  readonly path: string
  /** The text with comments and the inside of strings blanked, line breaks kept. */
  readonly code: string
  /** The string and template literals, without quotes. */
  readonly strings: readonly string[]
  readonly lineCount: number
  readonly isTest: boolean
  /** The specifiers of all imports, re-exports and dynamic imports. */
  readonly imports: readonly string[]
}

/** Reads the TypeScript files below `folders` of a root, in order of their path; a folder that is not there has none. */
export async function readTree(root: string, folders: readonly string[]): Promise<SourceFile[]> {
  const files: SourceFile[] = []
  for (const folder of folders) {
    const names = await readdir(join(root, folder), { recursive: true }).catch(() => [])
    for (const name of names.filter((each) => /\.tsx?$/.test(each) && !each.includes('node_modules')).sort()) {
      const path = relative(root, join(root, folder, name)).replaceAll('\\', '/')
      files.push(takeApart(path, await readFile(join(root, path), 'utf8')))
    }
  }
  return files
}

const lexeme =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|(?<=[=(,:[!&|?{};\n]\s*)\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g

const specifier = /(?:\bfrom|\bimport)\s*\(?\s*$/

function takeApart(path: string, text: string): SourceFile {
  const strings: string[] = []
  const imports: string[] = []
  const code = text.replace(lexeme, (found, offset: number) => {
    if (!/^['"`]/.test(found)) return found.replace(/[^\n]/g, ' ')
    const inside = found.slice(1, -1)
    strings.push(inside)
    if (specifier.test(text.slice(Math.max(0, offset - 40), offset))) imports.push(inside)
    return `${found[0]}${inside.replace(/[^\n]/g, ' ')}${found[0]}`
  })
  const lineCount = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  return { path, code, strings, lineCount, isTest: /\.test\.tsx?$/.test(path), imports }
}
