/**
 * The French catalogue with the spaces that French wants before and inside its marks: none of them may end a line. The
 * catalogue itself is written with plain spaces, because nobody sees the others.
 *
 * @example french({ asks: 'Urgence ?', named: (who: string) => `Pour : ${who}` }).asks // 'Urgence\u202F?'
 */
export function french<T>(texts: T): T {
  return setAll(texts) as T
}

function setAll(value: unknown): unknown {
  if (typeof value === 'string') return set(value)
  if (typeof value === 'function') {
    const write = value as (...given: readonly unknown[]) => unknown
    return (...given: readonly unknown[]) => setAll(write(...given))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, setAll(one)]))
}

const set = (text: string): string =>
  text.replaceAll(/ (?=:(?:\s|$))/g, '\u00A0').replaceAll(/ (?=[;?!](?:\s|$)|»)|(?<=«) /g, '\u202F')
