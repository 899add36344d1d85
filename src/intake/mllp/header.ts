import type { Hl7Message } from '../../formats/hl7v2/message.ts'
import { splitMessages } from '../../formats/hl7v2/split.ts'

/** What an answer needs of the message it answers; texts are as sent, one character a byte. */
export interface Header {
  readonly message: Hl7Message
  /** MSH-3 and MSH-4, first component, readable. */
  readonly application: string
  readonly facility: string
  readonly version: string
  /** MSH-15 and MSH-16: when to tell that it is kept, and what became of it. */
  readonly whenKept: Condition
  readonly whenRead: Condition
}

/** HL7 table 0155: always, never, only errors, only success; `unsaid` when the field is empty. */
export type Condition = 'AL' | 'NE' | 'ER' | 'SU' | 'unsaid'

/** The header of the first message in a frame; null when there is none. Looks at the first bytes only. */
export function readHeader(bytes: Buffer): Header | null {
  const [message] = splitMessages(bytes.subarray(0, 4_096), () => '8859/1').messages
  if (message === undefined) return null
  const { header } = message
  return {
    message,
    application: message.code(header, 3),
    facility: message.code(header, 4),
    version: message.code(header, 12),
    whenKept: conditionOf(message.code(header, 15)),
    whenRead: conditionOf(message.code(header, 16)),
  }
}

function conditionOf(code: string): Condition {
  const upper = code.toUpperCase()
  return upper === 'AL' || upper === 'NE' || upper === 'ER' || upper === 'SU' ? upper : 'unsaid'
}
