import { expect, test } from 'vitest'
import { unitText } from './unit.ts'

test('units are written as people write them, in the language of the reader', () => {
  expect(unitText('mL/min/{1.73_m2}', 'fr')).toBe('mL/min/1,73 m²')
  expect(unitText('mL/min/{1.73_m2}', 'en')).toBe('mL/min/1.73 m²')
  expect(unitText('umol/L', 'nl')).toBe('µmol/L')
  expect(unitText('10*9/L', 'nl')).toBe('10⁹/L')
  expect(unitText('10*-3', 'nl')).toBe('10⁻³')
  expect(['mmol/mol', 'U/L', '%', 'g/dL', 'kg/m2'].map((unit) => unitText(unit, 'de'))).toEqual([
    'mmol/mol',
    'U/L',
    '%',
    'g/dL',
    'kg/m²',
  ])
})
