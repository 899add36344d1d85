import { addresses } from '../addresses.ts'
import { kindWords } from '../texts/words.ts'
import { may, type View } from '../view.ts'
import { HeldByLine, type HeldBy } from './held-by.tsx'
import { Table } from './table.tsx'
import { Time } from './time.tsx'

/** Deliveries of one form kind that the same rule or person withholds. */
export interface HeldDeliveries {
  readonly kind: string
  readonly by: HeldBy
  readonly count: number
  readonly since: string
}

/** What does not wait for the destination but for a rule or a person: by which activation, and where it is decided. */
export function Held({ view, held, most }: { view: View; held: readonly HeldDeliveries[]; most: number | null }) {
  const words = view.t.checks.held
  return (
    <section aria-labelledby="held-title">
      <h2 id="held-title">{words.title}</h2>
      <p class="lead">{words.what}</p>
      <Table
        caption={words.title}
        quietCaption
        rows={held}
        rowKey={(row) => `${row.kind} ${JSON.stringify(row.by)}`}
        columns={[
          { heading: view.t.kind, cell: (row) => view.word(kindWords, row.kind) },
          { heading: words.by, cell: (row) => <HeldByLine view={view} by={row.by} /> },
          { heading: view.t.waiting, number: true, cell: (row) => view.f.number(row.count) },
          { heading: words.since, cell: (row) => <Time view={view} at={row.since} /> },
        ]}
      />
      {most !== null && <p class="muted">{words.most(view.f.number(most))}</p>}
      {may(view, 'mark-urgent') && (
        <p class="acts-line">
          <a href={addresses.withheld()}>{words.look}</a>
        </p>
      )}
    </section>
  )
}
