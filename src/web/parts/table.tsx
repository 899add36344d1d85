import type { ComponentChildren } from 'preact'

/** One column: its heading, and how a row fills it. Numbers stand right, with figures of one width. */
export interface Column<Row> {
  readonly heading: string
  readonly cell: (row: Row) => ComponentChildren
  readonly number?: boolean
}

/**
 * A table with a caption; on a narrow screen each row becomes a block whose cells carry their heading, and nothing is cut
 * off. The roles are written out because a display of `block` takes them away. The first column names the row.
 */
export function Table<Row>(props: {
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  quietCaption?: boolean
}) {
  const { caption, columns, rows, rowKey, quietCaption = false } = props
  return (
    <div class="table-holder">
      <table class="stacks" role="table">
        <caption class={quietCaption ? 'unseen' : undefined}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.heading}
                scope="col"
                role="columnheader"
                class={column.number === true ? 'number' : undefined}
              >
                {column.heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map((column, index) => {
                const shared = { class: column.number === true ? 'number' : undefined, 'data-heading': column.heading }
                return index === 0 ? (
                  <th key={column.heading} scope="row" role="rowheader" {...shared}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.heading} role="cell" {...shared}>
                    {column.cell(row)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
