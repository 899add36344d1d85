import { expect, it } from 'vitest'
import { offeredTo } from './offered.ts'

const offered = (url: string, type?: string, method = 'POST') =>
  offeredTo({ method, routeOptions: { url }, headers: type === undefined ? {} : { 'content-type': type } })

it('counts what is turned away under the service it was meant for', () => {
  expect(offered('/messages', 'application/hl7-v2')).toBe('lab')
  expect(offered('/messages', 'X-Application/HL7-v2+er7; charset=utf-8')).toBe('lab')
  expect(offered('/messages', 'application/json')).toBe('eforms')
  expect(offered('/messages', 'text/plain')).toBe('eforms')
  expect(offered('/messages')).toBe('eforms')
  expect(offered('/fhir/Observation', 'application/fhir+json')).toBe('lab')
})

it('counts nothing that hands nothing over', () => {
  expect(offered('/messages', 'application/hl7-v2', 'GET')).toBeNull()
  expect(offered('/oauth/token', 'application/x-www-form-urlencoded')).toBeNull()
})
