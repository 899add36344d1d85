// Arrays as PostgreSQL reads them, for statements over hundreds of rows: the driver looks at every character of every element.

/** An array of values that need no quoting: numbers, booleans, UUIDs, moments, words of ours. */
export const plainArray = (values: readonly (string | number | boolean)[]): string => `{${values.join(',')}}`

/**
 * A list as a `text[]` literal: what the driver makes of it too, without looking at every character of every element twice.
 *
 * @example textArray(['a', 'b "c"']) // '{"a","b \\"c\\""}'
 */
export function textArray(values: readonly string[]): string {
  if (values.length === 0) return '{}'
  // A character that no text in PostgreSQL has, so that one search over all finds what must be escaped.
  const joined = values.join('\0')
  const plain = /["\\]/.test(joined) ? joined.replace(/["\\]/g, '\\$&') : joined
  return `{"${plain.replaceAll('\0', '","')}"}`
}

/** As `textArray`, with nulls. */
export const nullableTextArray = (values: readonly (string | null)[]): string =>
  plainArray(values.map((value) => (value === null ? 'null' : `"${value.replace(/["\\]/g, '\\$&')}"`)))

/** An array of bytes or nulls. */
export const byteArray = (values: readonly (Buffer | null)[]): string =>
  plainArray(values.map((value) => (value === null ? 'null' : `"\\\\x${value.toString('hex')}"`)))
