import { withQuery } from '../addresses.ts'
import type { View } from '../view.ts'

/** Where a list stands: `from` and `to` count from 1; `before` and `after` are the cursors of the neighbours. */
export interface Range {
  readonly from: number
  readonly to: number
  readonly total: number
  readonly before: string | null
  readonly after: string | null
}

export function Pagination({ view, range }: { view: View; range: Range }) {
  const { page } = view.t
  const { number } = view.f
  return (
    <nav class="pagination" aria-label={page.label}>
      {range.before !== null && (
        <a href={withQuery(view.address, { before: range.before, after: null })} rel="prev">
          {page.previous}
        </a>
      )}
      <span>{page.range(number(range.from), number(range.to), number(range.total))}</span>
      {range.after !== null && (
        <a href={withQuery(view.address, { after: range.after, before: null })} rel="next">
          {page.next}
        </a>
      )}
    </nav>
  )
}
