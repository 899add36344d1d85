import { addresses, type PackAct } from '../addresses.ts'
import { Chip } from '../parts/chip.tsx'
import { Definitions } from '../parts/definitions.tsx'
import { Empty } from '../parts/notices.tsx'
import { GuardPart } from '../parts/pack-guard.tsx'
import { PackDiffPart, type ShownDiff } from '../parts/pack-diff.tsx'
import { ProofPart, type ShownProof } from '../parts/pack-proof.tsx'
import { page } from '../parts/shell.tsx'
import type { StateName } from '../parts/states.ts'
import { Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { serviceWords } from '../texts/words.ts'
import type { View } from '../view.ts'
import type { GuardState } from './packs.tsx'

/** One rule pack: its versions, what they differ in, what was tried, what counts and what was undone. */
export interface PackPage {
  readonly asOf: string
  readonly name: string
  readonly service: string
  readonly owner: string
  readonly withheld: number
  readonly versions: readonly {
    readonly version: string
    readonly states: readonly StateName[]
    /** Senders for which a canary counts. */
    readonly sources: readonly string[]
    readonly installedAt: string
    readonly by: string
    readonly rules: number
    /** The tables of codes and units it needs, such as `lab-tables@1.0.0`; null where it needs none. */
    readonly tables: string | null
    /** What can be done with it next. */
    readonly acts: readonly PackAct[]
  }[]
  readonly guard: {
    readonly state: GuardState
    readonly lines: readonly {
      readonly source: string
      readonly rule: string
      readonly kind: string
      readonly seen: number
      readonly withheld: number
      /** Shares; null while the usual is not known. */
      readonly usual: number | null
      readonly bound: number
      readonly state: GuardState
    }[]
  }
  readonly diff: ShownDiff | null
  readonly reports: readonly {
    readonly id: string
    readonly version: string
    readonly state: 'busy' | 'halted' | 'done' | 'outdated'
    readonly at: string
    readonly by: string
    readonly seen: number
    readonly total: number
    readonly newlyWithheld: number
    readonly newlyVisible: number
  }[]
  readonly history: readonly {
    readonly id: string
    readonly at: string
    readonly version: string
    readonly state: StateName
    readonly source: string | null
    readonly by: string
    readonly second: string | null
    readonly why: string
    readonly emergency: boolean
    readonly undoes: string | null
  }[]
  readonly proof: ShownProof | null
}

export function packPage(view: View, data: PackPage): string {
  const sentence = packSentence(view, data)
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
      <Definitions
        items={[
          [view.t.service, view.word(serviceWords, data.service)],
          [view.t.lab.pack.owner, data.owner],
          [
            view.t.lab.packs.withheldNow,
            <a href={addresses.withheld({ pack: data.name })}>
              {data.withheld === 0 ? view.t.lab.withheld.nothing : view.t.lab.withheld.sentence(data.withheld)}
            </a>,
          ],
        ]}
      />
      <Versions view={view} data={data} />
      <GuardPart view={view} guard={data.guard} />
      {data.proof !== null && <ProofPart view={view} proof={data.proof} />}
      <Reports view={view} data={data} />
      {data.diff !== null && (
        <PackDiffPart
          view={view}
          pack={data.name}
          diff={data.diff}
          versions={data.versions.map((one) => one.version)}
        />
      )}
      <History view={view} data={data} />
    </>,
  )
}

function packSentence(view: View, { name, versions, guard }: PackPage): string {
  const words = view.t.lab.pack
  const active = versions.find(({ states }) => states.includes('active'))
  if (guard.state === 'beyond') return words.beyond(name)
  return active === undefined ? words.nothing(name) : words.counts(name, active.version)
}

function Versions({ view, data }: { view: View; data: PackPage }) {
  const words = view.t.lab.pack
  return (
    <section aria-labelledby="versions-title">
      <h2 id="versions-title">{words.versions}</h2>
      <p class="rule">{words.ladder}</p>
      <Table
        caption={words.versions}
        quietCaption
        rows={data.versions}
        rowKey={(row) => row.version}
        columns={[
          { heading: words.version, cell: (row) => row.version },
          {
            heading: view.t.state,
            cell: (row) => (
              <span class="chips">
                {row.states.map((state) => (
                  <Chip key={state} view={view} state={state} />
                ))}
                {row.sources.length > 0 && <span>{words.forSources(view.f.list(row.sources))}</span>}
              </span>
            ),
          },
          {
            heading: words.installed,
            cell: (row) => (
              <span>
                <Time view={view} at={row.installedAt} age={false} /> {view.t.by(row.by)}
              </span>
            ),
          },
          { heading: words.rules, number: true, cell: (row) => view.f.number(row.rules) },
          ...(data.versions.some(({ tables }) => tables !== null)
            ? [{ heading: words.tables, cell: (row: Version) => <TablesLink pack={data.name} version={row} /> }]
            : []),
          {
            heading: words.next,
            cell: (row) =>
              row.acts.length === 0 ? (
                words.noAct
              ) : (
                <span class="chips">
                  {row.acts.map((act) => (
                    <a key={act} class="button" href={addresses.packAct(data.name, act, { version: row.version })}>
                      {words.acts[act]}
                    </a>
                  ))}
                </span>
              ),
          },
        ]}
      />
    </section>
  )
}

type Version = PackPage['versions'][number]

function TablesLink({ pack, version: { version, tables } }: { pack: string; version: Version }) {
  return tables === null ? null : <a href={addresses.packTables(pack, version)}>{tables.replace('@', ' ')}</a>
}

function Reports({ view, data }: { view: View; data: PackPage }) {
  const words = view.t.lab.pack
  return (
    <section aria-labelledby="reports-title">
      <h2 id="reports-title">{words.reports}</h2>
      {data.reports.length === 0 ? (
        <Empty sentence={words.noReports} />
      ) : (
        <Table
          caption={words.reports}
          quietCaption
          rows={data.reports}
          rowKey={(row) => row.id}
          columns={[
            {
              heading: words.report,
              cell: (row) => (
                <a data-row href={addresses.packReport(data.name, row.id)}>
                  {words.reportOf(row.id, row.version)}
                </a>
              ),
            },
            { heading: view.t.state, cell: (row) => <Chip view={view} state={row.state} /> },
            {
              heading: view.t.time,
              cell: (row) => (
                <span>
                  <Time view={view} at={row.at} /> {view.t.by(row.by)}
                </span>
              ),
            },
            {
              heading: words.looked,
              number: true,
              cell: (row) => words.seenOf(view.f.number(row.seen), view.f.number(row.total)),
            },
            { heading: words.newlyWithheld, number: true, cell: (row) => view.f.number(row.newlyWithheld) },
            { heading: words.newlyVisible, number: true, cell: (row) => view.f.number(row.newlyVisible) },
          ]}
        />
      )}
    </section>
  )
}

function History({ view, data }: { view: View; data: PackPage }) {
  const words = view.t.lab.pack
  return (
    <section aria-labelledby="history-title">
      <h2 id="history-title">{words.history}</h2>
      <Table
        caption={words.history}
        quietCaption
        rows={data.history}
        rowKey={(row) => row.id}
        columns={[
          { heading: view.t.time, cell: (row) => <Time view={view} at={row.at} /> },
          {
            heading: words.what,
            cell: (row) => (
              <span class="chips">
                {row.version} <Chip view={view} state={row.state} />
                {row.source !== null && <span>{words.forSources(row.source)}</span>}
                {row.emergency && <span>{words.emergency}</span>}
                {row.undoes !== null && <span>{words.undoes(row.undoes)}</span>}
              </span>
            ),
          },
          {
            heading: words.who,
            cell: (row) => (row.second === null ? row.by : words.withSecond(row.by, row.second)),
          },
          { heading: view.t.reason, cell: (row) => row.why },
        ]}
      />
    </section>
  )
}
