import { addresses } from '../addresses.ts'
import type { View } from '../view.ts'
import { Chip } from './chip.tsx'
import { Icon } from './icon.tsx'
import { rateText, type Queue } from './queue-card.tsx'
import type { StateName } from './states.ts'

/** Who sends to the hub: a group of senders of one kind. */
export interface Source {
  readonly id: string
  readonly name: string
  readonly state: Extract<StateName, 'passing' | 'late' | 'silent' | 'not-known' | 'closed'>
  readonly perSecond: number | null
}

export type NodeState = Extract<StateName, 'running' | 'starting' | 'stopping' | 'away' | 'silent'>

export interface HubNode {
  readonly name: string
  readonly state: NodeState
  readonly spooled: number
}

export interface Flow {
  readonly sources: readonly Source[]
  readonly nodes: readonly HubNode[]
  readonly queues: readonly Queue[]
  readonly books: Extract<StateName, 'balanced' | 'differs' | 'not-known'>
}

/** From senders through the lock to destinations: what flows is wide, what is paused has a gap, what is cut a cross. */
export function FlowPicture({ view, flow }: { view: View; flow: Flow }) {
  return (
    <figure class="flow" aria-label={view.t.flow.title}>
      <ul class="flow-side" aria-label={view.t.flow.senders}>
        {flow.sources.map((source) => (
          <li key={source.id}>
            <span class="flow-end">
              <strong>{source.name}</strong>
              {source.state !== 'passing' && <Chip view={view} state={source.state} />}
            </span>
            <Pipe view={view} perSecond={source.perSecond} cut={source.state === 'closed' ? 'paused' : 'none'} />
          </li>
        ))}
      </ul>
      <Chamber view={view} flow={flow} />
      <ul class="flow-side" aria-label={view.t.flow.destinations}>
        {flow.queues.map((queue) => (
          <li key={queue.id}>
            <Pipe view={view} perSecond={queue.outPerSecond} cut={cutOf(queue)} />
            <span class="flow-end">
              <a href={addresses.destination(queue.id)}>{queue.name}</a>
              {queue.state !== 'passing' && <Chip view={view} state={queue.state} />}
            </span>
          </li>
        ))}
      </ul>
    </figure>
  )
}

function Chamber({ view, flow }: { view: View; flow: Flow }) {
  return (
    <div class="chamber">
      <ul aria-label={view.t.nav.nodes}>
        {flow.nodes.map((node) => (
          <li key={node.name} class={node.state === 'away' || node.state === 'silent' ? 'node is-away' : 'node'}>
            <strong>{node.name}</strong>
            <Chip view={view} state={node.state} />
            {node.spooled > 0 && <small>{view.t.flow.spooled(node.spooled)}</small>}
          </li>
        ))}
      </ul>
      <p class="chamber-books">
        <a href={addresses.books}>{view.t.nav.books}</a>
        <Chip view={view} state={flow.books} />
      </p>
    </div>
  )
}

type Cut = 'none' | 'paused' | 'broken' | 'not-known'

function cutOf(queue: Queue): Cut {
  if (queue.state === 'paused') return 'paused'
  if (queue.breaker.state === 'open') return 'broken'
  return queue.outPerSecond === null ? 'not-known' : 'none'
}

/** Width in four steps by the size of the rate, so that it does not tremble. */
export function pipeWidth(perSecond: number | null): 0 | 1 | 2 | 3 | 4 {
  if (perSecond === null || perSecond <= 0) return 0
  if (perSecond < 1) return 1
  if (perSecond < 10) return 2
  return perSecond < 100 ? 3 : 4
}

const cutIcons = { paused: 'circle-pause', broken: 'octagon-x', 'not-known': 'circle-question-mark' } as const

function Pipe({ view, perSecond, cut }: { view: View; perSecond: number | null; cut: Cut }) {
  const width = cut === 'none' ? pipeWidth(perSecond) : 0
  return (
    <span class={`pipe cut-${cut}`}>
      <PipeLine width={cut === 'none' ? width : pipeWidth(1)} flows={width > 0} />
      <span class="pipe-rate">
        {cut !== 'none' && <Icon name={cutIcons[cut]} />}
        {rateText(view, perSecond)}
      </span>
      <PipeLine width={cut === 'none' ? width : 0} flows={width > 0} />
    </span>
  )
}

function PipeLine({ width, flows }: { width: number; flows: boolean }) {
  return (
    <svg class={`pipe-line width-${width}`} width="100%" height="20" aria-hidden="true">
      <line class="pipe-wall" x1="0" x2="100%" y1="10" y2="10" />
      {flows && <line class="pipe-water" x1="0" x2="100%" y1="10" y2="10" />}
    </svg>
  )
}
