import { polyline, round, runs, top, type Value } from './scale.ts'

/** A small course of values, 120 x 24, with a sentence for those who do not see it. A gap stays a gap. */
export function Sparkline({ values, sentence }: { values: readonly Value[]; sentence: string }) {
  const highest = top(values)
  const parts = runs(values, highest)
  const end = parts.at(-1)?.at(-1)
  return (
    <svg class="sparkline" width="120" height="24" role="img" aria-label={sentence}>
      <line class="base" x1="0" x2="120" y1="23" y2="23" />
      {parts.map((points) => {
        const fitted = points.map(([x, y]) => [round(2 + x * 1.13), round(3 + y * 0.2)] as const)
        return <polyline key={polyline(fitted)} points={polyline(fitted)} />
      })}
      {end !== undefined && <circle cx={round(2 + end[0] * 1.13)} cy={round(3 + end[1] * 0.2)} r="2.5" />}
    </svg>
  )
}
