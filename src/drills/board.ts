import { table } from '../commands/shared/table.ts'
import type { Scoreboard } from './score.ts'

interface Line {
  readonly what: string
  readonly here: string
  readonly in2022: string
}

const notTold = 'not told'

/** The scoreboard as lines of text; beside each figure stands what the public report tells of 1 July 2022. */
export function boardLines(board: Scoreboard): string[] {
  const columns = [
    { head: '', of: (line: Line) => line.what },
    { head: 'this drill (seconds on the wall)', of: (line: Line) => line.here },
    { head: '1 July 2022', of: (line: Line) => line.in2022 },
  ]
  const verdict =
    board.broken.length === 0
      ? 'No law was broken: nothing lost, nothing doubled, the books balance.'
      : `Broken: ${board.broken.join('. ')}.`
  return [...table(linesOf(board), columns), '', ...detailLines(board), verdict]
}

function linesOf(board: Scoreboard): Line[] {
  return [...intakeLines(board), ...recoveryLines(board), ...proofLines(board)]
}

function intakeLines(board: Scoreboard): Line[] {
  const { trace, status, verify } = board.answeredDuringStop
  return [
    line('forms offered by the pharmacies', count(board.offered), notTold),
    line('accepted, with a receipt', count(board.accepted), notTold),
    line('of these over the spool, database away', count(board.spooledWhileAway), notTold),
    line('refused, with the reason in the answer', count(total(board.refused)), notTold),
    line('same number, other bytes: both kept', count(board.conflicts), notTold),
    line('turned away for a while, sent again later', count(total(board.turnedAway)), 'the whole afternoon'),
    line('other forms delivered during the morning fault', count(board.othersDuringFault), notTold),
    line(
      'node without eForms noticed after',
      noticed(board.secondsToDetect),
      'early in the afternoon, though restarted around noon; partners had noticed too',
    ),
    line('stopped intake: told to who offered a form after', noticed(board.secondsToStop), notTold),
    line(
      'stopped intake: alert of the own probe after',
      noticed(board.secondsToDetectByProbe),
      'partners noticed first',
    ),
    line('killed node noticed after', noticed(board.secondsToDetectKilled), notTold),
    line(
      'answered during the stop (trace, status, verify)',
      `${percent(trace)}, ${percent(status)}, ${percent(verify)} (verifying needs no hub)`,
      'base services went on; where a form was, people asked by telephone',
    ),
  ]
}

function recoveryLines(board: Scoreboard): Line[] {
  return [
    line('most deliveries owed at once', count(board.backlogPeak), notTold),
    line(
      'backlog empty after resuming',
      seconds(board.drainSeconds),
      'an hour until partners confirmed; then a backlog run',
    ),
    line('oldest wait for a certificate', seconds(board.oldestWaitSeconds), 'under 4 hours offline, plus the backlog'),
    line(
      'wait after resuming, 95 of 100: urgent, others',
      `${seconds(board.urgentWaitP95Seconds)}, ${seconds(board.otherWaitP95Seconds)}`,
      'no urgent lane told of; travellers were comforted by telephone',
    ),
    line(
      `certificates within ${board.promiseSeconds} s (an hour of this day), later`,
      `${count(board.certificatesOnTime)}, ${count(board.certificatesLate)}`,
      'too late for some who left',
    ),
  ]
}

function proofLines(board: Scoreboard): Line[] {
  return [
    line('certificates with another time than the sample', count(board.wrongSampleTimes), notTold),
    line('replayed at night, sent again', replayed(board), 'all systems checked after 22:00, done around midnight'),
    line('lost', count(board.lost), notTold),
    line('doubled', count(board.doubled), notTold),
    line('books of both sides', board.balanced ? 'balance' : 'differ', notTold),
    line('chain of entries', board.chainVerified ? `holds (${count(board.entries)})` : 'does not hold', notTold),
  ]
}

function detailLines(board: Scoreboard): string[] {
  const lists = [
    ['refused', board.refused],
    ['turned away', board.turnedAway],
    ['refused by destinations', board.refusedByDestinations],
  ] as const
  return lists
    .filter(([, counts]) => total(counts) > 0)
    .flatMap(([what, counts]) => [
      `${what}: ${Object.entries(counts)
        .map(([code, n]) => `${code} ${count(n)}`)
        .join(', ')}`,
      '',
    ])
}

const line = (what: string, here: string, in2022: string): Line => ({ what, here, in2022 })
const whole = new Intl.NumberFormat('en-GB')
const count = (value: number): string => whole.format(value)
const noticed = (value: number | null): string => (value === null ? 'not noticed' : seconds(value))
const seconds = (value: number | null): string => (value === null ? 'none' : `${value} s`)
const percent = (share: number): string => `${Math.round(share * 100)} %`
const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, one) => sum + one, 0)

function replayed({ replays }: Scoreboard): string {
  const chosen = replays.reduce((sum, one) => sum + one.chosen, 0)
  return `${count(chosen)}, ${count(replays.reduce((sum, one) => sum + one.sentAgain, 0))}`
}
