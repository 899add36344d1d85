import { addresses } from '../addresses.ts'
import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/notices.tsx'
import { page } from '../parts/shell.tsx'
import type { StateName } from '../parts/states.ts'
import { Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { serviceWords } from '../texts/words.ts'
import type { View } from '../view.ts'

export type GuardState = 'within' | 'beyond' | 'too-few'

/** Every rule pack with the version that counts. */
export interface PackList {
  readonly asOf: string
  /** A record that two packs withhold counts once. */
  readonly withheld: number
  readonly packs: readonly {
    readonly name: string
    readonly service: string
    readonly active: { readonly version: string; readonly since: string; readonly by: string } | null
    /** Versions that count for some sources only, or are judged beside it without effect. */
    readonly beside: readonly { readonly version: string; readonly state: StateName }[]
    readonly guard: GuardState
    readonly withheld: number
  }[]
}

export function packListPage(view: View, data: PackList): string {
  const { lab } = view.t
  const beyond = data.packs.filter(({ guard }) => guard === 'beyond').length
  const sentence =
    beyond > 0 ? lab.packs.beyond(beyond, data.packs.length) : lab.packs.sentence(data.packs.length, data.withheld)
  return page(
    view,
    { title: sentence, section: addresses.packs },
    <>
      <div class="headline">
        <h1>{sentence}</h1>
        <p class="as-of">
          {view.t.asOf} <time datetime={data.asOf}>{view.f.clock(data.asOf)}</time>
        </p>
      </div>
      <p class="lead">{lab.packs.what}</p>
      <section aria-label={lab.packs.title}>
        {data.packs.length === 0 ? <Empty sentence={lab.packs.none} /> : <Packs view={view} data={data} />}
      </section>
    </>,
  )
}

function Packs({ view, data }: { view: View; data: PackList }) {
  const words = view.t.lab.packs
  return (
    <Table
      caption={words.title}
      quietCaption
      rows={data.packs}
      rowKey={(pack) => pack.name}
      columns={[
        {
          heading: words.pack,
          cell: (pack) => (
            <a data-row href={addresses.pack(pack.name)}>
              {pack.name}
            </a>
          ),
        },
        { heading: view.t.service, cell: (pack) => view.word(serviceWords, pack.service) },
        {
          heading: words.counts,
          cell: ({ active }) =>
            active === null ? (
              words.nothingCounts
            ) : (
              <span>
                {active.version} · <Time view={view} at={active.since} age={false} /> {view.t.by(active.by)}
              </span>
            ),
        },
        {
          heading: words.beside,
          cell: ({ beside }) =>
            beside.length === 0 ? (
              words.nothingBeside
            ) : (
              <span class="chips">
                {beside.map((one) => (
                  <span key={`${one.version} ${one.state}`}>
                    {one.version} <Chip view={view} state={one.state} />
                  </span>
                ))}
              </span>
            ),
        },
        { heading: words.guard, cell: (pack) => <Chip view={view} state={pack.guard} /> },
        {
          heading: words.withheldNow,
          number: true,
          cell: (pack) =>
            pack.withheld === 0 ? (
              view.f.number(0)
            ) : (
              <a href={addresses.withheld({ pack: pack.name })}>{view.f.number(pack.withheld)}</a>
            ),
        },
      ]}
    />
  )
}
