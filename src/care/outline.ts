import type { Absence, Evidence, Expected, ItemEvaluation, Standing } from '../monitors/evaluation.ts'
import { sentence } from '../monitors/sentence.ts'

/**
 * What of an evaluation decides which colour is shown, without values and explanations: a list of thousands of patients is
 * judged by it without opening what is sealed.
 */
export interface Outline {
  readonly now: OutlinedStanding
  readonly next: (OutlinedStanding & { readonly until: string | null }) | null
}

interface OutlinedStanding {
  readonly state: Standing['state']
  readonly basis: Standing['basis']
  readonly expected: Expected
  readonly absence: Absence | null
  /** The day of the deciding value. */
  readonly day: string | null
}

export function outlineOf(evaluation: ItemEvaluation): Outline {
  const { next } = evaluation
  return {
    now: outlined(evaluation),
    next: next === null ? null : { ...outlined(next.standing), until: next.until },
  }
}

const outlined = ({ state, basis, expected, absence, evidence }: Standing): OutlinedStanding => ({
  state,
  basis,
  expected,
  absence,
  day: evidence[0]?.day ?? null,
})

/** What is plain in a row beside its outline. */
export interface OutlinedRow {
  readonly monitor: string
  readonly item: string
  readonly itemHash: string
  readonly stateHash: string
  readonly nextChangeAt: string | null
  readonly activationMark: number
  readonly evaluatedAt: Date
  readonly outline: unknown
}

/** An evaluation that says no more than its outline, to be judged like a whole one. */
export function fromOutline(row: OutlinedRow, version: string): ItemEvaluation {
  const outline = row.outline as Outline
  return {
    definition: { name: row.monitor, version },
    item: row.item,
    itemHash: row.itemHash,
    activation: String(row.activationMark),
    evaluatedAt: row.evaluatedAt.toISOString(),
    stateHash: row.stateHash,
    nextChangeAt: row.nextChangeAt,
    ...standingFrom(outline.now),
    next: outline.next && { standing: standingFrom(outline.next), stateHash: '', until: outline.next.until },
  }
}

function standingFrom({ state, basis, expected, absence, day }: OutlinedStanding): Standing {
  const evidence: Evidence[] = day === null ? [] : [{ record: '', source: '', day, at: '', shown: null, original: '' }]
  return { state, basis, expected, absence, evidence, reason: unsaid, rule: [], notes: [], questions: [] }
}

const unsaid = sentence('changes-with-value', {})
