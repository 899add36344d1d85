import type { View } from '../../view.ts'

export type CellState = keyof View['t']['servicePage']['rhythmStates']

export interface HeatCell {
  /** Hour of the day, 0 to 23. */
  readonly hour: number
  readonly count: number | null
  /** Share of what is usual at that hour; null when closed or not known. */
  readonly share: number | null
  readonly state: CellState
}

export interface HeatRow {
  readonly name: string
  readonly cells: readonly HeatCell[]
}

/** Five steps of one hue by how much of the usual came; 1 is little, 5 is all of it or more. */
export function step(share: number): 1 | 2 | 3 | 4 | 5 {
  if (share < 0.2) return 1
  if (share < 0.5) return 2
  if (share < 0.8) return 3
  return share < 1.2 ? 4 : 5
}

/** Leaves out the hours at both ends in which everything is closed. */
export function openHours(rows: readonly HeatRow[]): readonly HeatRow[] {
  const open = rows.flatMap((row) => row.cells.filter((cell) => cell.state !== 'closed').map((cell) => cell.hour))
  if (open.length === 0) return rows
  const [first, last] = [Math.min(...open), Math.max(...open)]
  return rows.map((row) => ({ ...row, cells: row.cells.filter((cell) => cell.hour >= first && cell.hour <= last) }))
}

/** What stands in a cell without a number; an hour that has not been is empty. */
const marks: Partial<Record<CellState, string>> = { closed: '·', 'not-known': '?' }

/** Received per hour against what is usual: a table whose cells are tinted; silent is hatched, closed has a dot. What the looks mean stands below. */
export function HeatMap(props: { view: View; caption: string; heading?: string; rows: readonly HeatRow[] }) {
  const { view, caption, rows, heading = view.t.kind } = props
  const shown = openHours(rows)
  const words = view.t.servicePage.rhythmStates
  return (
    <>
      <div class="heat-holder" role="group" aria-label={caption} tabindex={0}>
        <table class="heat">
          <caption class="unseen">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{heading}</th>
              {(shown[0]?.cells ?? []).map((cell) => (
                <th key={cell.hour} scope="col">
                  {view.t.servicePage.hour(cell.hour)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                {row.cells.map((cell) => (
                  <td key={cell.hour} class={`heat-${cell.state} step-${cell.share === null ? 0 : step(cell.share)}`}>
                    {cell.count === null ? (
                      <span class="heat-word">{marks[cell.state] ?? ''}</span>
                    ) : (
                      view.f.number(cell.count)
                    )}
                    <span class="unseen">{words[cell.state]}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <HeatKey view={view} rows={shown} />
    </>
  )
}

/** Names every look that is there. */
function HeatKey({ view, rows }: { view: View; rows: readonly HeatRow[] }) {
  const { rhythmStates, rhythmSteps } = view.t.servicePage
  const cells = rows.flatMap((row) => row.cells)
  const looks = (['silent', 'closed', 'not-known'] as const).filter((state) => cells.some((one) => one.state === state))
  return (
    <ul class="heat heat-key">
      {cells.some(({ share }) => share !== null && share > 0) && (
        <li>
          {rhythmSteps.few}{' '}
          {([1, 2, 3, 4, 5] as const).map((one) => (
            <span key={one} class={`swatch step-${one}`} />
          ))}{' '}
          {rhythmSteps.usual}
        </li>
      )}
      {looks.map((state) => (
        <li key={state}>
          <span class={`swatch heat-${state}`}>{marks[state] ?? ''}</span> {rhythmStates[state]}
        </li>
      ))}
    </ul>
  )
}
