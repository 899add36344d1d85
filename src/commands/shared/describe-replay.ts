import type { Replay, ReplaySheet } from '../../store/replays.ts'
import { moment, momentAgo } from './moments.ts'
import { table } from './table.ts'

/** All replays, a line each. */
export function listReplays(replays: readonly Replay[], now: Date): string {
  if (replays.length === 0) return 'Nothing was replayed so far.'
  const lines = table(replays, [
    { head: 'replay', of: (one) => one.id },
    { head: 'destination', of: (one) => one.destination },
    { head: 'state', of: (one) => one.state },
    { head: 'released', of: (one) => `${one.released} of ${one.total}` },
    { head: 'acknowledged', of: (one) => one.sheet?.acknowledged ?? 0 },
    { head: 'started', of: (one) => momentAgo(one.createdAt, now) },
    { head: 'by', of: (one) => one.owner },
    { head: 'reason', of: (one) => one.reason },
  ])
  return lines.join('\n')
}

/** The count sheet of one replay. */
export function countSheetWords(replay: Replay): string {
  const { chosen, sheet } = replay
  const ended = replay.endedAt === null ? '' : `, ended ${moment(replay.endedAt)}`
  const head = `Replay ${replay.id} to ${replay.destination}: ${replay.state}. Started ${moment(replay.createdAt)}${ended}.`
  const what = `Received from ${moment(chosen.from)} to ${moment(chosen.to)}, ${chosen.states.join(' or ')}.`
  return [head, what, ...(sheet === null ? [] : sheetTable(sheet))].join('\n')
}

function sheetTable(sheet: ReplaySheet): string[] {
  const rows: readonly (readonly [string, number])[] = [
    ['chosen', sheet.chosen],
    ['released', sheet.released],
    ['acknowledged', sheet.acknowledged],
    ['refused', sheet.refused],
    ['withdrawn', sheet.withdrawn],
    ['waiting', sheet.waiting],
    ['of these sent again', sheet.sentAgain],
  ]
  return table(rows, [
    { head: 'count sheet', of: ([name]) => name },
    { head: '', of: ([, count]) => count },
  ])
}
