import { describe, expect, it } from 'vitest'
import { toCertificateRequest } from './certificate-request.ts'
import { seededRandom } from './eform/random.ts'
import { sampleForm } from './eform/sample.ts'
import type { CanonicalRecord } from './record.ts'
import { formatFor } from './registry.ts'

const at = new Date('2022-07-01T10:00:00Z')
const names = { deliveryId: 'd-1', recordId: 'r-1.0', receivedAt: at.toISOString(), earlier: null }

function recordOf(numbers: object): CanonicalRecord {
  const form = sampleForm('booster', { random: seededRandom(1), at })
  if (form.form !== 'vaccination') throw new Error('no vaccination')
  const bytes = Buffer.from(JSON.stringify({ ...form, vaccination: { ...form.vaccination, ...numbers } }))
  const reading = formatFor('application/json')!.read(bytes, { receivedAt: at })
  if (reading.state !== 'read') throw new Error('not read')
  return reading.records[0]!
}

describe('the dose numbers a certificate is asked for', () => {
  it.each([
    ['first-series', 2, 2, { dose: 2, doses: 2 }],
    ['first-booster', 3, 3, { dose: 3, doses: 3 }],
    ['first-booster', 2, 2, { dose: 2, doses: 1 }],
    ['second-booster', 3, 3, { dose: 3, doses: 1 }],
  ])('of a %s, dose %i of %i, follow from the round', (round, dose, doses, expected) => {
    expect(toCertificateRequest(recordOf({ round, dose, doses }), names).vaccination).toMatchObject(expected)
  })

  it('are not made up where they contradict the round, as a pack may let pass', () => {
    const record = recordOf({ round: 'first-booster', dose: 5, doses: 1 })
    expect(() => toCertificateRequest(record, names)).toThrow('certificate-doses-impossible')
  })
})
