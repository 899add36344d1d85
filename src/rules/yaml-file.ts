import { LineCounter, parseDocument, isNode } from 'yaml'
import type { z } from 'zod'
import type { Fault } from '../kernel/fault.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { Params } from '../kernel/language.ts'

/** A YAML file that was read against a schema, and where each of its parts stands. */
export interface YamlReading<Type> {
  /** Null when the file has faults. */
  readonly data: Type | null
  readonly faults: readonly Fault[]
  /** The line of a part, from 1; 0 when it is not there. */
  readonly lineOf: (path: readonly (string | number)[]) => number
}

/** Bytes of one file; a rule pack is written by hand. */
const longest = 1_000_000

/**
 * Reads YAML 1.2 with every fault at once, each with its line. Aliases are not expanded beyond a hundred, so that a file
 * of a few lines cannot fill the memory.
 */
export function readYaml<Type>(file: string, text: string, schema: z.ZodType<Type>): YamlReading<Type> {
  const lines = new LineCounter()
  if (text.length > longest) {
    const fault = packFault('pack-not-yaml', file, 0, { reason: `at most ${longest} characters` })
    return { data: null, faults: [fault], lineOf: () => 0 }
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) =>
      packFault('pack-not-yaml', file, lines.linePos(error.pos[0]).line, { reason: plain(error.message) }),
    )
    return { data: null, faults, lineOf: () => 0 }
  }
  const lineOf = (path: readonly (string | number)[]): number => {
    for (let length = path.length; length > 0; length--) {
      const node: unknown = document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 0
  }
  let held: unknown
  try {
    held = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    return { data: null, faults: [packFault('pack-not-yaml', file, 0, { reason: plain(String(error)) })], lineOf }
  }
  const found = schema.safeParse(held)
  if (found.success) return { data: found.data, faults: [], lineOf }
  const faults = found.error.issues.map((issue) => {
    const path = issue.path.filter((step) => typeof step !== 'symbol')
    return packFault(
      'pack-field',
      file,
      lineOf(path),
      { path: path.join('.') || file, reason: plain(issue.message) },
      path,
    )
  })
  return { data: null, faults, lineOf }
}

/** A fault of a pack, with the file and the line in its words. */
export function packFault(
  code: ErrorCode,
  file: string,
  line: number,
  params: Params,
  path: readonly (string | number)[] = [],
): Fault {
  return { code, severity: 'error', path: path.map((step) => `/${step}`).join(''), params: { file, line, ...params } }
}

function plain(message: string): string {
  return message.split('\n')[0]!.replace(/\.$/, '').slice(0, 200)
}
