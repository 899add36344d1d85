import type { View } from '../../view.ts'
import { round } from './scale.ts'

export interface Bar {
  readonly label: string
  readonly value: number
}

/** Lying bars with their number beside them; starts at 0, one hue. A list, so it reads the same without seeing it. */
export function Bars({ view, bars, label }: { view: View; bars: readonly Bar[]; label: string }) {
  const highest = Math.max(1, ...bars.map((bar) => bar.value))
  return (
    <ul class="bars" aria-label={label}>
      {bars.map((bar) => (
        <li key={bar.label}>
          <span>{bar.label}</span>
          <svg width="100%" height="16" aria-hidden="true">
            <rect class="bar-ground" width="100%" height="16" />
            <rect class="bar-value" width={`${round((bar.value / highest) * 100)}%`} height="16" />
          </svg>
          <span class="number">{view.f.number(bar.value)}</span>
        </li>
      ))}
    </ul>
  )
}
