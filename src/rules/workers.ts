import { SluisError } from '../kernel/errors.ts'
import { makeRuleBars, type RuleBars } from './bars.ts'
import type { Verdict } from './evaluate.ts'
import type { Pack } from './pack.ts'
import type { SealedPatients } from './sealed.ts'
import { makeThreads, type Thread, type ThreadWork } from './threads.ts'
import type { Judged } from './worker-messages.ts'
import { WorkerThread } from './worker-thread.ts'

export interface RuleWorkersOptions {
  /** Threads for records that arrive at most, and for what is stored; together there is one more. */
  readonly size: number
  /** Milliseconds one batch may take. */
  readonly deadlineMs: number
  /** Batches that may wait; one more is refused with `rule-workers-full`. */
  readonly queueLimit?: number
  /** Where rules that stand still are noted; the threads of a node share one. */
  readonly bars?: RuleBars
  /** Makes a thread; a test puts one of its own here, which answers without a clock. */
  readonly startThread?: (deadlineMs: number) => Thread
}

export interface RuleWorkers {
  /**
   * Flag, withhold and error verdicts of each record, in order. Never rejects because of a rule: what stands still or
   * fills the memory becomes `error` for that rule and that record. Rejects with `rule-workers-full` or `-closed`.
   */
  judge(pack: Pack, subjects: readonly Judged[], sealed?: SealedPatients): Promise<Verdict[][]>
  /** The same for what is stored: however long it takes, one thread is left for what arrives. */
  judgeStored(pack: Pack, subjects: readonly Judged[], sealed?: SealedPatients): Promise<Verdict[][]>
  /** Lets one thread, the next to be asked, load its code and a pack: that takes it about a second. */
  prepare(pack: Pack): Promise<void>
  /** Rules that stood still too often of late, by pack hash: they give `error` at once for some minutes. */
  readonly stopped: ReadonlyMap<string, ReadonlySet<string>>
  close(): Promise<void>
}

/** A piece of a batch: its records, which of them they are, and which rules are not to be asked of which. */
interface Piece {
  readonly subjects: readonly Judged[]
  readonly sealed: SealedPatients | null
  readonly skips: readonly string[]
}

/**
 * Runs packs in worker threads, because a rule cannot time itself out: a pattern or a nested loop of exponential cost would
 * stop the process. A batch has a deadline; on overrun the thread is killed. When one rule stood still on one record, that
 * pair is the culprit: it becomes `error` and the rest is done again without it. When the batch was only slow it is halved.
 *
 * @example const workers = startRuleWorkers({ size: 2, deadlineMs: 1000 })
 *          const [verdicts] = await workers.judge(pack, [{ object, context }])
 */
export function startRuleWorkers(options: RuleWorkersOptions): RuleWorkers {
  const { deadlineMs, startThread = (deadline: number) => new WorkerThread(deadline) } = options
  const bars = options.bars ?? makeRuleBars()
  const threads = makeThreads(options, () => startThread(deadlineMs))

  const run = async (thread: Thread, pack: Pack, piece: Piece): Promise<Verdict[][]> => {
    const barred = [...(bars.now().get(pack.hash) ?? [])]
    const skips = [...piece.skips, ...barred.map((ruleId) => `* ${ruleId}`)]
    const answer = await thread.run(pack, { ...piece, state: 'batch', pack: pack.hash, skips })
    switch (answer.state) {
      case 'done':
        return answer.verdicts.map((verdicts, at) => [...verdicts, ...errorsOf(pack, skips, at)])
      case 'closed':
        throw new SluisError('rule-workers-closed')
      case 'stuck': {
        const rule = pack.rules[answer.rule]
        const skip = `${answer.subject} ${rule?.id}`
        if (rule === undefined || skips.includes(skip)) return halves(thread, pack, piece)
        bars.stoodStill(pack, rule.id)
        return run(thread, pack, { ...piece, skips: [...piece.skips, skip] })
      }
      default:
        return halves(thread, pack, piece)
    }
  }

  const halves = async (thread: Thread, pack: Pack, { subjects, skips, sealed }: Piece): Promise<Verdict[][]> => {
    const middle = Math.ceil(subjects.length / 2)
    if (subjects.length === 1) {
      // One record, no rule that stands still, and still too slow: every rule that was not asked is unknown.
      return [pack.rules.filter(({ state }) => state === 'record').map((rule) => errorVerdict(rule.id, rule.hash))]
    }
    const part = (from: number, to: number): Piece => {
      return { subjects: subjects.slice(from, to), sealed, skips: movedBy(skips, from, to) }
    }
    const first = await run(thread, pack, part(0, middle))
    return [...first, ...(await run(thread, pack, part(middle, subjects.length)))]
  }

  const judge = async (
    work: ThreadWork,
    pack: Pack,
    subjects: readonly Judged[],
    sealed: SealedPatients | undefined,
  ): Promise<Verdict[][]> => {
    if (subjects.length === 0) return []
    return threads.lend(work, (thread) => run(thread, pack, { subjects, sealed: sealed ?? null, skips: [] }))
  }

  return {
    get stopped() {
      return bars.now()
    },
    judge: (pack, subjects, sealed) => judge('arriving', pack, subjects, sealed),
    judgeStored: (pack, subjects, sealed) => judge('stored', pack, subjects, sealed),
    prepare: (pack) =>
      threads.lend('arriving', async (thread) => {
        await thread.run(pack, { state: 'batch', pack: pack.hash, subjects: [], sealed: null, skips: [] })
      }),
    close: threads.close,
  }
}

/** The skips of a part of a batch, counted from the part's own start. */
function movedBy(skips: readonly string[], from: number, to: number): string[] {
  return skips.flatMap((skip) => {
    const [at = '', ruleId = ''] = skip.split(' ')
    return Number(at) >= from && Number(at) < to ? [`${Number(at) - from} ${ruleId}`] : []
  })
}

function errorsOf(pack: Pack, skips: readonly string[], at: number): Verdict[] {
  return pack.rules
    .filter(({ id }) => skips.includes(`${at} ${id}`) || skips.includes(`* ${id}`))
    .map((rule) => {
      const error = errorVerdict(rule.id, rule.hash)
      return skips.includes(`${at} ${rule.id}`) ? error : { ...error, barred: true }
    })
}

function errorVerdict(ruleId: string, ruleHash: string): Verdict {
  return { ruleId, ruleHash, outcome: 'error', evidence: { error: 'took longer than its deadline' } }
}
