import { addresses } from '../addresses.ts'
import { Chip } from '../parts/chip.tsx'
import { ActForm, ReasonField, SelectField, TextField } from '../parts/form.tsx'
import { Empty } from '../parts/notices.tsx'
import { Pagination, type Range } from '../parts/pagination.tsx'
import { dayOf } from '../parts/patient-bar.tsx'
import { page } from '../parts/shell.tsx'
import { severity, states, stateWord } from '../parts/states.ts'
import { Table } from '../parts/table.tsx'
import type { View } from '../view.ts'
import { tallyOf, type ItemState } from './monitor.tsx'

const filterable: readonly ItemState[] = [
  'red-out-of-target',
  'red-overdue',
  'unreliable',
  'unknown',
  'green',
  'not-applicable',
]

/** The patients of one practice with the items that fit a filter. */
export interface PracticePage {
  readonly asOf: string
  /** Practices the reader may look at; `chosen` is one of them, or null when there is none. */
  readonly practices: readonly string[]
  readonly chosen: string | null
  readonly filter: { readonly state: string; readonly item: string }
  readonly items: readonly { readonly id: string; readonly name: string }[]
  /** Over all patients of the practice, whatever the filter. */
  readonly counts: readonly { readonly state: ItemState; readonly count: number }[]
  readonly patients: readonly {
    readonly index: string
    readonly name: string
    readonly birthDate: string | null
    readonly items: readonly { readonly name: string; readonly state: ItemState }[]
  }[]
  /** How many patients the filter means, on every page of the list; one on two monitors stands in two rows of it. */
  readonly people: number
  readonly range: Range
  /** Logins of who reads this practice; null for a reader, who does not decide it. */
  readonly readers: readonly string[] | null
}

export function practicePage(view: View, data: PracticePage): string {
  const sentence = practiceSentence(view, data)
  const { lab } = view.t
  return page(
    view,
    { title: sentence, section: addresses.practices() },
    <>
      <div class="headline">
        <h1>{sentence}</h1>
        <p class="as-of">
          {view.t.asOf} <time datetime={data.asOf}>{view.f.clock(data.asOf)}</time>
        </p>
      </div>
      {data.practices.length === 0 ? (
        <Empty sentence={view.person?.role === 'reader' ? lab.practice.noneForYou : lab.practice.none} />
      ) : (
        <>
          <ul class="tally">
            {byWorst(data.counts).map(({ state, count }) => (
              <li key={state}>
                <strong>{view.f.number(count)}</strong> <Chip view={view} state={state} />
              </li>
            ))}
          </ul>
          <Filter view={view} data={data} />
          <Patients view={view} data={data} />
          {data.readers !== null && data.chosen !== null && <Readers view={view} data={data} />}
        </>
      )}
    </>,
  )
}

function practiceSentence(view: View, data: PracticePage): string {
  const words = view.t.lab.practice
  if (data.chosen === null) return words.title
  const count = (...wanted: readonly ItemState[]) =>
    data.counts.filter(({ state }) => wanted.includes(state)).reduce((sum, one) => sum + one.count, 0)
  return words.sentence(data.chosen, count('red-overdue', 'red-out-of-target'), count('unreliable', 'unknown'))
}

function Filter({ view, data }: { view: View; data: PracticePage }) {
  const { t } = view
  const any = { value: '', text: t.all }
  return (
    <form class="toolbar" action={addresses.practices()} method="get">
      <SelectField
        id="practice"
        label={t.lab.practice.practice}
        value={data.chosen ?? ''}
        choices={data.practices.map((name) => ({ value: name, text: name }))}
      />
      <SelectField
        id="state"
        label={t.state}
        value={data.filter.state}
        choices={[any, ...filterable.map((state) => ({ value: state, text: stateWord(state, view.language) }))]}
      />
      <SelectField
        id="item"
        label={t.lab.monitor.item}
        value={data.filter.item}
        choices={[any, ...data.items.map(({ id, name }) => ({ value: id, text: name }))]}
      />
      <button>{t.show}</button>
    </form>
  )
}

function Patients({ view, data }: { view: View; data: PracticePage }) {
  const { lab } = view.t
  if (data.patients.length === 0) return <Empty sentence={lab.practice.nobody} />
  return (
    <section aria-labelledby="patients-title">
      <div class="section-head">
        <h2 id="patients-title">{lab.practice.patients(data.people)}</h2>
        <a href={addresses.practicesCsv({ practice: data.chosen, ...data.filter })}>{view.t.csv}</a>
      </div>
      <Table
        caption={lab.practice.patients(data.people)}
        quietCaption
        rows={data.patients}
        rowKey={(row) => row.index}
        columns={[
          {
            heading: lab.practice.patient,
            cell: (row) => (
              <a data-row href={addresses.patientMonitors(row.index, { purpose: 'care' })}>
                {row.name}
              </a>
            ),
          },
          {
            heading: lab.patient.birth,
            cell: (row) => (row.birthDate === null ? view.t.notKnown : dayOf(view, row.birthDate)),
          },
          { heading: lab.practice.items, cell: (row) => <ItemList view={view} items={row.items} /> },
        ]}
      />
      <Pagination view={view} range={data.range} />
    </section>
  )
}

function ItemList({ view, items }: { view: View; items: PracticePage['patients'][number]['items'] }) {
  return (
    <ul class="item-list">
      {tallyOf(items).map(([state]) => (
        <li key={state}>
          <Chip view={view} state={state} />{' '}
          {namesOf(
            view,
            items.filter((item) => item.state === state).map((item) => item.name),
          )}
        </li>
      ))}
    </ul>
  )
}

/** A few names; how many more there are stands behind them. */
function namesOf(view: View, names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), view.t.andMore(names.length - 3)] : names
  return view.f.list(shown)
}

const byWorst = (counts: PracticePage['counts']): PracticePage['counts'] =>
  counts.toSorted((a, b) => severity[states[a.state].tone] - severity[states[b.state].tone])

/** Who reads the patients of a practice is said here, with a reason, and holds from the next page on. */
function Readers({ view, data }: { view: View; data: PracticePage }) {
  const words = view.t.lab.practice
  return (
    <section aria-labelledby="readers-title">
      <h2 id="readers-title">{words.readers}</h2>
      <p>{data.readers?.length === 0 ? words.noReaders : words.readBy(view.f.list(data.readers ?? []))}</p>
      <details>
        <summary>{words.changeReaders}</summary>
        <ActForm view={view} act="operate" action={addresses.practiceReaders} button={words.saveReaders}>
          <input type="hidden" name="practice" value={data.chosen ?? ''} />
          <TextField
            id="readers"
            label={words.logins}
            hint={words.loginsHint}
            value={(data.readers ?? []).join(', ')}
          />
          <ReasonField view={view} />
        </ActForm>
      </details>
    </section>
  )
}
