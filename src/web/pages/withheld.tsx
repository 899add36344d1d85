import { addresses } from '../addresses.ts'
import { Chip } from '../parts/chip.tsx'
import { SelectField } from '../parts/form.tsx'
import { Empty } from '../parts/notices.tsx'
import { PurposeField } from '../parts/purpose-field.tsx'
import { page } from '../parts/shell.tsx'
import { Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import type { View } from '../view.ts'

/** What is withheld now, by source and rule, and the records of one choice with what can be decided of them. */
export interface WithheldPage {
  readonly asOf: string
  readonly total: number
  readonly groups: readonly {
    readonly clientId: string
    readonly source: string
    readonly pack: string
    readonly rule: string
    readonly why: string
    readonly count: number
    readonly since: string
  }[]
  /** Why somebody looks at the records; null while it has not been said, and then none is shown. */
  readonly purpose: string | null
  readonly purposes: readonly string[]
  readonly chosen: { readonly client: string; readonly pack: string; readonly rule: string }
  readonly sources: readonly { readonly id: string; readonly name: string }[]
  readonly rules: readonly string[]
  readonly records: readonly {
    readonly record: string
    readonly receipt: string
    readonly source: string
    readonly rule: string
    /** Why, with the values of the record. */
    readonly why: string
    readonly since: string
    readonly receivedAt: string
  }[]
  /** How many the choice holds; more than the records shown. */
  readonly chosenCount: number
  readonly next: string | null
  /** Decisions of people that hold. */
  readonly decided: readonly {
    readonly id: string
    readonly record: string
    readonly receipt: string
    readonly state: 'released' | 'confirmed'
    readonly by: string
    readonly why: string
    readonly at: string
  }[]
}

export function withheldPage(view: View, data: WithheldPage): string {
  const words = view.t.lab.withheld
  const sentence = data.total === 0 ? words.nothing : words.sentence(data.total)
  return page(
    view,
    { title: sentence, section: addresses.withheld() },
    <>
      <div class="headline">
        <h1>{sentence}</h1>
        <p class="as-of">
          {view.t.asOf} <time datetime={data.asOf}>{view.f.clock(data.asOf)}</time>
        </p>
      </div>
      <p class="lead">{words.what}</p>
      {data.groups.length > 0 && <Groups view={view} data={data} />}
      {data.total > 0 && <Records view={view} data={data} />}
      {data.decided.length > 0 && <Decided view={view} data={data} />}
    </>,
  )
}

function Groups({ view, data }: { view: View; data: WithheldPage }) {
  const words = view.t.lab.withheld
  return (
    <section aria-labelledby="groups-title">
      <h2 id="groups-title">{words.groups}</h2>
      <Table
        caption={words.groups}
        quietCaption
        rows={data.groups}
        rowKey={(row) => `${row.clientId} ${row.pack} ${row.rule}`}
        columns={[
          {
            heading: view.t.sender,
            cell: (row) => (
              <a
                data-row
                href={addresses.withheld({
                  client: row.clientId,
                  pack: row.pack,
                  rule: row.rule,
                  purpose: data.purpose,
                })}
              >
                {row.source}
              </a>
            ),
          },
          {
            heading: words.rule,
            cell: (row) => (
              <span>
                {row.rule === '' ? words.byHand : <code>{row.rule}</code>} {row.why}
              </span>
            ),
          },
          { heading: view.t.number, number: true, cell: (row) => view.f.number(row.count) },
          { heading: words.since, cell: (row) => <Time view={view} at={row.since} /> },
        ]}
      />
    </section>
  )
}

function Records({ view, data }: { view: View; data: WithheldPage }) {
  const words = view.t.lab.withheld
  const any = { value: '', text: view.t.all }
  return (
    <section aria-labelledby="records-title">
      <div class="section-head">
        <h2 id="records-title">{words.records(data.chosenCount)}</h2>
        <a href={addresses.withheldCsv(data.chosen)}>{view.t.csv}</a>
      </div>
      <form class="toolbar" action={addresses.withheld()} method="get">
        <SelectField
          id="client"
          label={view.t.sender}
          value={data.chosen.client}
          choices={[any, ...data.sources.map(({ id, name }) => ({ value: id, text: name }))]}
        />
        <SelectField
          id="rule"
          label={words.rule}
          value={data.chosen.rule}
          choices={[any, ...data.rules.map((rule) => ({ value: rule, text: rule }))]}
        />
        {data.purpose !== null && <input type="hidden" name="purpose" value={data.purpose} />}
        <button>{view.t.show}</button>
      </form>
      {data.purpose === null ? (
        <Asks view={view} data={data} />
      ) : data.records.length === 0 ? (
        <Empty sentence={words.noneChosen} />
      ) : (
        <form method="get" action={addresses.withheldAct('release')} class="worklist">
          {Object.entries(data.chosen).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <input type="hidden" name="purpose" value={data.purpose} />
          <Table
            caption={words.records(data.chosenCount)}
            quietCaption
            rows={data.records}
            rowKey={(row) => row.record}
            columns={[
              {
                heading: words.choose,
                cell: (row) => (
                  <label class="check">
                    <input type="checkbox" name="record" value={row.record} aria-label={words.chooseOne(row.receipt)} />
                    <span>{row.source}</span>
                  </label>
                ),
              },
              {
                heading: words.rule,
                cell: (row) => (
                  <span>
                    {row.rule === '' ? words.byHand : <code>{row.rule}</code>} {row.why}
                  </span>
                ),
              },
              { heading: words.received, cell: (row) => <Time view={view} at={row.receivedAt} /> },
              { heading: words.since, cell: (row) => <Time view={view} at={row.since} /> },
              {
                heading: view.t.trace.receipt,
                cell: (row) => <a href={addresses.traceOf(row.receipt)}>{view.t.lab.monitor.follow}</a>,
              },
            ]}
          />
          {data.next !== null && (
            <p>
              <a href={data.next}>{view.t.page.next}</a>
            </p>
          )}
          <p class="muted">{words.choiceWhat(data.chosenCount)}</p>
          <div class="acts-line">
            <button class="main" formaction={addresses.withheldAct('release')}>
              {words.release}
            </button>
            <button formaction={addresses.withheldAct('confirm')}>{words.confirm}</button>
          </div>
        </form>
      )}
    </section>
  )
}

/** Values of records stand in the list: why somebody looks comes first, for the log of readings. */
function Asks({ view, data }: { view: View; data: WithheldPage }) {
  return (
    <form class="act" action={addresses.withheld()} method="get">
      <p>{view.t.purpose.what}</p>
      {Object.entries(data.chosen).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <PurposeField view={view} purposes={data.purposes} />
      <button class="main">{view.t.purpose.button}</button>
    </form>
  )
}

function Decided({ view, data }: { view: View; data: WithheldPage }) {
  const words = view.t.lab.withheld
  return (
    <section aria-labelledby="decided-title">
      <h2 id="decided-title">{words.decided}</h2>
      <Table
        caption={words.decided}
        quietCaption
        rows={data.decided}
        rowKey={(row) => row.id}
        columns={[
          { heading: view.t.time, cell: (row) => <Time view={view} at={row.at} /> },
          {
            heading: view.t.state,
            cell: (row) => <Chip view={view} state={row.state === 'released' ? 'released' : 'withheld'} />,
          },
          {
            heading: view.t.trace.receipt,
            cell: (row) => <a href={addresses.traceOf(row.receipt)}>{view.t.lab.monitor.follow}</a>,
          },
          { heading: words.by, cell: (row) => row.by },
          { heading: view.t.reason, cell: (row) => row.why },
          {
            heading: view.t.lab.pack.next,
            cell: (row) => (
              <a href={`${addresses.withheldAct('undecide')}?record=${row.record}`}>{view.t.checks.undecide.act}</a>
            ),
          },
        ]}
      />
    </section>
  )
}
