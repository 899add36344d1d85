import type { Separators } from './separators.ts'

/**
 * Undoes the escapes of HL7 v2.5.1 section 2.7 in a text of one character a byte: F S T R E and P give the characters
 * themselves, X gives bytes, .br and .sp give line ends, H and N (highlighting) and other formatting give nothing. What is
 * no escape stays as it was written.
 *
 * @example unescape('a\\T\\b\\.br\\c', separatorsOf('MSH|^~\\&|')) // 'a&b\nc'
 */
export function unescape(text: string, separators: Separators): string {
  const { escape } = separators
  if (escape === '' || !text.includes(escape)) return text
  let made = ''
  let from = 0
  for (;;) {
    const start = text.indexOf(escape, from)
    if (start < 0) return made + text.slice(from)
    const end = text.indexOf(escape, start + escape.length)
    if (end < 0) return made + text.slice(from)
    const meaning = end - start > longest ? null : meaningOf(text.slice(start + escape.length, end), separators)
    // Not an escape: the second character may begin one.
    made += meaning === null ? text.slice(from, end) : text.slice(from, start) + meaning
    from = meaning === null ? end : end + escape.length
  }
}

/** A hexadecimal escape may carry some text; nothing else comes near. */
const longest = 4_000

function meaningOf(inside: string, separators: Separators): string | null {
  switch (inside) {
    case 'F':
      return separators.field
    case 'S':
      return separators.component
    case 'T':
      return separators.subcomponent
    case 'R':
      return separators.repetition
    case 'E':
      return separators.escape
    case 'P':
      return '#'
    case 'H':
    case 'N':
      return ''
    case '.br':
      return '\n'
  }
  if (/^X(?:[0-9A-Fa-f]{2})+$/.test(inside)) return Buffer.from(inside.slice(1), 'hex').toString('latin1')
  const formatting = /^\.(sp|in|ti|fi|nf|ce|sk)\s?([+-]?\d{0,2})$/.exec(inside)
  if (formatting === null) return null
  const count = Math.abs(Number(formatting[2] ?? '')) || 1
  if (formatting[1] === 'sp') return '\n'.repeat(count)
  if (formatting[1] === 'sk') return ' '.repeat(count)
  return formatting[1] === 'ce' ? '\n' : ''
}
