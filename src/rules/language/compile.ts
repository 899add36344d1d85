import type { Node } from './ast.ts'
import { codeSystems, type Eval } from './compiled.ts'
import { equal } from './equal.ts'
import { Beyond, SyntaxFault } from './faults.ts'
import { collectionFunctions, type FunctionRow } from './functions.ts'
import { operators } from './operators.ts'
import { scalarFunctions } from './scalar-functions.ts'
import { isOfType } from './system-types.ts'
import { collect, isList, numeric, single, System, valueOf, wholeNumber, type Value } from './values.ts'
import { Amount } from './amount.ts'
import { When } from './when.ts'

const functions: ReadonlyMap<string, FunctionRow> = new Map(
  Object.entries({ ...collectionFunctions, ...scalarFunctions }),
)

/**
 * Translates a parsed expression into closures over plain JSON objects. Throws `Beyond` for what the reference does.
 *
 * @example compileNode(parseExpression('value.value > 5'))({ value: { value: 7 } }, env) // true
 */
export function compileNode(node: Node): Eval {
  switch (node.kind) {
    case 'literal':
      return () => node.value
    case 'nothing':
      return () => undefined
    case 'this':
      return (self) => self
    case 'index':
      return (_self, env) => env.index
    case 'variable':
      return compileVariable(node.name)
    case 'member':
      return compileMember(node)
    case 'indexer':
      return compileIndexer(compileNode(node.target), compileNode(node.at))
    case 'call':
      return compileCall(node)
    case 'negative':
      return compileNegative(compileNode(node.operand))
    case 'operator':
      return compileOperator(node)
    default:
      return compileType(node)
  }
}

function compileVariable(name: string): Eval {
  if (name === 'context' || name === 'resource') return (_self, env) => env.root
  const system = codeSystems.get(name)
  if (system !== undefined) return () => system
  if (name in Object.prototype) throw new Beyond(`the variable ${name}`)
  return (_self, env) => {
    const held = env.variables[name]
    if (held === undefined && !Object.hasOwn(env.variables, name)) throw new Beyond(`the variable ${name}`)
    return typeof held === 'object' ? valueOf(held) : (held as Value)
  }
}

function compileMember({ target, name }: Extract<Node, { kind: 'member' }>): Eval {
  if (name === 'extension') throw new Beyond('what lies beside a value')
  // Only names that every object inherits need the slower look: `constructor` is no field of a result.
  const get = name in Object.prototype ? ownField : field
  if (target !== null) {
    const from = compileNode(target)
    return (self, env) => get(from(self, env), name)
  }
  if (!/^[A-Z]/.test(name)) return (self) => get(self, name)
  // A path may begin with the type of what it starts on: `Observation.status`.
  return (self) => {
    if (!isList(self) && typeof self === 'object' && 'resourceType' in self && self.resourceType === name) return self
    return get(self, name)
  }
}

function field(target: Value, name: string): Value {
  if (typeof target !== 'object' || target instanceof System) return undefined
  if (isList(target)) return collect(target.map((item) => field(item, name)))
  const held = (target as Readonly<Record<string, unknown>>)[name]
  return typeof held === 'object' ? valueOf(held) : (held as Value)
}

function ownField(target: Value, name: string): Value {
  if (typeof target !== 'object' || target instanceof System) return undefined
  if (isList(target)) return collect(target.map((item) => ownField(item, name)))
  return Object.hasOwn(target, name) ? field(target, name) : undefined
}

function compileIndexer(target: Eval, at: Eval): Eval {
  return (self, env) => {
    const list = target(self, env)
    const index = wholeNumber(at(self, env))
    if (index === undefined) return undefined
    return isList(list) ? list[index] : index === 0 ? list : undefined
  }
}

function compileNegative(operand: Eval): Eval {
  return (self, env) => {
    const value = operand(self, env)
    if (value instanceof Amount) return value.negative()
    const number = numeric(value)
    return number === undefined ? undefined : -number
  }
}

function compileOperator({ name, left, right }: Extract<Node, { kind: 'operator' }>): Eval {
  const fixed = right.kind === 'literal' && typeof right.value === 'string' ? right.value : null
  const a = compileNode(left)
  if (fixed !== null && name === '=') return equalsText(a, fixed)
  if (name === 'in') {
    const texts = textsOf(right)
    if (texts !== null) return isOneOf(a, new Set(texts))
  }
  const operator = operators[name]
  if (operator === undefined) throw new Beyond(`the operator ${name}`)
  return operator(a, compileNode(right))
}

/** The most common of all tests, `field = 'text'`, without the general comparison. */
function equalsText(operand: Eval, text: string): Eval {
  return (self, env) => {
    const value = operand(self, env)
    return typeof value === 'string' ? value === text : equal(value, text)
  }
}

/** `field in ('a' | 'b')` as one look into a set. */
function isOneOf(operand: Eval, texts: ReadonlySet<string>): Eval {
  return (self, env) => {
    const value = single(operand(self, env))
    return value === undefined ? undefined : typeof value === 'string' && texts.has(value)
  }
}

function textsOf(node: Node): string[] | null {
  if (node.kind === 'literal') return typeof node.value === 'string' ? [node.value] : null
  if (node.kind !== 'operator' || node.name !== '|') return null
  const [left, right] = [textsOf(node.left), textsOf(node.right)]
  return left === null || right === null ? null : [...left, ...right]
}

function compileType({ name, operand, type }: Extract<Node, { kind: 'type' }>): Eval {
  const is = isOfType(type)
  const value = compileNode(operand)
  return (self, env) => {
    const item = single(value(self, env))
    if (item === undefined) return undefined
    return name === 'is' ? is(item) : is(item) ? item : undefined
  }
}

function compileCall(node: Extract<Node, { kind: 'call' }>): Eval {
  if (node.target === null && node.args.length === 0) {
    if (node.name === 'now') return (_self, env) => env.now
    // The day where the moment was written, so that no zone of this machine comes in.
    if (node.name === 'today') return (_self, env) => When.read(env.now.written.slice(0, 10), 'date') ?? undefined
  }
  const row = functions.get(node.name)
  if (row === undefined || node.args.length < row.from || node.args.length > row.to) {
    throw new Beyond(`the function ${node.name}`)
  }
  const typeName = node.name === 'ofType' ? pathName(node.args[0]!) : null
  return row.compile({
    target: node.target === null ? (self) => self : compileNode(node.target),
    args: typeName === null ? node.args.map(compileNode) : [],
    constants: node.args.map((arg) => (arg.kind === 'literal' ? arg.value : undefined)),
    typeName,
  })
}

function pathName(node: Node): string {
  if (node.kind !== 'member') throw new SyntaxFault(0, 'the name of a type')
  return node.target === null ? node.name : `${pathName(node.target)}.${node.name}`
}
