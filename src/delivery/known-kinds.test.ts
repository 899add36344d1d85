import { expect, test } from 'vitest'
import { loadDestinations, loadRoutes } from './config.ts'
import { knownKinds } from './known-kinds.ts'

const routes = loadRoutes(loadDestinations({ environment: {} }))
const vaccinations = ['vaccination', 'booster-1', 'booster-2']

test('the kinds of forwarding are those with a route in the scope, those of intake what the service reads', () => {
  const forwarded = (destination: string | null, service: string | null) =>
    knownKinds(routes, { what: 'delivery', destination, service })
  expect(forwarded('sciensano', null)).toEqual(['rapid-test'])
  expect(forwarded('vaccinnet', 'eforms')).toEqual(vaccinations)
  expect(forwarded(null, null)).toEqual(['rapid-test', ...vaccinations])
  expect(forwarded('sciensano', 'lab')).toEqual([])
  const read = (service: string | null) => knownKinds(routes, { what: 'intake', destination: null, service })
  expect(read('lab')).toEqual(['observation'])
  expect(read('gfd')).toEqual([])
  expect(read(null)).toEqual(['rapid-test', ...vaccinations, 'observation'])
})
