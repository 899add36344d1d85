import { readUcum } from './ucum.ts'

/** What a unit measures, by the names laboratories use. */
export type DimensionName =
  | 'number'
  | 'length'
  | 'area'
  | 'volume'
  | 'mass'
  | 'substance'
  | 'time'
  | 'temperature'
  | 'pressure'
  | 'arbitrary'
  | 'mass-concentration'
  | 'substance-concentration'
  | 'number-concentration'
  | 'catalytic-concentration'
  | 'arbitrary-concentration'
  | 'mass-per-substance'
  | 'substance-per-mass'
  | 'catalytic'
  | 'number-per-time'
  | 'volume-rate'
  | 'mass-rate'
  | 'substance-rate'
  | 'mass-per-area'
  | 'velocity'
  | 'other'

const names: Readonly<Record<string, DimensionName>> = {
  '0,0,0,0,0,0,0': 'number',
  '1,0,0,0,0,0,0': 'length',
  '2,0,0,0,0,0,0': 'area',
  '3,0,0,0,0,0,0': 'volume',
  '0,1,0,0,0,0,0': 'mass',
  '0,0,0,1,0,0,0': 'substance',
  '0,0,1,0,0,0,0': 'time',
  '0,0,0,0,0,1,0': 'temperature',
  '-1,1,-2,0,0,0,0': 'pressure',
  '0,0,0,0,1,0,0': 'arbitrary',
  '-3,1,0,0,0,0,0': 'mass-concentration',
  '-3,0,0,1,0,0,0': 'substance-concentration',
  '-3,0,0,0,0,0,0': 'number-concentration',
  '-3,0,-1,1,0,0,0': 'catalytic-concentration',
  '-3,0,0,0,1,0,0': 'arbitrary-concentration',
  '0,1,0,-1,0,0,0': 'mass-per-substance',
  '0,-1,0,1,0,0,0': 'substance-per-mass',
  '0,0,-1,1,0,0,0': 'catalytic',
  '0,0,-1,0,0,0,0': 'number-per-time',
  '3,0,-1,0,0,0,0': 'volume-rate',
  '0,1,-1,0,0,0,0': 'mass-rate',
  '-2,1,0,0,0,0,0': 'mass-per-area',
  '1,0,-1,0,0,0,0': 'velocity',
}

/**
 * What a UCUM unit measures; null when it is no unit that is known here.
 *
 * @example dimensionOf('mg/dL') // 'mass-concentration'
 */
export function dimensionOf(ucum: string): DimensionName | null {
  const reading = readUcum(ucum)
  return reading.state === 'wrong' ? null : (names[reading.unit.dimension.join()] ?? 'other')
}

/** The properties of LOINC (users' guide, part "kind of property") and what a unit of such a result measures. */
const properties: Readonly<Record<string, readonly DimensionName[]>> = {
  MCnc: ['mass-concentration'],
  SCnc: ['substance-concentration'],
  NCnc: ['number-concentration'],
  // Enzymes are counted in U or in [IU]; the latter is arbitrary by its letters only.
  CCnc: ['catalytic-concentration', 'arbitrary-concentration'],
  ACnc: ['arbitrary-concentration', 'catalytic-concentration', 'arbitrary'],
  MFr: ['number'],
  SFr: ['number'],
  NFr: ['number'],
  VFr: ['number'],
  MRto: ['number'],
  SRto: ['number'],
  // Ratio covers mg/mmol of creatinine and kg/m2 alike.
  Ratio: ['number', 'mass-per-substance', 'mass-per-area'],
  RelACnc: ['number'],
  RelTime: ['number'],
  RelRto: ['number'],
  VRat: ['volume-rate'],
  ArVRat: ['volume-rate'],
  MRat: ['mass-rate'],
  SRat: ['catalytic'],
  Naric: ['number'],
  EntVol: ['volume'],
  EntMass: ['mass'],
  EntSub: ['substance'],
  Mass: ['mass'],
  Len: ['length'],
  Vol: ['volume'],
  Time: ['time'],
  Vel: ['velocity'],
  Pres: ['pressure'],
  PPres: ['pressure'],
  Temp: ['temperature'],
  Osmol: ['substance-per-mass'],
  LsCnc: ['number', 'arbitrary'],
  LogCnc: ['number', 'arbitrary'],
  SCnt: ['substance-per-mass'],
  NRat: ['number-per-time'],
}

/** Whether this table knows a property of LOINC; names of properties in analytes.yaml are checked against it. */
export function isProperty(property: string): boolean {
  return Object.hasOwn(properties, property)
}

/**
 * Whether a unit can belong to a result of a LOINC property: haemoglobin by mass (MCnc) is never in mmol/L. A property or
 * a unit that is not known fits: absence of knowledge is no proof.
 *
 * @example fitsProperty('mmol/L', 'MCnc') // false
 */
export function fitsProperty(ucum: string, property: string): boolean {
  const dimension = dimensionOf(ucum)
  const allowed = Object.hasOwn(properties, property) ? properties[property]! : null
  return dimension === null || allowed === null || allowed.includes(dimension)
}
