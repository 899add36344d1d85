import { nodesOf, type Node } from './language/ast.ts'
import { compileNode } from './language/compile.ts'
import type { Env, Eval } from './language/compiled.ts'
import { Beyond, EvaluationError } from './language/faults.ts'
import { parseExpression } from './language/parse.ts'
import { compileReference } from './language/reference.ts'
import { listOf, System, type Item } from './language/values.ts'
import { When } from './language/when.ts'

/** What an expression may look at besides the object: `%names`, and what `now()` says. */
export interface Scope {
  readonly variables: Readonly<Record<string, unknown>>
  /** ISO 8601 with offset. */
  readonly now: string
}

export interface Expression {
  readonly text: string
  /** `fast`: closures of our own. `reference`: fhirpath.js, because it uses what the fast path leaves out. */
  readonly way: 'fast' | 'reference'
  /** The values it gives, JSON and texts; throws `EvaluationError` when it cannot be evaluated on this object. */
  readonly values: (root: object, scope: Scope) => unknown[]
  /** Yes, no, or undefined when it says nothing; throws `EvaluationError`, also when it gives no yes or no. */
  readonly answer: (root: object, scope: Scope) => boolean | undefined
  /** The `%names` it uses; null when only the reference can read it. */
  readonly variables: ReadonlySet<string> | null
}

/**
 * Compiles an expression of FHIRPath N1. Throws `SyntaxFault` when it is none.
 *
 * What the fast path is not certain to answer as the specification says goes to fhirpath.js: a whole expression when it
 * uses an unknown part, or one evaluation when it meets, say, two units that must be converted.
 *
 * Source: FHIRPath N1, http://hl7.org/fhirpath/N1.
 *
 * @example compileExpression("status in ('final' | 'corrected')").answer({ status: 'final' }, { variables: {}, now }) // true
 */
export function compileExpression(text: string): Expression {
  const compiled = compileFast(text)
  let reference = compiled === null ? compileReference(text) : null
  const slow = (root: Item, env: Env): unknown[] => (reference ??= compileReference(text))(root, env)

  const values = (root: object, scope: Scope): unknown[] => {
    const env = environment(root, scope)
    if (compiled === null) return slow(root as Item, env)
    try {
      return listOf(compiled.run(root as Item, env)).map((item) => (item instanceof System ? item.toString() : item))
    } catch (error) {
      if (error instanceof Beyond) return slow(root as Item, env)
      throw error
    }
  }
  return {
    text,
    way: compiled === null ? 'reference' : 'fast',
    variables: compiled === null ? null : variablesOf(compiled.node),
    values,
    answer: (root, scope) => {
      if (compiled === null) return yesOrNo(values(root, scope))
      const env = environment(root, scope)
      try {
        const value = compiled.run(root as Item, env)
        return value === undefined || typeof value === 'boolean' ? value : yesOrNo(listOf(value))
      } catch (error) {
        if (error instanceof Beyond) return yesOrNo(slow(root as Item, env))
        throw error
      }
    },
  }
}

/** The fast path of an expression, or null when it is left to the reference. */
function compileFast(text: string): { readonly node: Node; readonly run: Eval } | null {
  try {
    const node = parseExpression(text)
    return { node, run: compileNode(node) }
  } catch (error) {
    if (error instanceof Beyond) return null
    throw error
  }
}

/** All the rules of a pack look at one record in one scope, one after another. */
let last: { readonly scope: Scope; readonly env: Env } | null = null

function environment(root: object, scope: Scope): Env {
  if (last === null || last.scope !== scope || last.env.root !== root) {
    const now = When.read(scope.now, 'dateTime')
    if (now === null) throw new EvaluationError('now is no moment')
    last = { scope, env: { root: root as Item, variables: scope.variables, now, index: 0 } }
  }
  // A loop that broke off has left its count behind.
  last.env.index = 0
  return last.env
}

function yesOrNo(values: readonly unknown[]): boolean | undefined {
  if (values.length === 0) return undefined
  if (values.length === 1 && typeof values[0] === 'boolean') return values[0]
  throw new EvaluationError('a rule answers yes or no, and this gives something else')
}

function variablesOf(node: Node): ReadonlySet<string> {
  const names = new Set<string>()
  for (const each of nodesOf(node)) if (each.kind === 'variable') names.add(each.name)
  return names
}
