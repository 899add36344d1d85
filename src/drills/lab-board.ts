import { table } from '../commands/shared/table.ts'
import type { HarmScore, LabScoreboard } from './lab-score.ts'

interface Line {
  readonly what: string
  readonly here: string
  readonly in2017: string
}

const notTold = 'not told'

/** The scoreboard as lines of text; beside each figure stands what the public report tells of June and July 2017. */
export function labBoardLines(board: LabScoreboard): string[] {
  const columns = [
    { head: '', of: (line: Line) => line.what },
    { head: 'this drill (seconds on the wall)', of: (line: Line) => line.here },
    { head: '21 June to 3 July 2017', of: (line: Line) => line.in2017 },
  ]
  const verdict =
    board.broken.length === 0
      ? 'No law was broken: no monitor was wrongly red, everything is visible again, the books balance.'
      : `Broken: ${board.broken.join('. ')}.`
  return [...table(linesOf(board), columns), '', ...proofLines(board), '', verdict]
}

function linesOf(board: LabScoreboard): Line[] {
  const { tried, emergency, byHand } = board
  return [
    line(
      'patients, practices, laboratories',
      `${count(board.patients)}, ${board.practices}, ${board.laboratories}`,
      notTold,
    ),
    line('results sent and kept', count(board.results), 'mainly data from laboratories'),
    line(
      'tried on history before it counts',
      `${count(tried.records)} results in ${tried.seconds} s`,
      'not noticed in the test process',
    ),
    line('the report names', named(board), 'nobody knew which source'),
    line(
      'and patients touched',
      `${count(tried.patients)} of ${count(tried.patientsConcerned)}`,
      'told by users, from the next morning',
    ),
    line('activation by one person', tried.refusedWith ?? 'let through', 'done on Wednesday 21 June'),
    line(
      'forced as an emergency: withheld at most',
      count(emergency.withheldPeak),
      'moved to another part of the database',
    ),
    line('undone by the guard after', seconds(emergency.secondsCounted), 'two days: reverted on Friday 23 June'),
    line('of these out of its bounds', seconds(emergency.secondsOutOfBounds), notTold),
    line('all visible again after the undo', seconds(emergency.secondsToVisible), 'Wednesday 28 June'),
    line('guard off: withheld at most', count(byHand.withheldPeak), notTold),
    line('a person undid it, all visible after', seconds(byHand.secondsToVisible), 'seven days after the update'),
    line('items of monitors read meanwhile', count(emergency.monitorsRead + byHand.monitorsRead), notTold),
    line('shown red that were not', count(board.wrongRed), 'stayed red that should be green'),
    line('not shown at all', count(board.notShown), 'some monitors'),
    line(
      'shown as not to be trusted, at most in a round',
      count(Math.max(emergency.unreliable, byHand.unreliable)),
      'none could say so',
    ),
    line('still withheld at the end', count(board.withheldAtEnd), 'new reports on 26 and 27 June, after "solved"'),
    line('books of both sides', board.balanced ? 'balance' : 'differ', notTold),
    line('chain of entries', board.chainVerified ? `holds (${count(board.entries)})` : 'does not hold', notTold),
  ]
}

function named({ tried }: LabScoreboard): string {
  const told = tried.laboratories.map(
    ({ name, count: n, share }) => `${name}: ${count(n)} (${Math.round(share * 100)} %)`,
  )
  return told.join('; ') || 'nobody'
}

function proofLines(board: LabScoreboard): string[] {
  const told = (name: string, { readers, hub }: HarmScore): string[] => [
    `proof, ${name}: results of the laboratory, visible of all, and the hash of what is visible`,
    ...(['before', 'during', 'after'] as const).map((moment) => {
      const found = hub?.[moment]
      return `  ${moment.padEnd(6)}  ${found ? `${count(found.visible)} of ${count(found.records)}  ${found.visibleHash}` : 'nothing'}`
    }),
    `  ${hub?.holds === true ? 'holds' : 'does not hold'}; recount ${hub?.recountEqual === true ? 'equal' : 'differs'}, permitted differences ${hub?.permittedDifferences ?? 0}`,
    `  what readers see of ${count(readers.patients)} patients not measured meanwhile is ${readers.holds ? 'as before' : 'not as before'}: ${readers.after.slice(0, 16)}`,
  ]
  return [...told('undone by the guard', board.emergency), '', ...told('undone by a person', board.byHand)]
}

const line = (what: string, here: string, in2017: string): Line => ({ what, here, in2017 })
const whole = new Intl.NumberFormat('en-GB')
const count = (value: number): string => whole.format(value)
const seconds = (value: number | null): string => (value === null ? 'not undone' : `${value} s`)
