import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandIo } from '../cli.ts'
import { loadRoutes } from '../delivery/config.ts'
import { knownKinds } from '../delivery/known-kinds.ts'
import { createReplay, endReplayEarly, previewReplay, replays } from '../delivery/replay.ts'
import type { Database, Queryable } from '../store/connect.ts'
import type { Chosen, Replay, ReplayableState } from '../store/replays.ts'
import { findSender } from '../store/senders.ts'
import { countSheetWords, listReplays } from './shared/describe-replay.ts'
import { assertKnown, destinationsOf } from './shared/destinations.ts'
import { databaseHelp, endHelp, flag, many, needed, oneOf, text, wholeNumber } from './shared/options.ts'
import { BadAnswer, WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { progressOn } from './shared/progress.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { readMoment } from './shared/when.ts'
import { withDatabase } from './shared/with-database.ts'

const states: readonly ReplayableState[] = ['acknowledged', 'refused', 'waiting', 'unknown', 'pending']

const help = `sluis replay
sluis replay --destination D --from T --to T [--state S]... [--sender C] [--form-kind K] --reason "..." --yes
sluis replay --show ID | --stop ID

Delivers a chosen set again, paced, without doing anything twice: what a destination acknowledged is asked for there and
sent only when it is not known. Times of receipt stay as they were. Without --yes it only counts; without anything it lists
the replays there were. The hub's nodes carry it on; this command shows how far it is, and may be left.

  --destination D   to which destination
  --from, --to T    received in this time: days in Europe/Brussels, both included, or times with zone
  --state S         only what is ${states.join(', ')} (default acknowledged)
  --sender C        only of this sender, by client id
  --form-kind K     only of this form kind
  --per-second N    deliveries released a second, over all nodes (default 20)
  --reason TEXT     why
  --by NAME         who (default: who is signed in on this machine)
  --yes             really start
  --no-wait         do not stay to show how far it is
  --show ID         the count sheet of one replay
  --stop ID         release no more; what was released goes on
${databaseHelp}
${endHelp}

Exit codes: 0 done, 1 nothing is in the set, or it was stopped, or it waits for a node, 2 wrong use.
`

const options = {
  destination: text,
  from: text,
  to: text,
  state: many,
  sender: text,
  'form-kind': text,
  'per-second': text,
  reason: text,
  by: text,
  yes: flag,
  'no-wait': flag,
  show: text,
  stop: text,
  data: text,
}

/** `sluis replay`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, (values) => {
    const print = (json: unknown, words: string): void => {
      io.stdout.write(`${values.json ? JSON.stringify(json) : words}\n`)
    }
    const show = wholeNumber('show', values.show, 1)
    const stop = wholeNumber('stop', values.stop, 1)
    const perSecond = wholeNumber('per-second', values['per-second'], 1) ?? 20
    if (show !== undefined || stop !== undefined) {
      return withDatabase(values, io, async ({ db }) => {
        if (stop !== undefined) await endReplayEarly(db, stop)
        const found = await oneReplay(db, stop ?? show ?? 0)
        print(found, countSheetWords(found))
        return 0
      })
    }
    if (values.destination === undefined) {
      if (values.yes || values.from !== undefined) needed('destination', undefined, 'a replay goes to one destination')
      return withDatabase(values, io, async ({ db }) => {
        const all = await replays(db)
        print(all, listReplays(all, new Date()))
        return 0
      })
    }
    const range = rangeOf(needed('from', values.from, 'since when'), needed('to', values.to, 'until when'))
    if (values.yes) needed('reason', values.reason, 'it stands with every delivery that is replayed')
    return withDatabase(values, io, async ({ db, dataFolder }) => {
      const chosen = await chosenOf(db, { ...values, formKind: values['form-kind'] }, range, dataFolder)
      if (!values.yes) return tellPreview(db, chosen, perSecond, print)
      const id = await createReplay(db, { chosen, perSecond, reason: values.reason ?? '', owner: ownerOf(values.by) })
      const replay = values['no-wait'] ? await oneReplay(db, id) : await follow(db, id, io)
      const idle = replay.state === 'running' && !values['no-wait']
      const hint = idle ? '\nNo node carries it on yet; it goes on when one with the role delivery runs.' : ''
      print(replay, `${countSheetWords(replay)}${hint}`)
      return replay.state === 'stopped' || idle ? 1 : 0
    })
  })
}

function rangeOf(from: string, to: string): { from: string; to: string } {
  const range = { from: readMoment('from', from).toISOString(), to: readMoment('to', to, true).toISOString() }
  if (range.from >= range.to) throw new WrongUse(`--from ${from} lies after --to ${to}`)
  return range
}

interface Given {
  readonly destination?: string
  readonly state?: readonly string[]
  readonly sender?: string
  readonly formKind: string | undefined
}

async function chosenOf(
  db: Queryable,
  given: Given,
  range: { from: string; to: string },
  dataFolder: string,
): Promise<Chosen> {
  const destinations = destinationsOf(dataFolder)
  const names = destinations.map(({ name }) => name)
  const destination = oneOf('destination', given.destination, names) ?? ''
  const kinds = knownKinds(loadRoutes(destinations), { what: 'delivery', destination, service: null })
  assertKnown('form kind', given.formKind ?? null, kinds)
  const wanted = (given.state ?? ['acknowledged']).map((state) => oneOf('state', state, states)!)
  const sender = given.sender === undefined ? null : await findSender(db, given.sender)
  if (given.sender !== undefined && sender === null) throw new BadAnswer(`There is no sender ${given.sender}.`)
  return {
    destination,
    ...range,
    senderId: sender?.sender.id ?? null,
    formKind: given.formKind ?? null,
    states: wanted,
  }
}

async function tellPreview(
  db: Queryable,
  chosen: Chosen,
  perSecond: number,
  print: (json: unknown, words: string) => void,
): Promise<number> {
  const preview = await previewReplay(db, chosen)
  const lines = table(preview.lines, [
    { head: 'state', of: (line) => line.state },
    { head: 'form kind', of: (line) => line.formKind },
    { head: 'deliveries', of: (line) => line.count },
  ])
  const long = Math.ceil(preview.total / perSecond)
  const words =
    preview.total === 0
      ? `Nothing for ${chosen.destination} is in this set.`
      : `${lines.join('\n')}\n${preview.total} in all: about ${long} s at ${perSecond} a second. Nothing was changed; start it with --yes.`
  print({ chosen, ...preview }, words)
  return preview.total === 0 ? 1 : 0
}

async function oneReplay(db: Queryable, id: number): Promise<Replay> {
  const [found] = await replays(db, id)
  if (found === undefined) throw new BadAnswer(`There is no replay ${id}. \`sluis replay\` lists them.`)
  return found
}

const patienceMilliseconds = 10_000

/** Stays with a replay until it ends, or until it is clear that no node works on it. */
async function follow(db: Database, id: number, io: CommandIo): Promise<Replay> {
  const tell = progressOn(io)
  let last = Date.now()
  let seen = -1
  for (;;) {
    const replay = await oneReplay(db, id)
    if (replay.state !== 'running') return replay
    const done = replay.sheet === null ? 0 : replay.released + replay.sheet.acknowledged + replay.sheet.refused
    if (done !== seen) last = Date.now()
    seen = done
    if (replay.released === 0 && Date.now() - last > patienceMilliseconds) return replay
    tell(
      () =>
        `replay ${id}: ${replay.released} of ${replay.total} released, ${replay.sheet?.acknowledged ?? 0} acknowledged, ${replay.sheet?.waiting ?? 0} waiting`,
    )
    await sleep(300)
  }
}
