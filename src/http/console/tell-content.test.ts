import { expect, test } from 'vitest'
import type { CanonicalRecord } from '../../formats/record.ts'
import { fixtureView } from '../../web/fixtures/context.ts'
import { tellContent } from './tell-content.ts'

const record = {
  subject: { familyName: 'Peeters', givenName: 'Jan', birthDate: '1957-03-02', insz: '57030200123' },
  author: { organisationName: 'De Lelie', organisationNihii: '27001236' },
} as unknown as CanonicalRecord

const told = (content: object, language: 'nl' | 'fr' | 'de' | 'en', subject = record.subject) =>
  tellContent(fixtureView(language), { ...record, subject, content: content as CanonicalRecord['content'] })

test('an opened test is told in words: no code, no ISO time', () => {
  const content = { kind: 'rapid-test', result: 'negative', device: '1833', sampledAt: '2026-11-30T06:26:13+01:00' }
  expect(told(content, 'nl')).toMatchObject({
    born: '2 maart 1957',
    pharmacy: 'De Lelie (27001236)',
    fact: expect.stringMatching(/^niet aangetoond, AAZ-LMB, .*, 30 november 2026 om 06:26 CET$/),
  })
  expect(told({ ...content, result: 'undetermined', device: 'none' }, 'de')?.fact).toMatch(
    /^nicht bestimmbar, none, 30\. /,
  )
})

test('an opened vaccination and a result of a laboratory are, too; half a date stays half', () => {
  const dose = {
    kind: 'vaccination',
    product: 'EU/1/20/1528',
    dose: 1,
    doses: 2,
    lot: 'AB1',
    vaccinatedOn: '2021-07-01',
  }
  expect(told(dose, 'en')?.fact).toBe('Comirnaty, Dose 1 of 2, lot AB1, 1 July 2021')
  const result = { kind: 'observation', code: { original: { code: '1', text: 'HbA1c' } }, status: 'entered-in-error' }
  expect(told(result, 'nl')?.fact).toBe('HbA1c, Ingetrokken')
  expect(told(dose, 'fr', { ...record.subject!, birthDate: '1957-03' })?.born).toBe('1957-03')
  expect(tellContent(fixtureView('nl'), { ...record, subject: null })).toBeNull()
})
