import { Amount, isCalendarWord } from './amount.ts'
import type { Node } from './ast.ts'
import { Beyond, SyntaxFault } from './faults.ts'
import { tokenise, unquote, type Token } from './tokens.ts'
import { When } from './when.ts'

const longest = 4000
const deepest = 60

/** How tight an operator binds (FHIRPath 5.1); all of them from left to right. */
const binding: Readonly<Record<string, number>> = {
  implies: 1,
  or: 2,
  xor: 2,
  and: 3,
  in: 4,
  contains: 4,
  '=': 5,
  '~': 5,
  '!=': 5,
  '!~': 5,
  '<': 6,
  '>': 6,
  '<=': 6,
  '>=': 6,
  '|': 7,
  is: 8,
  as: 8,
  '+': 9,
  '-': 9,
  '&': 9,
  '*': 10,
  '/': 10,
  div: 10,
  mod: 10,
}

/**
 * Reads an expression of FHIRPath.
 *
 * Throws `SyntaxFault` where it is none, and `Beyond` where it uses a part that is left to the reference implementation
 * (times of day, long integers, `$total`), or is longer or deeper than a rule needs to be.
 *
 * Source: FHIRPath N1 (v2.0.0) section 5 and its grammar.
 *
 * @example parseExpression("status = 'final'").kind // 'operator'
 */
export function parseExpression(expression: string): Node {
  if (expression.length > longest) throw new SyntaxFault(longest, `at most ${longest} characters`)
  const parser = new Parser(tokenise(expression))
  const node = parser.binary(0)
  parser.end()
  return node
}

class Parser {
  private readonly tokens: readonly Token[]
  private place = 0
  private depth = 0
  /** `1.0` keeps its zero when it is written as text, which a number cannot. */
  private hasFinalZero = false
  private asksHowWritten = false

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  end(): void {
    if (this.next.kind !== 'end') throw new SyntaxFault(this.next.at, 'an operator or the end')
    if (this.hasFinalZero && this.asksHowWritten) throw new Beyond('a number as it was written')
  }

  binary(least: number): Node {
    this.deeper()
    let left = this.signed()
    for (;;) {
      const { kind, text } = this.next
      const power = kind === 'symbol' || kind === 'name' ? binding[text] : undefined
      if (power === undefined || power <= least) break
      this.place++
      if (text === 'is' || text === 'as') left = { kind: 'type', name: text, operand: left, type: this.typeName() }
      else left = { kind: 'operator', name: text, left, right: this.binary(power) }
    }
    this.depth--
    return left
  }

  private signed(): Node {
    if (!this.isSymbol('-') && !this.isSymbol('+')) return this.invocations()
    const isNegative = this.take().text === '-'
    this.deeper()
    const operand = this.signed()
    this.depth--
    return isNegative ? { kind: 'negative', operand } : operand
  }

  private invocations(): Node {
    let node = this.term()
    for (;;) {
      if (this.isSymbol('.')) {
        this.place++
        node = this.invocation(node)
      } else if (this.isSymbol('[')) {
        this.place++
        node = { kind: 'indexer', target: node, at: this.binary(0) }
        this.expect(']')
      } else return node
    }
  }

  private term(): Node {
    const token = this.next
    if (token.kind === 'string') return this.literal(unquote(this.take().text))
    if (token.kind === 'number') return this.number()
    if (token.kind === 'date') return this.date()
    if (token.kind === 'variable') return { kind: 'variable', name: variableName(this.take().text) }
    if (this.isSymbol('(')) {
      this.place++
      const inner = this.binary(0)
      this.expect(')')
      return inner
    }
    if (this.isSymbol('{')) {
      this.place++
      this.expect('}')
      return { kind: 'nothing' }
    }
    if (token.kind === 'name' && (token.text === 'true' || token.text === 'false')) {
      return this.literal(this.take().text === 'true')
    }
    return this.invocation(null)
  }

  private invocation(target: Node | null): Node {
    const token = this.take()
    if (token.kind === 'special') {
      if (token.text === '$total') throw new Beyond('$total')
      return { kind: token.text === '$this' ? 'this' : 'index' }
    }
    if (token.kind !== 'name' && token.kind !== 'quoted-name') throw new SyntaxFault(token.at, 'a name')
    const name = token.kind === 'name' ? token.text : unquote(token.text)
    if (!this.isSymbol('(')) return { kind: 'member', target, name }
    if (name === 'toString' || name === 'toInteger') this.asksHowWritten = true
    return { kind: 'call', target, name, args: this.args() }
  }

  private args(): Node[] {
    this.expect('(')
    const args: Node[] = []
    if (!this.isSymbol(')')) {
      do args.push(this.binary(0))
      while (this.isSymbol(',') && this.take())
    }
    this.expect(')')
    return args
  }

  private number(): Node {
    const { text } = this.take()
    if (text.endsWith('L')) throw new Beyond('a long integer')
    const value = Number(text)
    if (/\.\d*0$/.test(text)) this.hasFinalZero = true
    if (this.next.kind === 'string' || isCalendarWord(this.next.text)) this.asksHowWritten = true
    if (this.next.kind === 'string') return this.literal(new Amount(value, unquote(this.take().text), false))
    if (this.next.kind === 'name' && isCalendarWord(this.next.text)) {
      return this.literal(new Amount(value, this.take().text, true))
    }
    return this.literal(value)
  }

  private date(): Node {
    const { text, at } = this.take()
    if (text.startsWith('@T')) throw new Beyond('a time of day')
    if (text.endsWith('T')) throw new Beyond('a moment known to the day')
    const when = When.read(text.slice(1), text.includes('T') ? 'dateTime' : 'date')
    if (when === null) throw new SyntaxFault(at, 'a date such as @2022-07-01')
    return this.literal(when)
  }

  private typeName(): string {
    const parts = [this.take()]
    while (this.isSymbol('.')) {
      this.place++
      parts.push(this.take())
    }
    const odd = parts.find((part) => part.kind !== 'name' && part.kind !== 'quoted-name')
    if (odd !== undefined) throw new SyntaxFault(odd.at, 'the name of a type')
    return parts.map((part) => (part.kind === 'name' ? part.text : unquote(part.text))).join('.')
  }

  private literal(value: Extract<Node, { kind: 'literal' }>['value']): Node {
    return { kind: 'literal', value }
  }

  private get next(): Token {
    return this.tokens[this.place]!
  }

  private take(): Token {
    const token = this.next
    if (token.kind === 'end') throw new SyntaxFault(token.at, 'something more')
    this.place++
    return token
  }

  private isSymbol(text: string): boolean {
    return this.next.kind === 'symbol' && this.next.text === text
  }

  private expect(text: string): void {
    if (!this.isSymbol(text)) throw new SyntaxFault(this.next.at, text)
    this.place++
  }

  private deeper(): void {
    if (++this.depth > deepest) throw new SyntaxFault(this.next.at, `at most ${deepest} levels of nesting`)
  }
}

function variableName(token: string): string {
  const name = token.slice(1)
  return /^['`]/.test(name) ? unquote(name) : name
}
