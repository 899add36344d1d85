import type { View } from '../view.ts'
import { Table, type Column } from './table.tsx'

export interface TouchedResults {
  readonly name: string
  readonly records: number
  readonly newlyWithheld: number
  readonly newlyVisible: number
}

export interface TouchedPractice {
  readonly practice: string
  readonly enrolled: number
  readonly patients: number
  readonly newlyWithheld: number
  readonly newlyVisible: number
}

export interface PackTouched {
  readonly measured: readonly TouchedResults[]
  /** Empty where every sender is one laboratory: then the senders say it. */
  readonly laboratories: readonly TouchedResults[]
  readonly practices: readonly TouchedPractice[]
}

/** Which measurements, laboratories and practices a version touches: in these words people will ask what is missing. */
export function Touched({ view, data }: { view: View; data: PackTouched }) {
  const words = view.t.lab.report
  return (
    <>
      <Results view={view} id="measured" title={words.measured} heading={words.measurement} rows={data.measured} />
      <Results
        view={view}
        id="laboratories"
        title={words.laboratories}
        heading={words.laboratory}
        rows={data.laboratories}
      />
      <Practices view={view} rows={data.practices} />
    </>
  )
}

function Results(props: { view: View; id: string; title: string; heading: string; rows: readonly TouchedResults[] }) {
  const { view, id, title, heading, rows } = props
  if (rows.length === 0) return null
  const { f } = view
  const words = view.t.lab.report
  return (
    <section aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      <Table
        caption={title}
        quietCaption
        rows={rows}
        rowKey={(row) => row.name}
        columns={[
          { heading, cell: (row) => row.name },
          { heading: words.results, number: true, cell: (row) => f.number(row.records) },
          ...changes<TouchedResults>(view),
          { heading: words.shareNew, number: true, cell: (row) => f.percent(shareOf(row.newlyWithheld, row.records)) },
        ]}
      />
    </section>
  )
}

function Practices({ view, rows }: { view: View; rows: readonly TouchedPractice[] }) {
  if (rows.length === 0) return null
  const { f } = view
  const words = view.t.lab.report
  return (
    <section aria-labelledby="practices-title">
      <h2 id="practices-title">{words.practices}</h2>
      <Table
        caption={words.practices}
        quietCaption
        rows={rows}
        rowKey={(row) => row.practice}
        columns={[
          { heading: words.practice, cell: (row) => row.practice },
          {
            heading: words.patientsTouched,
            number: true,
            cell: (row) => words.ofAll(f.number(row.patients), f.number(row.enrolled)),
          },
          ...changes<TouchedPractice>(view),
        ]}
      />
    </section>
  )
}

function changes<Row extends { readonly newlyWithheld: number; readonly newlyVisible: number }>(
  view: View,
): Column<Row>[] {
  const words = view.t.lab.report
  return [
    { heading: words.newlyWithheld, number: true, cell: (row) => view.f.number(row.newlyWithheld) },
    { heading: words.newlyVisible, number: true, cell: (row) => view.f.number(row.newlyVisible) },
  ]
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
