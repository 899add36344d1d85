import type { View } from '../view.ts'
import { Icon } from './icon.tsx'

/** What is withheld by one rule of one source: told wherever its results would stand. */
export interface WithheldGroup {
  readonly source: string
  readonly count: number
  readonly rule: string
  /** Why, in the reader's language. */
  readonly why: string
  readonly since: string
  /** Where one can look further; null for who may not. */
  readonly address: string | null
}

/** One line a rule and source, never an empty list in its place. */
export function WithheldLines({ view, groups }: { view: View; groups: readonly WithheldGroup[] }) {
  const { lab } = view.t
  if (groups.length === 0) return null
  return (
    <ul class="withheld-lines">
      {groups.map((group) => (
        <li key={`${group.source} ${group.rule}`}>
          <Icon name="lock" />
          <p>
            {lab.withheldLine(group.count, group.source, view.f.time(group.since, view.now))} {group.why}{' '}
            <code>{group.rule}</code>
            {group.address !== null && (
              <>
                {' '}
                <a href={group.address}>{lab.seeWhy}</a>
              </>
            )}
          </p>
        </li>
      ))}
    </ul>
  )
}
