import { setFrench } from '../../kernel/language.ts'

/**
 * The French catalogue with the spaces that French wants before and inside its marks: none of them may end a line.
 *
 * @example french({ asks: 'Urgence ?', named: (who: string) => `Pour : ${who}` }).asks // 'Urgence\u202F?'
 */
export function french<T>(texts: T): T {
  return setAll(texts) as T
}

function setAll(value: unknown): unknown {
  if (typeof value === 'string') return setFrench(value)
  if (typeof value === 'function') {
    const write = value as (...given: readonly unknown[]) => unknown
    return (...given: readonly unknown[]) => setAll(write(...given))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, setAll(one)]))
}
