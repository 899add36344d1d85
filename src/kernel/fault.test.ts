import { expect, test } from 'vitest'
import { cutFaults, type Fault } from './fault.ts'

const fault = (severity: Fault['severity'], n: number): Fault => ({
  code: 'fhir-element-unknown',
  severity,
  path: `/${n}`,
  params: {},
})
const many = (count: number) => Array.from({ length: count }, (_, n) => fault('warning', n))

test('what refuses is named before what warns', () => {
  const cut = cutFaults([...many(20), fault('error', 20)], 20)
  expect(cut[0]).toEqual(fault('error', 20))
  expect(cut.at(-1)).toMatchObject({ code: 'faults-more', severity: 'warning', params: { count: 1 } })
})

test('a list that is cut twice still counts all', () => {
  expect(cutFaults(cutFaults(many(200), 50), 50).at(-1)).toMatchObject({ params: { count: 150 } })
})
