import { SluisError } from '../kernel/errors.ts'

/** Who somebody is to the hub. `nobody` has not signed in and shows no token. */
export const roles = ['operator', 'helper', 'reader', 'sender', 'care-team', 'destination', 'nobody'] as const
export type Role = (typeof roles)[number]

/** The roles a person can have. */
export const personRoles = ['operator', 'helper', 'reader'] as const
export type PersonRole = (typeof personRoles)[number]

/**
 * The one table of rights: who may do what. What is not here nobody may.
 *
 * A helper finds a traveller's certificate without ever reading a form; contents are for operators, with a purpose.
 */
export const rights = {
  'see-operations': ['operator', 'helper', 'reader'],
  'see-trace': ['operator', 'helper', 'reader'],
  'see-books': ['operator', 'helper', 'reader'],
  'see-errors': ['operator', 'helper', 'reader'],
  'mark-urgent': ['operator', 'helper'],
  'see-certificate': ['operator', 'helper'],
  'see-content': ['operator'],
  'see-access-log': ['operator'],
  'see-packs': ['operator', 'helper', 'reader'],
  'change-packs': ['operator'],
  'see-withheld': ['operator', 'helper'],
  'decide-withheld': ['operator', 'helper'],
  // A reader: those of the own practice only.
  'see-patient': ['operator', 'reader'],
  'see-practice': ['operator', 'reader'],
  'see-feeds': ['operator', 'helper', 'reader'],
  pause: ['operator'],
  replay: ['operator'],
  'change-settings': ['operator'],
  'manage-people': ['operator'],
  'manage-senders': ['operator'],
  'hand-over-message': ['sender'],
  'see-own-message': ['sender'],
  'see-own-status': ['sender'],
  'change-own-webhook': ['sender'],
  // Of patients in its care who consent: access/consent.ts asks for each.
  'read-results': ['care-team'],
  // Without consent, relation or own practice, for an hour, with a reason that whoever guards privacy reads.
  'read-in-emergency': ['reader', 'care-team'],
  'see-emergencies': ['operator'],
  acknowledge: ['destination'],
  // A balancer and a metrics collector have no account; what they read holds no person and no content.
  'see-health': roles,
  'read-metrics': roles,
  'see-contract': roles,
  'ask-token': roles,
  'sign-in': roles,
} as const satisfies Record<string, readonly Role[]>

export type Action = keyof typeof rights

/** @example mayDo('helper', 'see-content') // false */
export function mayDo(role: Role, action: Action): boolean {
  const allowed: readonly Role[] = rights[action]
  return allowed.includes(role)
}

/** Throws `session-missing` for nobody and `right-missing` for somebody who may not. */
export function requireRight(role: Role, action: Action): void {
  if (mayDo(role, action)) return
  throw role === 'nobody' ? new SluisError('session-missing') : new SluisError('right-missing', { role, action })
}
