import type { PackPage } from '../pages/pack.tsx'
import type { View } from '../view.ts'
import { Chip } from './chip.tsx'
import { Empty } from './notices.tsx'
import { Table } from './table.tsx'

/** What the guard sees of the version that counts, with the bounds it acts by. */
export function GuardPart({ view, guard }: { view: View; guard: PackPage['guard'] }) {
  const words = view.t.lab.pack
  return (
    <section aria-labelledby="guard-title">
      <div class="section-head">
        <h2 id="guard-title">{words.guard}</h2>
        <Chip view={view} state={guard.state} />
      </div>
      <p class="rule">{words.guardWhat}</p>
      {guard.lines.length === 0 ? (
        <Empty sentence={words.guardNothing} />
      ) : (
        <Table
          caption={words.guard}
          quietCaption
          rows={guard.lines}
          rowKey={(row) => `${row.source} ${row.rule} ${row.kind}`}
          columns={[
            { heading: view.t.sender, cell: (row) => row.source },
            { heading: words.rule, cell: (row) => <code>{row.rule}</code> },
            { heading: words.seen, number: true, cell: (row) => view.f.number(row.seen) },
            { heading: words.withheldShare, number: true, cell: (row) => shareOf(view, row.withheld, row.seen) },
            {
              heading: words.usual,
              number: true,
              cell: (row) => (row.usual === null ? view.t.notKnown : view.f.percent(row.usual)),
            },
            { heading: words.bound, number: true, cell: (row) => view.f.percent(row.bound) },
            { heading: view.t.state, cell: (row) => <Chip view={view} state={row.state} /> },
          ]}
        />
      )}
    </section>
  )
}

const shareOf = (view: View, part: number, whole: number): string =>
  whole === 0 ? view.f.number(part) : `${view.f.number(part)} (${view.f.percent(part / whole)})`
