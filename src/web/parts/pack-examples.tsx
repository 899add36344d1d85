import { addresses } from '../addresses.ts'
import type { View } from '../view.ts'
import { Table } from './table.tsx'
import { Time } from './time.tsx'

/** A record that a version of a pack would change. */
export interface ImpactExample {
  readonly rule: string
  readonly change: 'newly-withheld' | 'newly-visible' | 'error'
  readonly source: string
  readonly receivedAt: string
  readonly receipt: string
}

/** A few records for each rule of a report, with the way to them. */
export function ImpactExamples({ view, rows }: { view: View; rows: readonly ImpactExample[] }) {
  const words = view.t.lab.report
  if (rows.length === 0) return null
  const changes = { 'newly-withheld': words.newlyWithheld, 'newly-visible': words.newlyVisible, error: words.errors }
  return (
    <section aria-labelledby="examples-title">
      <h2 id="examples-title">{words.examples}</h2>
      <Table
        caption={words.examples}
        quietCaption
        rows={rows}
        rowKey={(row) => `${row.rule} ${row.change} ${row.receipt}`}
        columns={[
          { heading: words.rule, cell: (row) => <code>{row.rule}</code> },
          { heading: words.change, cell: (row) => changes[row.change] },
          { heading: view.t.sender, cell: (row) => row.source },
          { heading: words.received, cell: (row) => <Time view={view} at={row.receivedAt} /> },
          {
            heading: words.record,
            cell: (row) => <a href={addresses.traceOf(row.receipt)}>{view.t.lab.monitor.follow}</a>,
          },
        ]}
      />
    </section>
  )
}
