// Arrays as PostgreSQL reads them, for statements over hundreds of rows: the driver looks at every character of every element.

/** An array of values that need no quoting: numbers, booleans, UUIDs, moments, words of ours. */
export const plainArray = (values: readonly (string | number | boolean)[]): string => `{${values.join(',')}}`

/** As `textArray`, with nulls. */
export const nullableTextArray = (values: readonly (string | null)[]): string =>
  plainArray(values.map((value) => (value === null ? 'null' : `"${value.replace(/["\\]/g, '\\$&')}"`)))

/** An array of bytes or nulls. */
export const byteArray = (values: readonly (Buffer | null)[]): string =>
  plainArray(values.map((value) => (value === null ? 'null' : `"\\\\x${value.toString('hex')}"`)))
