import { expect, test } from 'vitest'
import { tellsTheTimeOf } from '../../src/drills/certificates.ts'
import { issued, request, signer } from '../certificates/sample.ts'

const sampledAt = '2022-07-01T11:05:00+02:00'
const testAsked = { device: '1232', result: 'negative', sampledAt, centre: 'Apotheek De Linde' }
const ofTest = issued(signer, { ...request, test: testAsked, vaccination: null })
const dose = { product: 'EU/1/20/1528', dose: 2, doses: 2, vaccinatedOn: '2022-07-01' }
const ofDose = issued(signer, { ...request, test: null, vaccination: dose })

test('the moment of the sample counts, however it is written', () => {
  expect(tellsTheTimeOf(ofTest, { test: { sampledAt } })).toBe(true)
  expect(tellsTheTimeOf(ofTest, { test: { sampledAt: '2022-07-01T09:05:00Z' } })).toBe(true)
  expect(tellsTheTimeOf(ofTest, { test: { sampledAt: '2022-07-01T13:45:00+02:00' } })).toBe(false)
})

test('the day of the dose counts', () => {
  expect(tellsTheTimeOf(ofDose, { vaccination: { vaccinatedOn: '2022-07-01' } })).toBe(true)
  expect(tellsTheTimeOf(ofDose, { vaccination: { vaccinatedOn: '2022-07-02' } })).toBe(false)
})

test('a certificate of another kind, or none, tells no time', () => {
  expect(tellsTheTimeOf(ofDose, { test: { sampledAt } })).toBe(false)
  expect(tellsTheTimeOf('HC1:NONE', { test: { sampledAt } })).toBe(false)
})
