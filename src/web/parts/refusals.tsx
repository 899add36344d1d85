import type { View } from '../view.ts'
import { Table } from './table.tsx'
import { Time } from './time.tsx'

/** How often one code refused something today; `meaning` is its sentence in the reader's language. */
export interface Refusal {
  readonly code: string
  readonly meaning: string
  readonly count: number
  readonly lastAt: string
}

export function RefusalTable({
  view,
  caption,
  refusals,
}: {
  view: View
  caption: string
  refusals: readonly Refusal[]
}) {
  const { t, f } = view
  return (
    <Table
      caption={caption}
      quietCaption
      rows={refusals}
      rowKey={(row) => row.code}
      columns={[
        { heading: t.meaning, cell: (row) => row.meaning },
        { heading: t.number, number: true, cell: (row) => f.number(row.count) },
        { heading: t.last, cell: (row) => <Time view={view} at={row.lastAt} /> },
        { heading: t.code, cell: (row) => <code>{row.code}</code> },
      ]}
    />
  )
}
