import { resume } from '../../delivery/pauses.ts'
import { SluisError } from '../../kernel/errors.ts'
import { lastEnded, type EndedPause } from '../../store/console-events.ts'
import type { Database } from '../../store/connect.ts'
import { runningPauses, type Pause, type PauseScope } from '../../store/pauses.ts'
import type { Confirm } from '../../web/pages/confirm.tsx'
import { kindWords, serviceWords } from '../../web/texts/words.ts'
import type { View } from '../../web/view.ts'
import type { Act } from './act.ts'
import type { ConsoleDeps } from './deps.ts'
import { actorName, scopeName } from './names.ts'
import { waitingRows } from './waiting-rows.ts'

/** Which pause is to end: the one a page named, or the one that holds a scope. */
export type Wanted = { readonly pause: string } | { readonly scope: PauseScope }

/**
 * Ends a pause or a stop, and shows first what that lets go: all that this pause holds, also where a narrower part was asked
 * for. What is over is told with who ended it. Throws `not-found` for the number of a pause that never was.
 */
export function releaseAct(deps: ConsoleDeps, back: string, wanted: Wanted): Act {
  const { db } = deps
  return {
    fields: 'pause' in wanted ? { pause: wanted.pause } : { kind: wanted.scope.formKind ?? '' },
    async preview(view) {
      const { running, over } = await find(db, wanted, back)
      const scope = running ?? over ?? ('scope' in wanted ? wanted.scope : anything)
      const told = await tell(deps, view, scope)
      const done = over === null ? { by: null } : { by: actorName(view, over.endedBy), at: over.endedAt.toISOString() }
      return { act: 'operate', ...told, button: told.title, done: running === undefined ? done : null, back }
    },
    async run(reason, owner) {
      const { running } = await find(db, wanted, back)
      if (running !== undefined) await resume(db, running.id, reason, owner).catch(ignoreOver)
      return back
    },
  }
}

const anything: PauseScope = { what: 'delivery', destination: null, service: null, formKind: null }

async function tell(
  { db, now, destinations }: ConsoleDeps,
  view: View,
  scope: PauseScope,
): Promise<Pick<Confirm, 'title' | 'what' | 'undo' | 'effect'>> {
  const { acts, deliveries, destinationPage, servicePage } = view.t
  if (scope.what === 'intake') {
    const { formKind, service } = scope
    const name = formKind === null ? view.word(serviceWords, service ?? '') : view.word(kindWords, formKind)
    return { title: servicePage.openKind(name), what: servicePage.openWhat, undo: acts.undoOpen, effect: [] }
  }
  const { waiting, rows: effect } = await waitingRows(db, view, now(), scope)
  const everywhere = scope.destination === null ? [acts.resumeEverywhere] : []
  return {
    title: acts.resume(scopeName(view, destinations, scope)),
    what: [destinationPage.resumeWhat(deliveries(waiting)), ...everywhere].join(' '),
    undo: acts.undoResume,
    effect,
  }
}

interface Found {
  readonly running: Pause | undefined
  /** The pause that was meant, when it runs no longer. */
  readonly over: EndedPause | null
}

async function find(db: Database, wanted: Wanted, back: string): Promise<Found> {
  const pauses = await runningPauses(db)
  if ('scope' in wanted) {
    const running = covering(pauses, wanted.scope)
    return { running, over: running === undefined ? await lastEnded(db, wanted.scope) : null }
  }
  const { pause } = wanted
  const running = pauses.find((one) => one.what === 'delivery' && String(one.id) === pause)
  const over = running === undefined && /^\d{1,15}$/.test(pause) ? await lastEnded(db, Number(pause)) : null
  if (running === undefined && over === null)
    throw new SluisError('not-found', { path: `${back}/resume?pause=${pause.slice(0, 40)}` })
  return { running, over }
}

/** The pause of exactly this scope, else the wider one that covers it: ending that is what lets it go on. */
function covering(pauses: readonly Pause[], scope: PauseScope): Pause | undefined {
  const own = pauses.filter(({ what }) => what === scope.what)
  const exact = own.find(
    (pause) =>
      pause.destination === scope.destination && pause.service === scope.service && pause.formKind === scope.formKind,
  )
  const covers = (pause: Pause): boolean =>
    (pause.destination === null || pause.destination === scope.destination) &&
    (pause.service === null || scope.service === null || pause.service === scope.service) &&
    (pause.formKind === null || pause.formKind === scope.formKind)
  return exact ?? own.find(covers)
}

/** Who ends what somebody else ended in the same moment has what they wanted. */
function ignoreOver(error: unknown): void {
  if (!(error instanceof SluisError && error.code === 'pause-not-running')) throw error
}
