import { interpret } from '../formats/lab/interpret.ts'
import type { InterpretedObservation, ObservationContent } from '../formats/lab/observation.ts'
import type { LabTables } from '../formats/lab/tables.ts'
import { recordName } from '../kernel/ids.ts'
import { open } from '../kernel/keys.ts'
import { askedBy, contextAround, type Asked, type Earlier, type EarlierRole } from './around.ts'
import { earlierAmong, type EarlierLine } from './earlier.ts'
import { limitsOf } from './limits.ts'
import { packedResults, type PackedResult } from './packed.ts'
import type { Pack } from './pack.ts'
import type { MessageFacts, RuleSubject } from './subject.ts'
import { tablesOf } from './tables.ts'

/** A sealed result of somebody else, under the same order number that this patient had later. */
export interface SealedOther {
  readonly patient: string
  readonly receipt: string
  readonly ordinal: number
  readonly dataKey: number
  readonly content: Uint8Array
}

/**
 * All stored results of some patients, sealed, with the keys that open them: what a thread needs to open, interpret and
 * judge them itself. Their tuples lie in `bytes`, which threads share; those of a patient stand together, by record number.
 */
export interface SealedPatients {
  readonly keys: ReadonlyMap<number, Buffer>
  readonly bytes: SharedArrayBuffer
  readonly starts: readonly number[]
  /** What their messages were read with, by message; null where nobody asks. */
  readonly messages: ReadonlyMap<number, Omit<MessageFacts, 'characters'>> | null
  /** By record, for the few whose order number another patient had before. */
  readonly others: ReadonlyMap<number, readonly SealedOther[]>
}

/**
 * Opens sealed results as a pack sees them, each with what was stored of its patient before it. `places` count through the
 * results, upwards. One patient at a time: what was opened of the last one is garbage before the next.
 *
 * @example findings(pack, openSealed(pack, sealed, [0, 1, 2]))
 */
function* openSealed(pack: Pack, sealed: SealedPatients, places: readonly number[]): Generator<RuleSubject> {
  const [tables, asked] = [tablesOf(pack), askedBy(pack)]
  const looksBack = asked.arrival || asked.previous || asked.known
  // The index holds what the tables that count make of a code; a version that is tried must see what its own would.
  const readsAnew = pack.source.tables != null
  const rows = packedResults(Buffer.from(sealed.bytes), sealed.starts)
  let next = 0
  for (let first = 0; first < rows.length && next < places.length;) {
    const end = endOfPatient(rows, first)
    if (places[next]! < end) {
      const results = rows.slice(first, end)
      const opening = new Opening(sealed, tables, asked)
      const analyteOf = readsAnew ? (result: PackedResult) => opening.analyteOf(result) : undefined
      const earlier = looksBack ? earlierAmong(results, asked, analyteOf) : null
      for (; next < places.length && places[next]! < end; next++) {
        const at = places[next]! - first
        yield opening.subjectOf(results[at]!, earlier?.[at] ?? [])
      }
    }
    first = end
  }
}

/** Where the results of the next patient begin. */
export function endOfPatient(rows: readonly PackedResult[], first: number): number {
  let end = first + 1
  while (end < rows.length && rows[end]!.isOfSamePatient(rows[first]!)) end++
  return end
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

type SealedContent = Pick<SealedOther, 'receipt' | 'ordinal' | 'dataKey' | 'content'>

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

  subjectOf(result: PackedResult, earlier: readonly EarlierLine<PackedResult>[]): RuleSubject {
    const object = this.#open(result)
    const others = this.#asked.arrival ? (this.#sealed.others.get(result.record) ?? []) : []
    const around = {
      message: this.#messageOf(result),
      earlier: [
        ...earlier.map(({ role, line }) => this.#earlier(role, '', line)),
        ...others.map((one) => this.#earlier('other', one.patient, one)),
      ],
    }
    // What was opened here is interpreted already.
    const facts = contextAround(object, around, this.#asked, (content) => content as InterpretedObservation)
    const now = result.receivedAt.toISOString()
    return { object, context: { now, source: object.source, limits: limitsOf(object, this.#tables), ...facts } }
  }

  analyteOf(result: PackedResult): string | null {
    return this.#open(result).mapped.analyte
  }

  #messageOf({ message, assumed }: PackedResult): MessageFacts | null {
    const counts = this.#sealed.messages?.get(message)
    return counts === undefined ? null : { ...counts, characters: assumed ? 'assumed' : 'declared' }
  }

  #earlier(role: EarlierRole, other: string, sealed: SealedContent): Earlier {
    return { role, other, name: recordName(sealed.receipt, sealed.ordinal), content: this.#open(sealed) }
  }

  #open(sealed: SealedContent): InterpretedObservation {
    const there = this.#opened.get(sealed)
    if (there !== undefined) return there
    const name = recordName(sealed.receipt, sealed.ordinal)
    const bytes = open(this.#sealed.keys.get(sealed.dataKey)!, sealed.content, name)
    // Only observations have a line in the index of results.
    const { content } = JSON.parse(bytes.toString()) as { readonly content: ObservationContent }
    const made = { ...content, mapped: interpret(content, this.#tables) }
    this.#opened.set(sealed, made)
    return made
  }
}
