import { addresses } from '../addresses.ts'
import { page } from '../parts/shell.tsx'
import { roleWords } from '../texts/words.ts'
import type { View } from '../view.ts'

/** Instead of a page: what is so and what can be done. `code` is the error's, shown small at the end. */
export interface Notice {
  readonly state: 'not-found' | 'forbidden' | 'unavailable' | 'refused'
  /** The sentence of the error table, for `refused`. */
  readonly sentence: string | null
  readonly code: string | null
}

export function noticePage(view: View, notice: Notice): string {
  const [title, what] = words(view, notice)
  return page(
    view,
    { title },
    <div class="confirm">
      <h1>{title}</h1>
      {what !== null && <p>{what}</p>}
      <p>
        <a href={addresses.overview}>{view.t.nav.overview}</a>
      </p>
      {notice.code !== null && (
        <p class="muted">
          <code>{notice.code}</code>
        </p>
      )}
    </div>,
  )
}

function words(view: View, notice: Notice): readonly [title: string, what: string | null] {
  const { t } = view
  const role = view.person === null ? '' : roleWords[view.person.role][view.language].toLowerCase()
  if (notice.state === 'not-found') return [t.notice.notFound, t.notice.notFoundWhat]
  if (notice.state === 'forbidden') return [t.notice.forbidden, t.notice.forbiddenWhat(role)]
  if (notice.state === 'unavailable') return [t.notice.unavailable, t.notice.unavailableWhat]
  return [notice.sentence ?? t.notice.unavailable, null]
}
