import { findings, type Verdict } from './evaluate.ts'
import type { Pack } from './pack.ts'
import type { RuleSubject } from './subject.ts'
import { noRule } from './worker-messages.ts'

/**
 * The findings of a pack, with a note of which rule is asked of which record before it is asked: the rule that stands still
 * is the last in `progress`. Between two records there is none: opening a patient is no rule's time.
 */
export function findingsNoted(
  pack: Pack,
  subjects: Iterable<RuleSubject>,
  barred: ReadonlySet<string>,
  progress: Int32Array,
): Verdict[][] {
  const places = new Map(pack.rules.map((rule, place) => [rule.id, place]))
  return findings(pack, outsideRules(subjects, progress), {
    asks: (rule, at) => {
      if (barred.size > 0 && (barred.has(`${at} ${rule.id}`) || barred.has(`* ${rule.id}`))) return false
      progress[1] = at
      progress[2] = places.get(rule.id)!
      // The count says that it moves; two looks at the same count find the rule that stands still.
      progress[0] = progress[0]! + 1
      return true
    },
  })
}

function* outsideRules(subjects: Iterable<RuleSubject>, progress: Int32Array): Generator<RuleSubject> {
  progress[2] = noRule
  for (const subject of subjects) {
    yield subject
    progress[2] = noRule
  }
}
