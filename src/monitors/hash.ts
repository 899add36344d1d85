import { createHash } from 'node:crypto'

/** SHA-256 of a plain value in lower-case hex; the order of keys says nothing, absent and undefined are the same. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(inOrder(value)).digest('hex')
}

/** JSON with the keys of every object in order. */
function inOrder(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
