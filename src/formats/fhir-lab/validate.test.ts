import { expect, test } from 'vitest'
import { checkShape } from './validate.ts'

const unknown = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`unknown${n}`, 'x']))

test('a wall of warnings hides no error, and each kind is told twenty times at most', () => {
  const patient = { resourceType: 'Patient', ...unknown(50), birthDate: '1990-13-40', name: [{ family: 7 }] }
  const found = checkShape(patient, '')
  expect(found.filter(({ severity }) => severity === 'error').map(({ path }) => path)).toEqual([
    '/birthDate',
    '/name/0/family',
  ])
  expect(found.filter(({ severity }) => severity === 'warning')).toHaveLength(20)
  const wrong = { resourceType: 'Observation', ...unknown(50) }
  expect(checkShape(wrong, '').filter(({ severity }) => severity === 'error')).toHaveLength(20)
})
