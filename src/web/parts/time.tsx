import type { View } from '../view.ts'

/**
 * A time: hour and zone first, age second; the browser keeps the age going.
 *
 * @example <Time view={view} at="2026-07-01T13:05:00Z" /> // 15:05 CEST (3 min ago)
 */
export function Time({ view, at, age = true }: { view: View; at: string; age?: boolean }) {
  return (
    <time datetime={at}>
      {view.f.time(at, view.now)}
      {age && (
        <>
          {' ('}
          <span data-age={at}>{view.f.ago(at, view.now)}</span>)
        </>
      )}
    </time>
  )
}

/** How long something has lasted, counted from its begin. */
export function Since({ view, at }: { view: View; at: string }) {
  return <time datetime={at}>{view.f.duration((Date.parse(view.now) - Date.parse(at)) / 1000)}</time>
}

/** A moment with day, hour and zone, without age: for papers and proofs. Where only the day is known, the day. */
export function Moment({ view, at }: { view: View; at: string }) {
  return <time datetime={at}>{at.includes('T') ? view.f.moment(at) : dayText(view, at)}</time>
}

/** A full date in words; a shorter one as it is written, because nothing may be added to it. */
export function dayText(view: View, date: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(date) ? view.f.day(`${date}T12:00:00Z`) : date
}
