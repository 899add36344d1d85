/** One line of a benchmark: both sides measured in one run on one machine; `ratio` = ours / theirs unless said. */
export interface BenchRow {
  readonly name: string
  readonly ours: number
  readonly theirs: number
  readonly ratio: number
  readonly unit: string
  readonly conditions: string
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
