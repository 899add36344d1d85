/** Counts answers without asking the metrics for each: one by one that is three per cent of what a message costs the node. */
export interface Answers {
  readonly answered: (status: number, milliseconds: number) => void
  /** Tells what has been gathered; whoever reads the metrics calls it first. */
  readonly tell: () => void
}

/** So many wait at most. */
const most = 1_024

/**
 * @example const { answered, tell } = gatherAnswers((status, seconds) => histogram.observe(seconds))
 */
export function gatherAnswers(
  count: (status: number, answers: number) => void,
  observe: (seconds: number) => void,
): Answers {
  const byStatus = new Map<number, number>()
  let times: number[] = []
  const tell = (): void => {
    const gathered = times
    times = []
    for (const [status, answers] of byStatus) count(status, answers)
    byStatus.clear()
    for (const milliseconds of gathered) observe(milliseconds / 1_000)
  }
  return {
    answered(status, milliseconds) {
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
      if (times.push(milliseconds) >= most) tell()
    },
    tell,
  }
}
