import { addresses } from '../addresses.ts'
import { Chip } from '../parts/chip.tsx'
import type { NodeState } from '../parts/flow.tsx'
import { Icon } from '../parts/icon.tsx'
import { Headline, Live } from '../parts/live.tsx'
import { Empty } from '../parts/notices.tsx'
import { rateText } from '../parts/queue-card.tsx'
import { fragment, page } from '../parts/shell.tsx'
import { Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { hubRoleWords } from '../texts/words.ts'
import type { View } from '../view.ts'

/** One node as it last reported itself. Figures it did not report are `null`. */
export interface NodeData {
  readonly name: string
  readonly state: NodeState
  readonly version: string
  readonly startedAt: string
  readonly seenAt: string
  readonly roles: readonly string[]
  readonly intakePerSecond: number | null
  readonly spool: {
    readonly messages: number
    readonly bytes: number
    readonly oldestAt: string | null
    /** Messages the database refused, kept beside those that wait. */
    readonly aside: number
    readonly asideSince: string | null
  }
  /** How far its clock is from the database's, in milliseconds. */
  readonly clockOffMs: number | null
}

export interface Nodes {
  readonly asOf: string
  readonly database: { readonly state: 'there' } | { readonly state: 'away'; readonly since: string | null }
  readonly nodes: readonly NodeData[]
  /** Roles that no node carries any more, and since when. */
  readonly uncarried: readonly { readonly role: string; readonly since: string }[]
}

export function nodesPage(view: View, data: Nodes): string {
  return page(
    view,
    { title: nodesSentence(view, data), section: addresses.nodes },
    <Live view={view} page="nodes">
      <Inside view={view} data={data} />
    </Live>,
  )
}

/** The inside of the live part, for the stream. */
export function nodesLive(view: View, data: Nodes): string {
  return fragment(<Inside view={view} data={data} />)
}

function nodesSentence(view: View, data: Nodes): string {
  const words = view.t.nodesPage
  const running = data.nodes.filter((node) => node.state === 'running').length
  if (running === 0) return words.none
  return running === data.nodes.length ? words.all(running) : words.some(running, data.nodes.length)
}

/** Clocks within a tenth of a second are called right: more would not change an order of events. */
const clockTolerance = 100

function clockText(view: View, offMs: number | null): string {
  if (offMs === null) return view.t.notKnown
  if (Math.abs(offMs) <= clockTolerance) return view.t.nodesPage.clockRight
  return view.t.nodesPage.clockOff(view.f.duration(Math.abs(offMs) / 1000))
}

function Inside({ view, data }: { view: View; data: Nodes }) {
  const { t, f } = view
  const words = t.nodesPage
  return (
    <>
      <Headline view={view} sentence={nodesSentence(view, data)} asOf={data.asOf} />
      {data.database.state === 'away' && (
        <p class="alarm" role="alert">
          <Icon name="unplug" />
          {words.databaseAway(data.database.since === null ? t.notKnown : f.time(data.database.since, view.now))}
        </p>
      )}
      {data.uncarried.map(({ role, since }) => (
        <p class="alarm" role="alert" key={role}>
          <Icon name="unplug" />
          {words.uncarried(view.word(hubRoleWords, role), f.time(since, view.now))}
        </p>
      ))}
      <section>
        {data.nodes.length === 0 ? (
          <Empty sentence={words.none} />
        ) : (
          <Table
            caption={t.nav.nodes}
            quietCaption
            rows={data.nodes}
            rowKey={(node) => node.name}
            columns={[
              { heading: words.name, cell: (node) => node.name },
              { heading: t.state, cell: (node) => <Chip view={view} state={node.state} /> },
              { heading: words.seen, cell: (node) => <Time view={view} at={node.seenAt} /> },
              { heading: words.roles, cell: (node) => f.list(node.roles.map((role) => view.word(hubRoleWords, role))) },
              { heading: words.intake, number: true, cell: (node) => rateText(view, node.intakePerSecond) },
              { heading: words.spool, cell: (node) => spoolText(view, node.spool) },
              { heading: words.clock, cell: (node) => clockText(view, node.clockOffMs) },
              {
                heading: words.started,
                cell: (node) => (
                  <span>
                    {f.time(node.startedAt, view.now)}, {node.version}
                  </span>
                ),
              },
            ]}
          />
        )}
      </section>
    </>
  )
}

function spoolText(view: View, spool: NodeData['spool']) {
  const words = view.t.nodesPage
  const aside =
    spool.aside === 0 ? null : (
      <span>
        {words.spoolAside(spool.aside)}
        {spool.asideSince !== null && (
          <>
            {', '}
            <Time view={view} at={spool.asideSince} />
          </>
        )}
      </span>
    )
  if (spool.messages === 0) return aside ?? words.spoolEmpty
  return (
    <span>
      {words.spoolLine(spool.messages, view.f.bytes(spool.bytes))}
      {spool.oldestAt !== null && (
        <>
          {', '}
          <Time view={view} at={spool.oldestAt} />
        </>
      )}
      {aside !== null && <>; {aside}</>}
    </span>
  )
}
