import { SyntaxFault } from './faults.ts'

export interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'quoted-name' | 'date' | 'variable' | 'special' | 'symbol' | 'end'
  readonly text: string
  readonly at: number
}

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y],
  // Only as far as it has the shape of a date: what follows may be a call, `@2022-07-01.toString()`.
  ['date', /@(?:T[\d:.]*\d|\d{4}(?:-\d\d){0,2}(?:T(?:\d\d(?::\d\d){0,2}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?)?)/y],
  ['number', /\d+(?:\.\d+)?L?/y],
  ['string', /'(?:[^'\\]|\\.)*'/y],
  ['quoted-name', /`(?:[^`\\]|\\.)*`/y],
  ['variable', /%(?:[A-Za-z_]\w*|`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*')/y],
  ['special', /\$(?:this|index|total)/y],
  ['name', /[A-Za-z_]\w*/y],
  ['symbol', /!=|!~|<=|>=|[-+*/&|<>=~.,()[\]{}]/y],
]

/** Cuts an expression into its words. */
export function tokenise(expression: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < expression.length) {
    const found = nextToken(expression, at)
    if (found.kind !== 'space') tokens.push({ kind: found.kind, text: found.text, at })
    at += found.text.length
  }
  tokens.push({ kind: 'end', text: '', at })
  return tokens
}

function nextToken(expression: string, at: number): { kind: Token['kind'] | 'space'; text: string } {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const text = pattern.exec(expression)?.[0]
    if (text !== undefined && text !== '') return { kind, text }
  }
  throw new SyntaxFault(at, 'a name, a value or an operator')
}

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', f: '\f' }

/** The text between quotes, with its escapes read (FHIRPath 4.1.2). */
export function unquote(token: string): string {
  return token
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_whole, hex: string | undefined, char: string) =>
      hex === undefined ? (escapes[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
    )
}
