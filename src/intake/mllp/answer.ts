import { SluisError, errorRow, errorText, type ErrorCode } from '../../kernel/errors.ts'
import type { Language, Params } from '../../kernel/language.ts'
import type { LabSource } from '../../formats/hl7v2/sources.ts'
import type { DoorAnswer } from '../receive.ts'
import type { Acknowledgement, AckFault } from './acknowledgement.ts'
import type { Condition, Header } from './header.ts'

/** What became of one frame, before it is told in the sender's mode. */
export type Outcome =
  /** Ours, with every fault of every record; `whole` says that at least its parts could be made out. */
  | {
      readonly state: 'kept'
      readonly receipt: string
      readonly readable: boolean
      readonly faults: readonly AckFault[]
    }
  /** Not ours: the sender must keep it. `notNow`: the hub takes no such message now, whatever is in it. */
  | { readonly state: 'turned-away'; readonly fault: AckFault; readonly temporary: boolean; readonly notNow: boolean }

/** The outcome of what the door answered. */
export function outcomeOf(answer: DoorAnswer, language: Language): Outcome {
  const { body } = answer
  const told = body.errors ?? []
  const faults = told.map(({ code, severity, path, texts }) => ({ code, severity, path, text: texts[language] }))
  if ('code' in body && faults.length === 0)
    faults.push({ code: body.code, severity: 'error', path: '', text: body.texts[language] })
  return { state: 'kept', receipt: body.receipt ?? '', readable: answer.status === 202, faults }
}

/** The outcome of what the door threw: nothing was kept. */
export function refusalOf(error: unknown, language: Language): Outcome {
  return error instanceof SluisError
    ? turnedAway(error.code, error.params, language)
    : turnedAway('unexpected', { trace: '-' }, language)
}

/** Nothing was kept, for a reason of the table of errors. */
export function turnedAway(code: ErrorCode, params: Params, language: Language): Outcome {
  const fault: AckFault = { code, severity: 'error', path: '', text: errorText(code, params, language) }
  const { temporary, status } = errorRow(code)
  return { state: 'turned-away', fault, temporary, notNow: temporary && status === 503 }
}

type Answer = Pick<Acknowledgement, 'code' | 'receipt' | 'faults'>

/**
 * What to answer (HL7 v2.5.1 section 2.9.2 and 2.9.3). In original mode one word: AA when it is ours and readable, AE when it
 * is ours and cannot be read, AR when it is not ours. In enhanced mode whether it is kept (CA, CE, CR) as MSH-15 wishes, and
 * then what became of it as MSH-16 wishes. `not-now` in original mode: its AR ends a message at most senders, and what gets
 * no answer is sent again by all of them.
 */
export function answersFor(
  header: Header | null,
  source: LabSource | null,
  outcome: Outcome,
): readonly Answer[] | 'not-now' {
  const final = finalAnswer(header, outcome)
  if (header === null || !isEnhanced(header, source))
    return outcome.state === 'turned-away' && outcome.notNow ? 'not-now' : [final]
  const good = outcome.state === 'kept'
  const kept: Answer = good
    ? { code: 'CA', receipt: outcome.receipt, faults: [] }
    : { ...final, code: outcome.temporary ? 'CE' : 'CR' }
  // A source held to enhanced mode that says nothing itself wants to hear whether it is kept.
  const whenKept = header.whenKept === 'unsaid' && header.whenRead === 'unsaid' ? 'AL' : header.whenKept
  const answers: Answer[] = wished(whenKept, good) ? [kept] : []
  const told = good || answers.length === 0
  if (told && wished(header.whenRead, final.code === 'AA')) answers.push(final)
  return answers
}

function finalAnswer(header: Header | null, outcome: Outcome): Answer {
  if (outcome.state === 'turned-away') return { code: 'AR', receipt: null, faults: [outcome.fault] }
  const { receipt, faults, readable } = outcome
  return { code: readable ? 'AA' : header === null ? 'AR' : 'AE', receipt, faults }
}

function isEnhanced(header: Header, source: LabSource | null): boolean {
  const mode = source?.acknowledgement ?? 'by-message'
  if (mode !== 'by-message') return mode === 'enhanced'
  return header.whenKept !== 'unsaid' || header.whenRead !== 'unsaid'
}

function wished(condition: Condition, good: boolean): boolean {
  return condition === 'AL' || (condition === 'SU' && good) || (condition === 'ER' && !good)
}
