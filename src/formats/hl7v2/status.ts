import type { ObservationStatus } from '../lab/observation.ts'

/** HL7 table 0085, with the letters later versions added. */
const letters: Readonly<Record<string, ObservationStatus>> = {
  I: 'registered',
  O: 'registered',
  N: 'registered',
  P: 'preliminary',
  R: 'preliminary',
  S: 'preliminary',
  F: 'final',
  U: 'final',
  V: 'final',
  A: 'corrected',
  B: 'corrected',
  C: 'corrected',
  X: 'cancelled',
  D: 'entered-in-error',
  W: 'wrong-patient',
}

/**
 * What OBX-11 says of a result; when it is empty, what OBR-25 says of the whole report. A letter nobody knows is `unknown`,
 * never final.
 *
 * @param own first component of OBX-11, so that a full coded triple works too
 * @example statusOf('C', 'F') // 'corrected'
 */
export function statusOf(own: string, ofReport: string): ObservationStatus {
  return letters[(own || ofReport).toUpperCase()] ?? 'unknown'
}
