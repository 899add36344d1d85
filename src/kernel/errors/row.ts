import type { Texts } from '../language.ts'

/** Who must act for the error to go away. */
export type Actor = 'sender' | 'operator' | 'destination' | 'nobody'

/**
 * One row of the table of errors.
 *
 * `temporary: true` means: the same thing may succeed later without anybody changing it (TECHNICAL in the field's words);
 * `false` means: do not try again unchanged (FUNCTIONAL). `status` is the HTTP status where the error answers a request.
 */
export interface ErrorRow {
  readonly status: number
  readonly temporary: boolean
  readonly actor: Actor
  readonly text: Texts
}

/** A row about what a sender wrote: not temporary, and the sender's to repair. */
export function ofSender(status: number, nl: string, fr: string, de: string, en: string) {
  return { status, temporary: false, actor: 'sender', text: { nl, fr, de, en } } as const satisfies ErrorRow
}
