import { createReplay, endReplayEarly, previewReplay, replays } from '../../delivery/replay.ts'
import { SluisError } from '../../kernel/errors.ts'
import type { Chosen, Replay, ReplayableState } from '../../store/replays.ts'
import { findSender } from '../../store/senders.ts'
import { addresses } from '../../web/addresses.ts'
import {
  replayFormPage,
  replayListPage,
  replayLive,
  replayPage,
  replayPreviewPage,
  type ReplayForm,
  type ReplayPreview,
  type ReplayRun,
  type Selection,
} from '../../web/pages/replay.tsx'
import { kindWords } from '../../web/texts/words.ts'
import type { View } from '../../web/view.ts'
import { fromLocal, toLocal } from './brussels-time.ts'
import type { ConsoleDeps } from './deps.ts'
import { fieldsRefused, queryText, readReason } from './forms.ts'
import type { LivePart } from './live.ts'
import { actorName, destinationName } from './names.ts'
import type { Screens } from './screens.ts'

/** On a working day a count never stands still; so much of it may have changed since it was confirmed. */
const confirmedShare = 0.05

/** Choosing, counting, confirming, and the sheet of a replay. */
export function replayScreens(screens: Screens, deps: ConsoleDeps): void {
  const { db } = deps
  screens.show(addresses.replays, 'see-operations', async ({ view }) =>
    replayListPage(
      view,
      (await replays(db)).map((replay) => tell(deps, view, replay)),
    ),
  )

  screens.show(addresses.replayNew(), 'replay', async ({ view, request }) => {
    const read = (name: string): string => queryText(request.query, name)
    const selection = readSelection(deps, read)
    const asked = read('from') !== '' && read('change') === ''
    const checked = asked ? await check(deps, view, selection) : { chosen: null, faults: [] }
    if (checked.chosen === null) return replayFormPage(view, formOf(deps, view, selection, checked.faults))
    return replayPreviewPage(view, await preview(deps, view, selection, checked.chosen, null))
  })

  screens.act(addresses.replays, 'replay', async ({ view, session }, form) => {
    const selection = readSelection(deps, (name) => form.text(name))
    const { chosen, faults } = await check(deps, view, selection)
    if (chosen === null) {
      const page = replayFormPage(view, formOf(deps, view, selection, faults))
      return { state: 'asks', page, refusal: fieldsRefused(faults) }
    }
    const counted = Number(form.text('counted'))
    const now = await preview(deps, view, selection, chosen, counted)
    const reason = readReason(form)
    // Somebody confirmed a number; when it is quite another by now, they are asked again.
    if (reason === null || Math.abs(now.total - counted) > counted * confirmedShare) {
      const refusal = reason === null ? new SluisError('reason-short') : fieldsRefused([{ field: 'counted' }])
      return { state: 'asks', page: replayPreviewPage(view, now), refusal }
    }
    const id = await createReplay(db, { chosen, perSecond: selection.perSecond, reason, owner: session.person.login })
    return { state: 'done', to: addresses.replay(String(id)) }
  })

  screens.show('/replays/:id', 'see-operations', async ({ view, request }) =>
    replayPage(view, tell(deps, view, await find(deps, request.params))),
  )

  screens.act('/replays/:id/stop', 'replay', async ({ request }) => {
    const replay = await find(deps, request.params)
    await endReplayEarly(db, replay.id).catch(ignoreOver)
    return { state: 'done', to: addresses.replay(String(replay.id)) }
  })
}

/** Who stops what is over already has what they wanted. */
function ignoreOver(error: unknown): void {
  if (!(error instanceof SluisError && error.code === 'replay-not-running')) throw error
}

export function replayStream(deps: ConsoleDeps, id: string): LivePart<Replay | null> | null {
  if (!/^\d{1,15}$/.test(id)) return null
  return {
    read: async () => (await replays(deps.db, Number(id)))[0] ?? null,
    show: (view, replay) => (replay === null ? null : replayLive(view, tell(deps, view, replay))),
  }
}

async function find({ db }: ConsoleDeps, params: unknown): Promise<Replay> {
  const { id } = params as { id: string }
  const found = /^\d{1,15}$/.test(id) ? (await replays(db, Number(id)))[0] : undefined
  if (found === undefined) throw new SluisError('not-found', { path: addresses.replay(id.slice(0, 40)) })
  return found
}

const statesOf: Readonly<Record<Selection['chosen'], readonly ReplayableState[]>> = {
  acknowledged: ['acknowledged'],
  waiting: ['waiting', 'unknown', 'pending'],
  refused: ['refused'],
  any: ['acknowledged', 'refused', 'waiting', 'unknown', 'pending'],
}

function readSelection({ destinations, now }: ConsoleDeps, text: (name: string) => string): Selection {
  const chosen = (Object.keys(statesOf) as Selection['chosen'][]).find((one) => one === text('chosen'))
  const perSecond = Number(text('per-second') || 20)
  return {
    destination: text('destination') || (destinations[0]?.name ?? ''),
    kind: text('kind'),
    sender: text('sender'),
    chosen: chosen ?? 'acknowledged',
    from: text('from') || toLocal(new Date(now().getTime() - 3_600_000)),
    to: text('to') || toLocal(new Date(now().getTime() + 60_000)),
    perSecond: Number.isFinite(perSecond) ? perSecond : 0,
  }
}

/** What the choice means in the database, or what is wrong with it. */
async function check(
  { db, destinations }: ConsoleDeps,
  view: View,
  selection: Selection,
): Promise<{ chosen: Chosen | null; faults: ReplayForm['faults'] }> {
  const words = view.t.replayFaults
  const [from, to] = [fromLocal(selection.from), fromLocal(selection.to)]
  const sender = selection.sender === '' ? null : await findSender(db, selection.sender)
  const faults = [
    destinations.some((one) => one.name === selection.destination) ? null : ['destination', words.destination],
    from === null ? ['from', words.moment] : null,
    to === null ? ['to', words.moment] : null,
    from !== null && to !== null && from >= to ? ['to', words.order] : null,
    selection.sender !== '' && sender === null ? ['sender', words.sender] : null,
    selection.perSecond >= 1 && selection.perSecond <= 10_000 ? null : ['per-second', words.pace],
  ].flatMap((fault) => (fault === null ? [] : [{ field: fault[0] ?? '', sentence: fault[1] ?? '' }]))
  if (faults.length > 0 || from === null || to === null) return { chosen: null, faults }
  return {
    faults,
    chosen: {
      destination: selection.destination,
      from: from.toISOString(),
      to: to.toISOString(),
      senderId: sender?.sender.id ?? null,
      formKind: selection.kind === '' ? null : selection.kind,
      states: statesOf[selection.chosen],
    },
  }
}

function formOf(
  { destinations, routes }: ConsoleDeps,
  view: View,
  values: Selection,
  faults: ReplayForm['faults'],
): ReplayForm {
  const kinds = [...new Set(routes.flatMap((route) => route.formKinds))]
  return {
    destinations: destinations.map(({ name, texts }) => ({ value: name, text: texts[view.language] })),
    kinds: kinds.map((kind) => ({ value: kind, text: view.word(kindWords, kind) })),
    values,
    faults,
  }
}

async function preview(
  { db, destinations, now }: ConsoleDeps,
  view: View,
  selection: Selection,
  chosen: Chosen,
  before: number | null,
): Promise<ReplayPreview> {
  const { total, lines } = await previewReplay(db, chosen)
  const count = (states: readonly string[]): number =>
    lines.filter((line) => states.includes(line.state)).reduce((sum, line) => sum + line.count, 0)
  const byState = (['acknowledged', 'waiting', 'refused'] as const).map((state) => ({
    state,
    count: count(statesOf[state]),
  }))
  return {
    selection,
    destinationName: destinationName(destinations, selection.destination, view.language),
    total,
    byState: byState.filter((row) => row.count > 0),
    takesSeconds: Math.ceil(total / selection.perSecond),
    countedAt: now().toISOString(),
    countBefore: before === null || before === total ? null : before,
  }
}

const runStates = { running: 'busy', done: 'done', stopped: 'halted' } as const

/** The count sheet: chosen = acknowledged as new + known already + refused + waiting + left. */
function tell({ destinations, now }: ConsoleDeps, view: View, replay: Replay): ReplayRun {
  const sheet = replay.sheet
  const acknowledged = sheet?.acknowledged ?? 0
  const again = Math.min(acknowledged, sheet?.sentAgain ?? 0)
  const notReleased = Math.max(0, replay.total - (sheet?.released ?? 0))
  const running = replay.state === 'running'
  return {
    asOf: now().toISOString(),
    id: String(replay.id),
    destinationName: destinationName(destinations, replay.destination, view.language),
    state: runStates[replay.state],
    startedBy: actorName(view, replay.owner),
    startedAt: replay.createdAt.toISOString(),
    reason: replay.reason,
    counts: {
      chosen: replay.total,
      again,
      known: acknowledged - again,
      refused: (sheet?.refused ?? 0) + (sheet?.withdrawn ?? 0),
      waiting: (sheet?.waiting ?? 0) + (running ? notReleased : 0),
      left: running ? 0 : notReleased,
    },
  }
}
