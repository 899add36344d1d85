import type { Queryable } from '../store/connect.ts'
import { insertAccess } from '../store/access-log.ts'
import type { Role } from './rights.ts'

/** Why somebody reads what belongs to a person. A closed list: free text would bring names into the log. */
export const purposes = [
  'care',
  'traveller-waiting',
  'question-of-patient',
  'question-of-sender',
  'incident',
  'audit',
  'own-message',
] as const
export type Purpose = (typeof purposes)[number]

/** Reading without consent or relation because waiting is dangerous: asked for apart, with a reason (access/emergency.ts). */
export type AnyPurpose = Purpose | 'emergency'

export interface Reading {
  readonly actor: string
  readonly role: Role
  readonly what: 'content' | 'trace-with-content' | 'certificate' | 'access-log' | 'results' | 'monitors' | 'withheld'
  readonly purpose: AnyPurpose | 'none-given'
  readonly outcome: 'given' | 'refused'
  readonly message?: number
  readonly record?: number
  /** The patient index of the ledger's keys. */
  readonly patient?: Buffer
  /** The screen, interface or command, and the address it came from. */
  readonly origin?: string
  readonly trace?: string
}

/**
 * Writes down that somebody read, or was refused to read, what belongs to a person (law 9). Await it before giving
 * anything out: when it fails, nothing is given.
 *
 * @example await logAccess(db, { actor: 'helper', role: 'helper', what: 'certificate', purpose: 'traveller-waiting', outcome: 'given', record: 7 })
 */
export async function logAccess(db: Queryable, reading: Reading): Promise<void> {
  await insertAccess(db, {
    actor: reading.actor.slice(0, 200),
    role: reading.role,
    what: reading.what,
    purpose: reading.purpose,
    outcome: reading.outcome,
    message: reading.message ?? null,
    record: reading.record ?? null,
    patient: reading.patient ?? null,
    origin: reading.origin?.slice(0, 200) ?? null,
    trace: reading.trace?.slice(0, 100) ?? null,
  })
}

/** Whether a text from a form is one of the purposes. */
export function isPurpose(text: unknown): text is Purpose {
  return (purposes as readonly unknown[]).includes(text)
}
