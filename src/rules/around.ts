import { currentOf, judgeArrival, versionOf } from '../formats/lab/history.ts'
import type { InterpretedObservation, ObservationContent } from '../formats/lab/observation.ts'
import { measurementKeyOf } from '../formats/lab/result-key.ts'
import type { Pack } from './pack.ts'
import type { KnownPerson, MessageFacts, RuleContext } from './subject.ts'

/**
 * What a result is to a later one of its patient: an earlier `version` of the same result, one taken in the same minute
 * (`beside`), one taken `before`, one of the message that tells who is `known` under the number, or, under the same order
 * number, one of somebody else who had it first (`other`).
 */
export type EarlierRole = 'version' | 'beside' | 'before' | 'known' | 'other'

/** A result that was stored before another one of its patient. */
export interface Earlier {
  readonly role: EarlierRole
  /** Whose it is, where it is not of the same patient; else empty. */
  readonly other: string
  readonly name: string
  readonly content: ObservationContent
}

/** What rules may ask about a result that it does not say itself. */
export interface Surroundings {
  readonly message: MessageFacts | null
  /** Newest first. */
  readonly earlier: readonly Earlier[]
}

/** What the rules of a pack ask beyond the record: what nobody asks for is not looked up. */
export interface Asked {
  readonly message: boolean
  readonly arrival: boolean
  readonly previous: boolean
  readonly known: boolean
}

const nothing: Asked = { message: false, arrival: false, previous: false, known: false }

/**
 * What a version of a pack asks beyond its records.
 *
 * @example askedBy(pack).arrival // true when a rule says `%arrival`
 */
export function askedBy({ service, source }: Pack): Asked {
  if (service !== 'lab') return nothing
  const asks = (pattern: RegExp): boolean => pattern.test(source.pack)
  return {
    message: asks(/%message\b/),
    arrival: asks(/%arrival\b/),
    previous: asks(/%previous\b|timesPrevious|%swap\b/),
    known: asks(/%known\b|fitsKnownPerson/),
  }
}

/** Whether a version asks for more than its records hold. */
export function asksAround(pack: Pack): boolean {
  return Object.values(askedBy(pack)).includes(true)
}

/** What of it a rule sees, under the tables with which `interpreted` reads the earlier results. */
export function contextAround(
  result: InterpretedObservation,
  { message, earlier }: Surroundings,
  asked: Asked,
  interpreted: (content: ObservationContent) => InterpretedObservation,
): Pick<RuleContext, 'message' | 'arrival' | 'previous' | 'known'> {
  return {
    message: asked.message ? message : null,
    arrival: asked.arrival ? arrivalOf(result, earlier, interpreted) : null,
    previous: asked.previous ? previousOf(result, earlier, interpreted) : null,
    known: asked.known ? knownIn(result, earlier) : null,
  }
}

// Of one patient, whose name says nothing here, and of others who had the same order number before.
const patient = ''

function arrivalOf(
  result: InterpretedObservation,
  earlier: readonly Earlier[],
  interpreted: (content: ObservationContent) => InterpretedObservation,
): string {
  const { analyte } = result.mapped
  const measurement = (content: ObservationContent): string => measurementKeyOf({ ...content, patient }, analyte ?? '')
  const own = measurement(result)
  const existing = earlier.filter(({ role, content }) => {
    if (role === 'version' || role === 'other') return true
    // The same code under another sub-id is a measurement of its own, as in a glucose curve.
    return role === 'beside' && analyte !== null && content.subId === result.subId && measurement(content) === own
  })
  const versions = existing.map(({ name, other, content }) => versionOf(name, other, interpreted(content)))
  return judgeArrival(versions, versionOf('', patient, result))
}

/** The version that counts of the last result of the same analyte; one that was taken back is passed over. */
function previousOf(
  result: InterpretedObservation,
  earlier: readonly Earlier[],
  interpreted: (content: ObservationContent) => InterpretedObservation,
): InterpretedObservation | null {
  const before = earlier.filter(({ role }) => role === 'before')
  for (const versions of Map.groupBy(before, ({ content }) => content.resultKey).values()) {
    const read = versions.map(({ name, content }) => ({ name, observation: interpreted(content) }))
    const current = currentOf(read.map(({ name, observation }) => versionOf(name, patient, observation)))
    if (current.state !== 'current') continue
    const counting = read.find(({ name }) => name === current.version.id)?.observation
    if (counting !== undefined && counting.mapped.analyte === result.mapped.analyte) return counting
  }
  return null
}

/** Without a number a patient is kept under name and birth date, and nobody else can be known there. */
function knownIn(
  { patient: { identifiers } }: InterpretedObservation,
  earlier: readonly Earlier[],
): KnownPerson | null {
  const found = earlier.find(({ role }) => role === 'known')?.content.patient
  if (found === undefined || identifiers.length === 0) return null
  return { familyName: found.familyName, birthDate: found.birthDate, sex: found.sex }
}
