/** One column: its heading, and how a row fills it. Numbers stand right. */
export interface Column<Row> {
  readonly head: string
  readonly of: (row: Row) => string | number
}

const whole = new Intl.NumberFormat('en-GB')

/**
 * Lines of aligned columns under a heading; empty when there are no rows.
 *
 * @example table([{ n: 1 }], [{ head: 'count', of: (row) => row.n }]) // ['count', '    1']
 */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  if (rows.length === 0) return []
  const right = columns.map((column) => rows.every((row) => typeof column.of(row) === 'number'))
  const cells = rows.map((row) => columns.map((column) => cell(column.of(row))))
  const lines = [columns.map((column) => column.head), ...cells]
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)))
  return lines.map((line) =>
    line
      .map((part, at) => (right[at] ? part.padStart(widths[at] ?? 0) : part.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

const cell = (value: string | number): string => (typeof value === 'number' ? whole.format(value) : value)
