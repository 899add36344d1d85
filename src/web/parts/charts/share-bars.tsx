import type { View } from '../../view.ts'
import { round } from './scale.ts'

export interface ShareRow {
  readonly name: string
  /** Shares from 0 to 1. */
  readonly before: number
  readonly after: number
  readonly said: string
}

/** Two shares a row, before and after, on one scale from 0; the numbers stand beside the bars. */
export function ShareBars(props: {
  view: View
  label: string
  names: { readonly before: string; readonly after: string }
  rows: readonly ShareRow[]
}) {
  const { view, label, names, rows } = props
  const highest = Math.max(0.01, ...rows.flatMap((row) => [row.before, row.after]))
  return (
    <ul class="share-bars" aria-label={label}>
      {rows.map((row) => (
        <li key={row.name}>
          <p>
            <strong>{row.name}</strong> <span class="muted">{row.said}</span>
          </p>
          {(['before', 'after'] as const).map((which) => (
            <div key={which} class={`share-${which}`}>
              <span>{names[which]}</span>
              <svg width="100%" height="14" aria-hidden="true">
                <rect class="bar-ground" width="100%" height="14" />
                <rect class="bar-value" width={`${round((row[which] / highest) * 100)}%`} height="14" />
              </svg>
              <span class="number">{view.f.percent(row[which])}</span>
            </div>
          ))}
        </li>
      ))}
    </ul>
  )
}
