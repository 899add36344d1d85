import { createRequire } from 'node:module'
import { EvaluationError, SyntaxFault } from './faults.ts'
import { System, type Item } from './values.ts'
import { When } from './when.ts'
import { codeSystems, type Env } from './compiled.ts'

type FhirPath = (typeof import('fhirpath'))['default']

let loaded: FhirPath | null = null
let now = ''

/** The reference implementation is big and seldom needed: it is only loaded when an expression asks for it. */
function fhirpath(): FhirPath {
  loaded ??= createRequire(import.meta.url)('fhirpath') as FhirPath
  return loaded
}

/** An expression compiled by fhirpath.js, without a model: the objects of rules are plain JSON. */
export function compileReference(expression: string): (root: Item, env: Env) => unknown[] {
  const run = compiled(expression)
  return (root, env) => {
    now = env.now.written
    const variables = Object.fromEntries(
      [...codeSystems, ...Object.entries(env.variables)].map(([name, value]) => [name, toReference(value)]),
    )
    try {
      return silently(() => run(root, variables))
    } catch (cause) {
      throw new EvaluationError(String(cause), { cause })
    }
  }
}

/** `trace()` and some warnings of fhirpath.js print the values they meet; what a record says belongs in no log. */
function silently<Made>(does: () => Made): Made {
  const { log, warn } = console
  Object.assign(console, { log: () => undefined, warn: () => undefined })
  try {
    return does()
  } finally {
    Object.assign(console, { log, warn })
  }
}

/** A moment as the reference holds it. */
function literal(text: string): unknown[] {
  return fhirpath().evaluate({}, `@${text}`, {}, undefined, { resolveInternalTypes: false }) as unknown[]
}

type Run = (root: unknown, variables: Record<string, unknown>) => unknown[]

function compiled(expression: string): Run {
  const { compile } = fhirpath()
  // A rule asks what the time was when the record came, not what it is now.
  const userInvocationTable = {
    now: { fn: () => literal(now), arity: { 0: [] } },
    today: { fn: () => literal(now.slice(0, 10)), arity: { 0: [] } },
  }
  try {
    return compile(expression, undefined, { userInvocationTable, resolveInternalTypes: true } as never) as Run
  } catch (cause) {
    throw new SyntaxFault(0, firstLine(cause))
  }
}

function firstLine(cause: unknown): string {
  return String(cause instanceof Error ? cause.message : cause)
    .split('\n')[0]!
    .slice(0, 200)
}

/** Values of our own types as text; nothing as an empty list. */
function toReference(value: unknown): unknown {
  if (value === null || value === undefined) return []
  if (value instanceof When) return literal(value.written)
  return value instanceof System ? value.toString() : value
}
