import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { CommandIo } from '../cli.ts'
import { boardLines } from '../drills/board.ts'
import { labBoardLines } from '../drills/lab-board.ts'
import { retellLabChecks } from '../drills/lab-checks.ts'
import { scoreLabChecks } from '../drills/lab-score.ts'
import { retellBlackFriday } from '../drills/black-friday.ts'
import { score } from '../drills/score.ts'
import { screenOf, type Screen } from '../drills/screen.ts'
import { SluisError } from '../kernel/errors.ts'
import { endHelp, flag, text, wholeNumber } from './shared/options.ts'
import { BadAnswer, WrongUse } from './shared/outcome.ts'
import { runWith } from './shared/run-with.ts'
import { onStopSignal } from './shared/stop-signals.ts'

const help = `sluis drill black-friday|lab-checks [--fast] [--minutes N] [--data DIR] [--json]

Retells a bad day with real processes and real faults, all on this machine and apart from any other hub. Ends with a
scoreboard, beside what the public report tells of that day.

  black-friday   1 July 2022: two nodes behind a balancer, a database, three destinations and the pharmacies
  lab-checks     June 2017: laboratories, monitors, and an update of the checks that misjudges one laboratory: tried,
                 forced, and undone

  --fast         in little more than a minute
  --minutes N    black-friday: how long it may take about (default 3)
  --forms N      black-friday: forms a second at the busiest time (default 30; 15 with --fast)
  --patients N   lab-checks: how many (default 2000; 300 with --fast)
  --seed N       other people, forms and results
  --data DIR     an empty folder to keep everything in; otherwise it is thrown away, unless a law was broken
${endHelp}: the scoreboard as the last line

Exit codes: 0 no law was broken, 1 one was, 2 wrong use.
`

const options = { fast: flag, minutes: text, forms: text, patients: text, data: text, seed: text } as const

/** What building, draining, replaying and counting take beside the opening hours. */
const besideSeconds = 25

/** `sluis drill`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values, positionals) => {
    const [name = ''] = positionals
    const drill = Object.hasOwn(drills, name) ? drills[name] : undefined
    if (drill === undefined || positionals.length !== 1) {
      throw new WrongUse(`Name the drill: sluis drill ${Object.keys(drills).join(', or sluis drill ')}`)
    }
    // Before there is a folder that somebody would have to throw away.
    const numbers = {
      minutes: wholeNumber('minutes', values.minutes, 1),
      forms: wholeNumber('forms', values.forms, 1),
      patients: wholeNumber('patients', values.patients, 50),
      seed: wholeNumber('seed', values.seed, 0),
    }
    const folder = values.data === undefined ? mkdtempSync(join(tmpdir(), 'sluis-drill-')) : emptyFolder(values.data)
    const screen = screenOf(io.stderr)
    const throwAway = async (): Promise<void> => {
      if (values.data === undefined) await rm(folder, { recursive: true, force: true })
    }
    const { board, lines } = await untilInterrupted((signal, onTown) =>
      drill({ ...numbers, folder, ...screen, signal, onTown, fast: values.fast === true }),
    ).catch(async (error: unknown) => {
      if (error instanceof Interrupted) await throwAway()
      throw brokenOff(error, folder)
    })
    const good = board.broken.length === 0
    if (good) await throwAway()
    if (!good || values.data !== undefined) screen.say(`everything of this drill is in ${folder}`)
    io.stdout.write(`${(values.json === true ? [JSON.stringify(board)] : lines).join('\n')}\n`)
    return good ? 0 : 1
  })
}

/** Makes the folder where there is none. The one of a hub would be opened, migrated and run under another key. */
function emptyFolder(named: string): string {
  const folder = resolve(named)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (readdirSync(folder).length === 0) return folder
  } catch (error) {
    throw new WrongUse(`--data ${named} cannot be used: ${(error as Error).message}`)
  }
  throw new WrongUse(`--data ${named} is not empty: name a folder that is, or one that does not exist yet`)
}

/** Somebody stopped the drill: there is nothing to look at afterwards. */
class Interrupted extends BadAnswer {}

/** A drill that could not go on is no answer about the hub: said in a sentence, with all that is known beside it. */
function brokenOff(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || error instanceof BadAnswer || error instanceof SluisError) return error
  const file = join(folder, 'broken-off.txt')
  writeFileSync(file, `${error.stack ?? error.message}\n`)
  return new BadAnswer(
    `The drill broke off before its end, so it says nothing of the hub: ${error.message.trim()}\nMore is in ${file}.`,
  )
}

interface DrillRun extends Screen {
  readonly fast: boolean
  readonly minutes: number | undefined
  readonly forms: number | undefined
  readonly patients: number | undefined
  readonly seed: number | undefined
  readonly folder: string
  readonly signal: AbortSignal
  readonly onTown: (town: Abandonable) => void
}

interface DrillEnd {
  readonly board: { readonly broken: readonly string[] }
  readonly lines: readonly string[]
}

const drills: Readonly<Record<string, (run: DrillRun) => Promise<DrillEnd>>> = {
  'black-friday': async (drill) => {
    const day = await retellBlackFriday({
      ...drill,
      seconds: drill.fast ? 55 : Math.max(55, (drill.minutes ?? 3) * 60 - besideSeconds),
      perSecond: drill.forms ?? (drill.fast ? 15 : 30),
      pharmacies: 40,
      seed: drill.seed ?? 1,
    })
    const board = score(day)
    return { board, lines: boardLines(board) }
  },
  'lab-checks': async (drill) => {
    const facts = await retellLabChecks({
      ...drill,
      patients: drill.patients ?? (drill.fast ? 300 : 2_000),
      practices: drill.fast ? 3 : 12,
      laboratories: drill.fast ? ['schelde', 'vecht'] : ['schelde', 'meuse', 'vecht', 'eifel'],
      seed: drill.seed ?? 1,
    })
    const board = scoreLabChecks(facts)
    return { board, lines: labBoardLines(board) }
  },
}

/** What an exit of this process must not leave behind. */
interface Abandonable {
  abandon(): void
}

/** Runs a drill; a signal ends it with everything it started, and an exit of this process leaves no node behind. */
async function untilInterrupted<T>(
  drill: (signal: AbortSignal, onTown: (town: Abandonable) => void) => Promise<T>,
): Promise<T> {
  let town: Abandonable | undefined
  const interrupted = new AbortController()
  const onExit = (): void => town?.abandon()
  const release = onStopSignal(() => interrupted.abort())
  process.once('exit', onExit)
  try {
    return await drill(interrupted.signal, (built) => (town = built))
  } catch (error) {
    if (interrupted.signal.aborted)
      throw new Interrupted('The drill was stopped before its end; nothing of it runs on.')
    throw error
  } finally {
    release()
    process.removeListener('exit', onExit)
  }
}
