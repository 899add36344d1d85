import { interpret } from '../formats/lab/interpret.ts'
import type { InterpretedObservation, ObservationContent } from '../formats/lab/observation.ts'
import type { LabTables } from '../formats/lab/tables.ts'
import { recordName } from '../kernel/ids.ts'
import { open } from '../kernel/keys.ts'
import { askedBy, contextAround, type Asked, type Earlier, type EarlierRole } from './around.ts'
import { earlierAmong, type EarlierLine, type ResultLine } from './earlier.ts'
import { limitsOf } from './limits.ts'
import type { Pack } from './pack.ts'
import type { MessageFacts, RuleSubject } from './subject.ts'
import { tablesOf } from './tables.ts'

/** The sealed content of a result. */
interface SealedContent {
  readonly receipt: string
  readonly ordinal: number
  readonly dataKey: number
  /** Where its bytes begin and end in those of the whole. */
  readonly from: number
  readonly to: number
}

/** A version under the same order number that another patient had before. */
export interface SealedOther extends SealedContent {
  readonly patient: string
}

/** A stored result that nobody has opened yet, with its line in the index of results. */
export interface SealedResult extends ResultLine, SealedContent {
  readonly receivedMs: number
  readonly message: MessageFacts | null
  readonly others: readonly SealedOther[]
}

/**
 * All stored results of some patients, sealed, with the keys that open them: what a thread needs to open, interpret and
 * judge them itself. The results of a patient stand together, by record number.
 */
export interface SealedPatients {
  readonly keys: ReadonlyMap<number, Buffer>
  readonly bytes: Uint8Array
  readonly patients: readonly (readonly SealedResult[])[]
}

/**
 * Opens sealed results as a pack sees them, each with what was stored of its patient before it. `places` count through the
 * results of all patients, upwards. One patient at a time: what was opened of the last one is garbage before the next.
 *
 * @example findings(pack, openSealed(pack, sealed, [0, 1, 2]))
 */
function* openSealed(pack: Pack, sealed: SealedPatients, places: readonly number[]): Generator<RuleSubject> {
  const [tables, asked] = [tablesOf(pack), askedBy(pack)]
  const looksBack = asked.arrival || asked.previous || asked.known
  let first = 0
  let next = 0
  for (const results of sealed.patients) {
    const end = first + results.length
    if (next < places.length && places[next]! < end) {
      const opening = new Opening(sealed, tables, asked)
      const earlier = looksBack ? earlierAmong(results, asked) : null
      for (; next < places.length && places[next]! < end; next++) {
        const at = places[next]! - first
        yield opening.subjectOf(results[at]!, earlier?.[at] ?? [])
      }
    }
    first = end
  }
}

/** The subjects of a batch: those that came in the clear as they are, those that came as a place among sealed ones opened. */
export function* subjectsIn(
  pack: Pack,
  judged: readonly (RuleSubject | number)[],
  sealed: SealedPatients | null,
): Generator<RuleSubject> {
  const places = judged.filter((one) => typeof one === 'number')
  const opened = sealed === null ? null : openSealed(pack, sealed, places)
  for (const one of judged) {
    const subject = typeof one === 'number' ? opened?.next().value : one
    if (subject !== undefined) yield subject
  }
}

/** Opens each result once, however many others it stands before. */
class Opening {
  readonly #asked: Asked
  readonly #sealed: SealedPatients
  readonly #tables: LabTables
  readonly #opened = new Map<SealedContent, InterpretedObservation>()

  constructor(sealed: SealedPatients, tables: LabTables, asked: Asked) {
    this.#sealed = sealed
    this.#tables = tables
    this.#asked = asked
  }

  subjectOf(sealed: SealedResult, earlier: readonly EarlierLine<SealedResult>[]): RuleSubject {
    const object = this.#open(sealed)
    const around = {
      message: sealed.message,
      earlier: [
        ...earlier.map(({ role, line }) => this.#earlier(role, '', line)),
        ...(this.#asked.arrival ? sealed.others : []).map((one) => this.#earlier('other', one.patient, one)),
      ],
    }
    // What was opened here is interpreted already.
    const facts = contextAround(object, around, this.#asked, (content) => content as InterpretedObservation)
    const now = new Date(sealed.receivedMs).toISOString()
    return { object, context: { now, source: object.source, limits: limitsOf(object, this.#tables), ...facts } }
  }

  #earlier(role: EarlierRole, other: string, sealed: SealedContent): Earlier {
    return { role, other, name: recordName(sealed.receipt, sealed.ordinal), content: this.#open(sealed) }
  }

  #open(sealed: SealedContent): InterpretedObservation {
    const there = this.#opened.get(sealed)
    if (there !== undefined) return there
    const { dataKey, from, to, receipt, ordinal } = sealed
    const bytes = open(
      this.#sealed.keys.get(dataKey)!,
      this.#sealed.bytes.subarray(from, to),
      recordName(receipt, ordinal),
    )
    // Only observations have a line in the index of results.
    const { content } = JSON.parse(bytes.toString()) as { readonly content: ObservationContent }
    const made = { ...content, mapped: interpret(content, this.#tables) }
    this.#opened.set(sealed, made)
    return made
  }
}
