import type { ObservationStatus } from '../lab/observation.ts'

/** HL7 table 0085, with the letters later versions added. */
const ofResult: Readonly<Record<string, ObservationStatus>> = {
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

/** HL7 table 0123, of a whole report. `A` says that some of its results are there, and of none that it is the last word. */
const ofWhole: Readonly<Record<string, ObservationStatus>> = {
  O: 'registered',
  I: 'registered',
  S: 'registered',
  N: 'registered',
  A: 'preliminary',
  P: 'preliminary',
  R: 'preliminary',
  M: 'preliminary',
  F: 'final',
  C: 'corrected',
  X: 'cancelled',
}

/**
 * What OBX-11 says of a result; when it is empty, what OBR-25 says of the whole report, which has letters of its own. A
 * letter nobody knows is `unknown`, never final.
 *
 * @param own first component of OBX-11, so that a full coded triple works too
 * @example statusOf('C', 'F') // 'corrected'
 */
export function statusOf(own: string, ofReport: string): ObservationStatus {
  return (own === '' ? ofWhole[ofReport.toUpperCase()] : ofResult[own.toUpperCase()]) ?? 'unknown'
}
