import { addresses } from '../addresses.ts'
import { SelectField, TextField } from '../parts/form.tsx'
import { Empty } from '../parts/notices.tsx'
import { page } from '../parts/shell.tsx'
import { Table } from '../parts/table.tsx'
import type { View } from '../view.ts'

/** The kinds of lines, in the order they are shown. */
export const tableKinds = ['code', 'unit', 'analyte', 'system'] as const

type Kind = (typeof tableKinds)[number]

/** The tables of codes and units one version of a pack needs: what the words of laboratories stand for. */
export interface PackTablesPage {
  readonly pack: string
  readonly version: string
  /** Such as `lab-tables@1.0.0`. */
  readonly tables: string
  readonly counts: Readonly<Record<Kind, number>>
  readonly kind: Kind | null
  readonly text: string
  readonly found: number
  /** The first of what was found. */
  readonly rows: readonly {
    readonly kind: Kind
    /** Null: for every source. */
    readonly source: string | null
    readonly sent: string
    /** What it is called; null where the meaning says it all. */
    readonly title: string | null
    readonly means: readonly string[]
  }[]
}

export function packTablesPage(view: View, data: PackTablesPage): string {
  const words = view.t.lab.tables
  const { counts, pack, version } = data
  const sentence = words.sentence(data.tables.replace('@', ' '), counts.unit, counts.code, counts.analyte)
  return page(
    view,
    { title: sentence, section: addresses.packs },
    <>
      <div class="headline">
        <h1>{sentence}</h1>
      </div>
      <p class="muted">{words.what}</p>
      <p>
        <a href={addresses.pack(pack)}>{words.countsWith(pack, version)}</a>
      </p>
      <section aria-labelledby="lines-title">
        <h2 id="lines-title">{words.found(data.found)}</h2>
        <form class="toolbar" action={addresses.packTables(pack, version)} method="get">
          <TextField id="q" label={words.text} type="search" value={data.text} />
          <SelectField
            id="kind"
            label={view.t.kind}
            value={data.kind ?? ''}
            choices={[
              { value: '', text: view.t.all },
              ...tableKinds.map((kind) => ({ value: kind, text: words.kinds[kind] })),
            ]}
          />
          <button>{view.t.show}</button>
        </form>
        {data.rows.length === 0 ? <Empty sentence={words.nothing} /> : <Lines view={view} data={data} />}
        {data.found > data.rows.length && <p class="muted">{words.cut(data.rows.length)}</p>}
      </section>
    </>,
  )
}

function Lines({ view, data }: { view: View; data: PackTablesPage }) {
  const words = view.t.lab.tables
  return (
    <Table
      caption={words.found(data.found)}
      quietCaption
      rows={data.rows}
      rowKey={(row) => `${row.kind} ${row.source ?? ''} ${row.sent}`}
      columns={[
        { heading: words.sent, cell: (row) => <code>{row.sent}</code> },
        { heading: view.t.kind, cell: (row) => words.kinds[row.kind] },
        { heading: words.source, cell: (row) => row.source ?? words.everywhere },
        {
          heading: words.means,
          cell: (row) => (
            <span class="chips">
              {row.title !== null && <span>{row.title}</span>}
              {row.means.map((one) => (
                <code key={one}>{one}</code>
              ))}
            </span>
          ),
        },
      ]}
    />
  )
}
