import { laboratoryNames, type LaboratoryName } from './dialect.ts'

/** What may be wrong with one laboratory; what is not named is well. */
export interface LaboratoryFaults {
  /** Measures and sends nothing on its own; what it is told to send waits. */
  readonly silent: boolean
  /** Sends everything so many seconds later. */
  readonly lateSeconds: number
  /** Writes mg/dL behind every value from now on, whatever the values are. */
  readonly wrongUnits: boolean
  /** Shares of its own orders that are corrected, or come for the wrong patient first. */
  readonly correctShare: number
  readonly wrongPatientShare: number
}

export const well: LaboratoryFaults = {
  silent: false,
  lateSeconds: 0,
  wrongUnits: false,
  correctShare: 0,
  wrongPatientShare: 0,
}

export type FaultsByLaboratory = Readonly<Record<LaboratoryName, LaboratoryFaults>>

/**
 * Reads `PUT /control/faults`: faults by laboratory; a laboratory that is not named is well again. Gives back what is wrong in
 * words instead when a name or value does not exist.
 *
 * @example readFaults({ vecht: { silent: true } }) // { vecht: { silent: true, lateSeconds: 0, ... }, schelde: well, ... }
 */
export function readFaults(body: unknown): FaultsByLaboratory | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'faults are by laboratory'
  const given = body as Readonly<Record<string, unknown>>
  const stranger = Object.keys(given).find((name) => !laboratoryNames.some((known) => known === name))
  if (stranger !== undefined) return `there is no laboratory ${stranger}`
  const read: Record<string, LaboratoryFaults> = {}
  for (const name of laboratoryNames) {
    const faults = given[name] ?? {}
    if (typeof faults !== 'object') return `the faults of ${name} are no object`
    const wrong = Object.entries(faults).find(([fault, value]) => !fits(fault, value))
    if (wrong !== undefined) return `${name}: ${wrong[0]} cannot be ${JSON.stringify(wrong[1])}`
    read[name] = { ...well, ...faults }
  }
  return read as FaultsByLaboratory
}

function fits(fault: string, value: unknown): boolean {
  if (!Object.hasOwn(well, fault)) return false
  if (typeof well[fault as keyof LaboratoryFaults] === 'boolean') return typeof value === 'boolean'
  const most = fault === 'lateSeconds' ? 86_400 : 1
  return typeof value === 'number' && value >= 0 && value <= most
}
