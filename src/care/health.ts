import type { Disturbance, FeedHealth } from '../monitors/display.ts'
import type { Queryable } from '../store/connect.ts'
import { openDisturbances, sourcesOfPractices } from '../store/feeds.ts'

/** What is so of the feeds at the moment of reading, for patients of any practice. */
export interface Feeds {
  /** For one practice: the sources that deliver to it, all known ones while it has none. */
  healthOf(practice: string, activation: string): FeedHealth
}

/**
 * Reads the state of the feeds once, for all patients of some practices. A disturbance holds for whatever its source
 * delivers, whether an item expects it from a laboratory or from a practice.
 */
export async function readFeeds(db: Queryable, practices: readonly string[]): Promise<Feeds> {
  const [open, sources] = await Promise.all([openDisturbances(db), sourcesOfPractices(db, practices)])
  const disturbances = open.flatMap((one): Disturbance[] => {
    const told = {
      source: one.source,
      from: one.from.toISOString(),
      to: one.to?.toISOString() ?? null,
      repairedUntil: one.repairedUntil?.toISOString() ?? null,
      reason: one.reason,
    }
    return [
      { ...told, feed: 'lab' },
      { ...told, feed: 'practice' },
    ]
  })
  const of = (practice: string | null, kind: 'lab' | 'practice'): string[] =>
    sources.filter((one) => one.practice === practice && one.kind === kind).map(({ source }) => source)
  const deliveringTo = (practice: string, kind: 'lab' | 'practice'): string[] => {
    const own = of(practice, kind)
    return own.length > 0 ? own : of(null, kind)
  }
  return {
    healthOf: (practice, activation) => ({
      disturbances,
      sources: { lab: deliveringTo(practice, 'lab'), practice: deliveringTo(practice, 'practice') },
      activation,
    }),
  }
}
