import type { View } from '../view.ts'
import { Chip } from './chip.tsx'
import { Table } from './table.tsx'
import { Moment } from './time.tsx'

/** What an undo is proved by: counts and set hashes of what was there and visible, around the activation. */
export interface ShownProof {
  readonly activation: string
  readonly at: string
  readonly holds: boolean
  readonly lines: readonly {
    readonly source: string
    readonly what: 'before' | 'during' | 'after'
    readonly records: number
    readonly visible: number
    readonly hash: string
  }[]
  /** Why the sets may differ all the same: what arrived, what people decided; periods that retention closed. */
  readonly permitted: readonly {
    readonly what: 'arrived' | 'decided' | 'canary' | 'other' | 'closed'
    readonly count: number
  }[]
  /** What the public interface shows, by sender, against a count of the rows; null when it was not read. */
  readonly outside: readonly ReadFromOutside[] | null
}

interface ReadFromOutside {
  readonly source: string
  /** Patients the undone version withheld something of; otherwise a sample of the others. */
  readonly touched: boolean
  readonly patients: number
  readonly of: number
  readonly shown: number
  readonly counted: number
  readonly equal: boolean
  readonly hash: string
}

export function ProofPart({ view, proof }: { view: View; proof: ShownProof }) {
  const words = view.t.lab.proof
  return (
    <section aria-labelledby="proof-title">
      <div class="section-head">
        <h2 id="proof-title">{words.title(proof.activation)}</h2>
        <Chip view={view} state={proof.holds ? 'balanced' : 'differs'} />
      </div>
      <p>
        {proof.holds ? words.holds : words.fails} <Moment view={view} at={proof.at} />
      </p>
      <ul>
        {proof.permitted
          .filter(({ count }) => count > 0)
          .map((one) => (
            <li key={one.what}>{words.permitted[one.what](one.count)}</li>
          ))}
      </ul>
      <Table
        caption={words.sets}
        rows={proof.lines}
        rowKey={(row) => `${row.source} ${row.what}`}
        columns={[
          { heading: view.t.sender, cell: (row) => row.source },
          { heading: words.moment, cell: (row) => words.moments[row.what] ?? row.what },
          { heading: words.records, number: true, cell: (row) => view.f.number(row.records) },
          { heading: words.visible, number: true, cell: (row) => view.f.number(row.visible) },
          { heading: words.hash, cell: (row) => <code>{row.hash.slice(0, 16)}</code> },
        ]}
      />
      <Outside view={view} lines={proof.outside} />
    </section>
  )
}

function Outside({ view, lines }: { view: View; lines: ShownProof['outside'] }) {
  const words = view.t.lab.proof
  const { f } = view
  if (lines === null) return <p class="muted">{words.notOutside}</p>
  return (
    <Table
      caption={words.outside}
      rows={lines}
      rowKey={(row) => `${row.source} ${row.touched}`}
      columns={[
        {
          heading: view.t.sender,
          cell: (row) => `${row.source}, ${row.touched ? words.whom.touched : words.whom.others}`,
        },
        {
          heading: words.patients,
          number: true,
          cell: (row) =>
            row.patients === row.of ? f.number(row.of) : words.patientsOf(f.number(row.patients), f.number(row.of)),
        },
        { heading: words.shown, number: true, cell: (row) => f.number(row.shown) },
        { heading: words.counted, number: true, cell: (row) => f.number(row.counted) },
        { heading: view.t.state, cell: (row) => <Chip view={view} state={row.equal ? 'balanced' : 'differs'} /> },
        { heading: words.hash, cell: (row) => <code>{row.hash.slice(0, 16)}</code> },
      ]}
    />
  )
}
