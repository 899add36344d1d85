import { expect, test } from 'vitest'
import { sampleForm } from '../../../formats/eform/sample.ts'
import { seededRandom } from '../../../formats/eform/random.ts'
import { formatFor } from '../../../formats/registry.ts'
import { makeDevelopmentSigner } from '../../../certificates/development.ts'
import { issueCertificate } from '../../../certificates/issue.ts'
import { testPayload } from '../../../certificates/payload.ts'
import { proveBelonging } from './belongs.ts'

const at = new Date('2022-07-01T10:00:00Z')
const signer = await makeDevelopmentSigner({ at })

function record(givenName: string) {
  const form = sampleForm('rapid-test', { random: seededRandom(1), at })
  const negative = {
    ...form,
    patient: { ...form.patient, givenName },
    test: { ...(form as { test: object }).test, result: 'negative' },
  }
  const reading = formatFor('application/json')!.read(Buffer.from(JSON.stringify(negative)), { receivedAt: at })
  if (reading.state !== 'read') throw new Error('not read')
  return reading.records[0]!
}

/** What an issuer sends for the same family name, birth date and sample; undefined leaves a part of the name out. */
function arrived(name: { readonly gn?: string | undefined; readonly gnt?: string | undefined }) {
  const { subject, content } = record('X')
  if (content?.kind !== 'rapid-test' || subject === null) throw new Error('no test')
  const { device, result, sampledAt } = content
  const built = testPayload(
    { recordId: 'r', person: subject, test: { device, result, sampledAt, centre: '' }, country: 'BE', issuer: 'Fake' },
    new Date(at.getTime() + 3_600_000),
  )
  if (built.state === 'refused') throw new Error(JSON.stringify(built.faults))
  const { gn, gnt, ...family } = built.payload.nam
  expect([gn, gnt]).toEqual(['X', 'X'])
  const nam = { ...family, ...(JSON.parse(JSON.stringify(name)) as typeof name) } as typeof built.payload.nam
  const expiresAt = new Date(at.getTime() + 86_400_000)
  const times = { issuedAt: at, expiresAt, issuer: 'BE' }
  const { hc1, uvci } = issueCertificate({ ...built.payload, nam }, signer, times)
  return { hc1, uvci, issuedAt: at, expiresAt, signatureHash: null }
}

test.each([
  ['another given name', 'Lotte', { gn: 'Fien', gnt: 'FIEN' }, false],
  ['another given name in A-Z only', 'Lotte', { gnt: 'FIEN' }, false],
  ['a part of another name', 'Lotte', { gn: 'Lot', gnt: 'LOT' }, false],
  ['the given name', 'Lotte', { gn: 'Lotte', gnt: 'LOTTE' }, true],
  ['none', 'Lotte', {}, true],
  ['an empty one', 'Lotte', { gn: '', gnt: '' }, true],
  ['more names, in another order', 'Lotte', { gn: 'Maria Lotte', gnt: 'MARIA<LOTTE' }, true],
  ['fewer names', 'Lotte-Maria', { gn: 'MARIA', gnt: 'MARIA' }, true],
  ['the letters of another table', 'Jürgen', { gnt: 'JURGEN' }, true],
  ['the letters of our table', 'Jürgen', { gnt: 'JUERGEN' }, true],
  ['the name as written, and letters of its own', 'Νίκος', { gn: 'Νίκος', gnt: 'NICK' }, true],
])('a certificate with %s for the same family, birth date and sample', (_what, givenName, name, belongs) => {
  expect(proveBelonging(arrived(name), record(givenName)) !== null).toBe(belongs)
})
