import { hash } from 'node:crypto'
import type { Moment, ObservationContent, ObservationStatus, ObservationValue } from '../lab/observation.ts'
import { instantOf, resultKeyOf, type ResultIdentity } from '../lab/result-key.ts'
import type { Segment } from './message.ts'

/** What was read of one OBX, before it is known whether it is a result or a line of one. */
export interface ReadLine {
  /** With the key it has when it stands alone. */
  readonly content: ObservationContent
  readonly identity: ResultIdentity
  readonly order: Segment | null
  /** A type that is written line by line (TX, FT). */
  readonly isText: boolean
  /** It says that what was sent before is now final (`U`). */
  readonly isNowFinal: boolean
  /** It says so and does not repeat it. */
  readonly leftOut: boolean
}

/**
 * Makes results of what was read, in its order. Lines of text of one code under one order are one result of several lines
 * (HL7 v2.5.1 section 7.4.2): the first holds the whole, and all have its key and status. A correction or a withdrawal,
 * however many lines it has, then takes the place of the whole. Other results that nothing tells apart count in the order of the message,
 * so that the same message sent again gives the same keys.
 */
export function toResults(lines: readonly ReadLine[]): readonly ObservationContent[] {
  const results = new Map<ReadLine, ObservationContent>()
  // Of each patient by itself: that two patients share a key is how an order number given twice is found.
  const byKey = Map.groupBy(lines, ({ content, identity }) => `${content.resultKey} ${identity.patient}`)
  for (const same of byKey.values()) {
    partsOf(same).forEach((part, index) => {
      const { content, identity } = part[0]!
      const resultKey = index === 0 ? content.resultKey : resultKeyOf({ ...identity, occurrence: index + 1 })
      const whole = part.length === 1 ? null : wholeOf(part)
      for (const line of part) results.set(line, { ...ofOneLine(line, part), ...whole?.common, resultKey })
      if (whole !== null) results.set(part[0]!, { ...results.get(part[0]!)!, ...whole.first })
    })
  }
  return lines.map((line) => results.get(line)!)
}

/**
 * The results among those of one key, in their order: all lines of text under one order together, every other by itself. A
 * number after words is a line of them. One that comes first is a value with a comment: what a monitor counts must not be lost
 * in a text.
 */
function partsOf(same: readonly ReadLine[]): readonly (readonly ReadLine[])[] {
  if (same.length === 1) return [same]
  const parts: ReadLine[][] = []
  const texts = new Map<Segment | null, ReadLine[]>()
  const worded = new Set<Segment | null>()
  for (const line of same) {
    if (isWorded(line)) worded.add(line.order)
    const isLine = line.isText && (worded.has(line.order) || !holdsNumber(line.content.value))
    const part = isLine ? (texts.get(line.order) ?? []) : []
    if (part.length === 0) parts.push(part)
    part.push(line)
    if (isLine) texts.set(line.order, part)
  }
  return parts
}

const valuesOf = (value: ObservationValue): readonly ObservationValue[] =>
  value.state === 'several' ? value.values : [value]

const holdsNumber = (value: ObservationValue): boolean => valuesOf(value).some(({ state }) => state === 'quantity')

const isWorded = ({ content, isText }: ReadLine): boolean =>
  isText && valuesOf(content.value).some(({ state }) => state === 'text')

/** Repetitions of a text are lines of it (HL7 v2.5.1 chapter 2.A, TX). */
const textOf = (value: ObservationValue): string => valuesOf(value).map(lineOf).join('\n')

function lineOf(value: ObservationValue): string {
  if (value.state === 'quantity') return `${value.original} ${value.unit?.text ?? ''}`.trimEnd()
  return value.state === 'text' ? value.text : ''
}

/** One line by itself: as it was read, its repetitions together; a number as text where it is part of one. */
function ofOneLine({ content, isText }: ReadLine, part: readonly ReadLine[]): ObservationContent {
  const { value } = content
  const isRead = holdsNumber(value) ? part.length === 1 : value.state !== 'several'
  if (!isText || isRead) return content
  const text = textOf(value)
  if (text.trim() === '') return content
  const unit = valuesOf(value).find((one) => one.state === 'text')?.unit ?? null
  return { ...content, value: { state: 'text', text, unit } }
}

/** What all lines of a text say of it, and what only its first does. */
interface Whole {
  readonly common: Pick<ObservationContent, 'whole' | 'status' | 'referenceRange' | 'resultAt'>
  readonly first: Pick<ObservationContent, 'value' | 'notes' | 'interpretation'>
}

/** A text without the lines taken out, of which it is a correction, released when the last of its lines was. */
function wholeOf(part: readonly ReadLine[]): Whole {
  const standing = part.filter(({ content }) => !isTakenBack(content.status))
  const said = standing.length > 0 ? standing : part
  const contents = said.map(({ content }) => content)
  // Lines that are now final and not repeated hold as they were sent before (HL7 table 0085, `U`): a correction of others
  // counts, and shows where they stand. What was sent before is not copied: it may be withheld or taken back.
  const isGap = isLeftOut(said) && part.some(({ leftOut }) => !leftOut)
  const text = said.map(({ content, leftOut }) => (isGap && leftOut ? '[…]' : textOf(content.value))).join('\n')
  const value: ObservationValue = text.trim() === '' ? contents[0]!.value : { state: 'text', text, unit: null }
  return {
    common: {
      whole: hash('sha256', JSON.stringify(value), 'hex').slice(0, 32),
      status: statusOf(said, standing.length > 0 && standing.length < part.length),
      referenceRange: contents.find(({ referenceRange }) => referenceRange !== null)?.referenceRange ?? null,
      resultAt: lastOf(part.map(({ content }) => content.resultAt)),
    },
    first: {
      value,
      notes: contents.flatMap(({ notes }) => notes),
      interpretation: [...new Set(contents.flatMap(({ interpretation }) => interpretation))],
    },
  }
}

const isTakenBack = (status: ObservationStatus): boolean =>
  status === 'cancelled' || status === 'entered-in-error' || status === 'wrong-patient'

/**
 * Lines of one text that do not agree: one that was corrected corrects it, and one that is not final leaves it open. Where
 * lines were left out, what is repeated is not the whole, and must not take the place of the text that was sent before.
 */
function statusOf(said: readonly ReadLine[], isShortened: boolean): ObservationStatus {
  const repeated = said.filter(({ leftOut }) => !leftOut)
  const statuses = new Set((repeated.length > 0 ? repeated : said).map(({ content }) => content.status))
  if (isShortened || (statuses.has('corrected') && statuses.size > 1)) return 'corrected'
  if (!statuses.has('corrected') && isLeftOut(said)) return 'registered'
  const [first = 'unknown'] = statuses
  if (statuses.size === 1) return first
  return statuses.has('unknown') ? 'unknown' : 'preliminary'
}

/** Whether lines are missing; among others that repeat what is now final, an empty one is a blank line. */
const isLeftOut = (said: readonly ReadLine[]): boolean =>
  said.some(({ leftOut }) => leftOut) && said.every(({ isNowFinal, leftOut }) => leftOut || !isNowFinal)

function lastOf(moments: readonly (Moment | null)[]): Moment | null {
  const timeOf = (moment: Moment): number => instantOf(moment) ?? Date.parse(moment.at)
  return moments.reduce((last, one) => {
    if (last === null || one === null) return last ?? one
    return timeOf(one) > timeOf(last) ? one : last
  }, null)
}
