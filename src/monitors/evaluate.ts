import { hash } from 'node:crypto'
import { boundsAfter } from './bounds.ts'
import { dayIn, midnightIn, type Day } from './calendar.ts'
import type { ItemDefinition, MonitorDefinition } from './definition.ts'
import type { ItemEvaluation, Standing } from './evaluation.ts'
import type { Facts } from './facts.ts'
import { standingOn } from './standing.ts'

/**
 * Evaluates one item of one patient: how it stands, and when and into what time alone will change it.
 *
 * Between changes of the facts the standing is constant in time except at local midnights that can be computed: a window
 * that ends, a birthday, a span that begins or ends. So the next one is found and judged now, and a reader needs no worker.
 * Values received after `now` count as well; `knownAt` leaves them out to tell what was shown earlier.
 *
 * @example evaluateItem(diabetes, hba1c, facts, new Date()).state // 'green'
 */
export function evaluateItem(
  definition: MonitorDefinition,
  item: ItemDefinition,
  facts: Facts,
  now: Date,
): ItemEvaluation {
  return evaluateWritten(definition, item, facts, now).evaluation
}

/** The same with its JSON: the standings in it were written out already, to be compared. */
export function evaluateWritten(
  definition: MonitorDefinition,
  item: ItemDefinition,
  facts: Facts,
  now: Date,
): { readonly evaluation: ItemEvaluation; readonly written: string } {
  const today = dayIn(facts.zone, now.getTime())
  const standing = standingOn(definition, item, facts, today)
  const text = JSON.stringify(standing)
  const bounds = boundsAfter(definition, item, facts, today)
  const change = changeAfter(definition, item, facts, { standing, text, rest: bounds })
  const until = change && endOf(definition, item, facts, change)
  const at = (day: Day): string => new Date(midnightIn(facts.zone, day)).toISOString()
  const head = {
    definition: { name: definition.name, version: definition.version },
    item: item.id,
    itemHash: item.hash,
    activation: facts.activation,
    evaluatedAt: now.toISOString(),
  }
  const tail = { stateHash: hashOfStanding(item, text), nextChangeAt: change === null ? null : at(change.day) }
  const after = change && {
    stateHash: hashOfStanding(item, change.text),
    until: until === null ? null : at(until),
  }
  const next = change && after && { standing: change.standing, ...after }
  const writtenNext = change === null ? 'null' : `{"standing":${change.text},${inner(JSON.stringify(after))}}`
  return {
    evaluation: { ...head, ...standing, ...tail, next },
    written: `{${inner(JSON.stringify(head))},${inner(text)},${inner(JSON.stringify(tail))},"next":${writtenNext}}`,
  }
}

/** The fields of an object that was written out, to be put among others. */
const inner = (text: string): string => text.slice(1, -1)

interface Stretch {
  readonly standing: Standing
  readonly text: string
  /** The bounds after its first day. */
  readonly rest: readonly Day[]
}

interface Change extends Stretch {
  readonly day: Day
}

function changeAfter(
  definition: MonitorDefinition,
  item: ItemDefinition,
  facts: Facts,
  before: Stretch,
): Change | null {
  for (const [index, day] of before.rest.entries()) {
    const standing = standingOn(definition, item, facts, day)
    const text = JSON.stringify(standing)
    if (text !== before.text) return { day, standing, text, rest: before.rest.slice(index + 1) }
  }
  return null
}

/** The day a stretch ends; most end in another colour, which is seen without writing the whole standing out. */
function endOf(definition: MonitorDefinition, item: ItemDefinition, facts: Facts, stretch: Stretch): Day | null {
  const { state, basis } = stretch.standing
  const isOther = (day: Day): boolean => {
    const standing = standingOn(definition, item, facts, day)
    return standing.state !== state || standing.basis !== basis || JSON.stringify(standing) !== stretch.text
  }
  return stretch.rest.find(isOther) ?? null
}

/** Standings are built field by field in one order, so their JSON is the same for the same content. */
function hashOfStanding(item: ItemDefinition, text: string): string {
  return hash('sha256', item.hash + text)
}
