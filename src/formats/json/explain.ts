import { cutText } from '../../kernel/cut-text.ts'
import type { Fault } from '../../kernel/fault.ts'

/**
 * Walks a JSON text the slow way to say what is wrong with it and where; null when nothing is.
 * Comes after the depth was found to be at most 32, so that the recursion is bounded.
 */
export function explainJson(text: string): Fault | null {
  const walker = new Walker(text)
  try {
    walker.document()
    return null
  } catch (found) {
    if (found instanceof Found) return found.fault
    throw found
  }
}

class Found extends Error {
  readonly fault: Fault

  constructor(code: Fault['code'], path: string, params: Fault['params']) {
    super(code)
    this.fault = { code, severity: 'error', path, params }
  }
}

const space = /[ \t\n\r]*/y
const literal = /true|false|null/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

class Walker {
  private at = 0
  private readonly path: string[] = []
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  document(): void {
    this.value()
    this.take(space)
    if (this.at < this.text.length) this.stop('json-trailing', { offset: this.at })
  }

  private value(): void {
    this.take(space)
    const first = this.text[this.at]
    if (first === '{') return this.object()
    if (first === '[') return this.array()
    if (first === '"') return void this.string()
    if (this.take(literal) !== null) return
    const digits = this.take(number)
    if (digits === null) return this.broken()
    if (!(Math.abs(Number(digits)) <= Number.MAX_SAFE_INTEGER)) this.stop('json-number-range', {})
  }

  private object(): void {
    const seen = new Set<string>()
    this.list('}', () => {
      if (this.text[this.at] !== '"') this.broken()
      const key = this.string()
      this.path.push(key.length > 60 ? `${cutText(key, 60)}…` : key)
      if (seen.has(key)) this.stop('json-duplicate-key', {})
      seen.add(key)
      this.take(space)
      this.expect(':')
      this.value()
      this.path.pop()
    })
  }

  private array(): void {
    let index = 0
    this.list(']', () => {
      this.path.push(String(index++))
      this.value()
      this.path.pop()
    })
  }

  /** An opening bracket, members with commas between them, and the closing bracket. */
  private list(close: string, member: () => void): void {
    this.at++
    this.take(space)
    if (this.text[this.at] === close) {
      this.at++
      return
    }
    for (;;) {
      this.take(space)
      member()
      this.take(space)
      if (this.text[this.at] === close) break
      this.expect(',')
    }
    this.at++
  }

  private string(): string {
    const from = this.at
    this.at = this.endOfString(from)
    const text = this.unescaped(this.text.slice(from, this.at))
    if (text.includes('\0')) this.stop('json-nul', {})
    if (/\p{Cs}/u.test(text)) this.stop('json-half-surrogate', {})
    return text
  }

  /** Just after the closing quote. A loop, because a pattern with a choice inside a repeat fills its stack on long texts. */
  private endOfString(from: number): number {
    if (this.text[from] !== '"') return this.broken()
    for (let at = from + 1; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at)
      if (code === 0x22) return at + 1
      if (code === 0x5c) at++
      else if (code < 0x20) break
    }
    return this.broken()
  }

  private unescaped(raw: string): string {
    try {
      return JSON.parse(raw) as string
    } catch {
      return this.broken()
    }
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found === null) return null
    this.at = pattern.lastIndex
    return found[0]
  }

  private expect(sign: string): void {
    if (this.text[this.at] !== sign) this.broken()
    this.at++
  }

  private broken(): never {
    this.stop('json-broken', { offset: this.at })
  }

  private stop(code: Fault['code'], params: Fault['params']): never {
    const path = this.path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
    throw new Found(code, path, params)
  }
}
