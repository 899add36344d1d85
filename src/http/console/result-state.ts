import type { ResultState } from '../../web/pages/results.tsx'

/** What a screen says of the status a laboratory gave a result; what it does not call final is preliminary. */
export function resultState(status: string): ResultState {
  if (status === 'corrected' || status === 'cancelled') return status
  if (status === 'entered-in-error' || status === 'wrong-patient') return 'withdrawn'
  return status === 'final' ? 'final' : 'preliminary'
}
