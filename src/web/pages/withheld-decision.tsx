import { addresses } from '../addresses.ts'
import { Guard, ReasonField, type FieldFault } from '../parts/form.tsx'
import { Icon } from '../parts/icon.tsx'
import { Empty } from '../parts/notices.tsx'
import { page } from '../parts/shell.tsx'
import { Table } from '../parts/table.tsx'
import { may, type View } from '../view.ts'

/** What a decision would do, shown before it is made. */
export interface WithheldDecision {
  readonly decision: 'release' | 'confirm'
  readonly count: number
  readonly bySource: readonly { readonly source: string; readonly count: number }[]
  readonly sample: readonly { readonly record: string; readonly why: string; readonly source: string }[]
  /** Posted with the reason; `expected` makes sure that nobody decides of more than was shown. */
  readonly chosen: {
    readonly client: string
    readonly pack: string
    readonly rule: string
    readonly records: readonly string[]
  }
  readonly purpose: string
  readonly reason: string
  readonly faults: readonly FieldFault[]
  readonly changed: boolean
  readonly back: string
}

export function withheldDecisionPage(view: View, data: WithheldDecision): string {
  const words = view.t.lab.withheld
  const title = words.titles[data.decision](data.count)
  const fault = data.faults.find(({ field }) => field === 'reason')?.sentence
  return page(
    view,
    { title, section: addresses.withheld() },
    <div class="confirm">
      <h1>{title}</h1>
      {data.changed && (
        <p class="alarm is-late" role="alert">
          <Icon name="triangle-alert" />
          {view.t.confirm.changed}
        </p>
      )}
      <h2>{view.t.confirm.effect}</h2>
      <p>{words.effects[data.decision]}</p>
      <ul>
        {data.bySource.map((one) => (
          <li key={one.source}>
            {one.source}: {view.f.number(one.count)}
          </li>
        ))}
      </ul>
      {data.sample.length > 0 && (
        <Table
          caption={words.sample(data.sample.length)}
          rows={data.sample}
          rowKey={(row) => row.record}
          columns={[
            { heading: view.t.sender, cell: (row) => row.source },
            { heading: words.rule, cell: (row) => row.why },
          ]}
        />
      )}
      <h2>{view.t.confirm.undo}</h2>
      <p>{words.undo}</p>
      {data.count === 0 ? (
        <Empty sentence={words.noneChosen} />
      ) : (
        may(view, 'mark-urgent') && (
          <form class="act" action={addresses.withheldAct(data.decision)} method="post">
            <Guard view={view} />
            {(['client', 'pack', 'rule'] as const).map((name) => (
              <input key={name} type="hidden" name={name} value={data.chosen[name]} />
            ))}
            <input type="hidden" name="purpose" value={data.purpose} />
            <input type="hidden" name="records" value={data.chosen.records.join(' ')} />
            <input type="hidden" name="expected" value={String(data.count)} />
            <ReasonField view={view} value={data.reason} {...(fault !== undefined && { fault })} />
            <button class="main">{title}</button>
          </form>
        )
      )}
      <p>
        <a href={data.back}>{view.t.back}</a>
      </p>
    </div>,
  )
}
