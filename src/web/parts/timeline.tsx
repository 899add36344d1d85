import { entryWords } from '../texts/words.ts'
import type { View } from '../view.ts'

/** One line of a record's custody history, oldest first. */
export interface Entry {
  readonly at: string
  readonly what: keyof typeof entryWords
  /** Who: a person, a node, a destination. */
  readonly by: string | null
  readonly detail: string | null
  /** Hash of the bytes, or the answer that proves it. */
  readonly proof: string | null
  /** The first time this happened, when it is told again by a replay. */
  readonly originalAt: string | null
}

/** What happened, with the gap since the line before; the last line says what is still to come. */
export function Timeline({ view, entries, next }: { view: View; entries: readonly Entry[]; next: string }) {
  const { t, f } = view
  return (
    <ol class="timeline">
      {entries.map((entry, index) => (
        <li key={`${entry.at}-${entry.what}`}>
          <div class="timeline-when">
            <time datetime={entry.at}>{f.seconds(entry.at)}</time>
            <small>{gap(view, entries[index - 1]?.at, entry.at)}</small>
          </div>
          <div>
            <p>
              <strong>{entryWords[entry.what][view.language]}</strong>
              {entry.by !== null && ` ${t.by(entry.by)}`}
            </p>
            {entry.detail !== null && <p>{entry.detail}</p>}
            {entry.originalAt !== null && <p class="muted">{t.trace.original(f.moment(entry.originalAt))}</p>}
            {entry.proof !== null && (
              <p class="proof">
                <span>{t.trace.proof}</span> <code>{entry.proof}</code>
              </p>
            )}
          </div>
        </li>
      ))}
      <li class="timeline-next">
        <div class="timeline-when" />
        <p>{next}</p>
      </li>
    </ol>
  )
}

/** The day for the first line, the gap for the others. */
function gap(view: View, before: string | undefined, at: string): string {
  if (before === undefined) return view.f.day(at)
  const seconds = (Date.parse(at) - Date.parse(before)) / 1000
  return seconds < 1 ? '' : view.t.trace.later(view.f.duration(seconds))
}
