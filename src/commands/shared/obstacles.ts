import { isUncarried, type Backlog, type BacklogView } from '../../delivery/backlog.ts'
import { pausesOver } from '../../store/pauses.ts'
import { moment, stretch } from './moments.ts'

/** Who or what withholds, e.g. `rule unit-not-of-code of lab-quality 1.1.0 (activation 12)`. */
export function holdWords(hold: {
  readonly pack?: string | undefined
  readonly version?: string | undefined
  readonly rule?: string | undefined
  readonly activation?: number | null | undefined
  readonly by?: string | null | undefined
}): string {
  if (hold.activation == null) return `${hold.by ?? 'a person'}, who decided so`
  return `rule ${hold.rule} of ${hold.pack} ${hold.version} (activation ${hold.activation})`
}

/** When a backlog will be empty, in words. */
export function outlookWords({ outlook, count }: Pick<Backlog, 'outlook' | 'count'>): string {
  if (outlook.state === 'emptying') return `empty in about ${stretch(outlook.seconds)}`
  if (outlook.state === 'growing') return 'growing'
  return outlook.state === 'standing' && count > 0 ? 'standing still' : 'empty'
}

export interface Scope {
  readonly service: string
  readonly formKind: string
}

/** What keeps deliveries of a form kind from going to a destination: pauses, the breaker, no node; empty when nothing does. */
export function obstacleWords(view: BacklogView, destination: string, { service, formKind }: Scope): string {
  const pauses = pausesOver(view.pauses, { destination, service, formKind }).map(
    (pause) => `paused since ${moment(pause.since)} by ${pause.owner}: ${pause.reason} (pause ${pause.id})`,
  )
  const nobody = isUncarried(view, 'delivery') ? ['no node has the role delivery'] : []
  return [...pauses, ...nobody, ...breakerWords(view, destination)].join('; ')
}

function breakerWords(view: BacklogView, destination: string): string[] {
  const state = view.destinations.find((one) => one.destination === destination)
  if (state === undefined || state.breaker === 'closed') return []
  const until = state.breakerUntil === null ? '' : `, tried again at ${moment(state.breakerUntil)}`
  return [`it does not answer as it should (${state.lastCode ?? 'no answer'})${until}`]
}
