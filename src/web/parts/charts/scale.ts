/** One value of a series; `null` is a value we do not have, drawn as a gap and never as 0. */
export type Value = number | null

/**
 * A round number at or above the largest value, so that the axis starts at 0 and ends at something one can read.
 *
 * @example top([3, null, 880]) // 1000
 */
export function top(values: readonly Value[]): number {
  const largest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0)
  if (largest <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(largest))
  const step = [1, 2, 4, 5, 10].find((size) => size * power >= largest) ?? 10
  return step * power
}

/**
 * Three to six round numbers between two bounds, for an axis that does not start at 0.
 *
 * @example ticks(47.4, 63.6) // [50, 55, 60]
 */
export function ticks(low: number, high: number): number[] {
  const power = 10 ** Math.floor(Math.log10(high - low))
  const sizes = [2, 1, 0.5, 0.25, 0.2, 0.1].map((size) => size * power)
  const from = (size: number): number => Math.ceil(low / size - 1e-9)
  const to = (size: number): number => Math.floor(high / size + 1e-9)
  const size = sizes.find((one) => to(one) - from(one) >= 2) ?? power / 10
  const first = from(size)
  return Array.from({ length: to(size) - first + 1 }, (_, at) => Number(((first + at) * size).toPrecision(12)))
}

/**
 * Splits a series at its gaps into points of a 100 x 100 field (x to the right, y downwards).
 *
 * @example runs([1, null, 2], 2) // [[[0, 50]], [[100, 0]]]
 */
export function runs(values: readonly Value[], highest: number): [number, number][][] {
  const last = Math.max(1, values.length - 1)
  const result: [number, number][][] = []
  let open: [number, number][] | null = null
  for (const [index, value] of values.entries()) {
    if (value === null) {
      open = null
      continue
    }
    if (open === null) {
      open = []
      result.push(open)
    }
    open.push([round((index / last) * 100), round(100 - (value / highest) * 100)])
  }
  return result
}

export const round = (value: number) => Math.round(value * 100) / 100

/** Points as the `points` of a polyline; a single point gets a second one, so that it is seen. */
export function polyline(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y]) => `${x},${y}`).join(' ')
}
