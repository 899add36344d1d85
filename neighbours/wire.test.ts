// What the hub writes is what its neighbours take: real forms, read, written for each destination and posted.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { activeCode, valueSets } from '../src/certificates/value-sets.ts'
import { toCertificateRequest } from '../src/formats/certificate-request.ts'
import { sampleForm, type SampleKind } from '../src/formats/eform/sample.ts'
import { toSciensanoBundle } from '../src/formats/fhir/sciensano.ts'
import { toVaccinnetBundle } from '../src/formats/fhir/vaccinnet.ts'
import type { OwedNames } from '../src/formats/owed.ts'
import type { CanonicalRecord } from '../src/formats/record.ts'
import { formatFor } from '../src/formats/registry.ts'
import { seededRandom } from '../src/formats/eform/random.ts'
import { delivery, newFolder, startSimulator, type Answer, type Simulator } from './testing/simulator.ts'

const folder = newFolder()
const names = ['sciensano', 'vaccinnet', 'digitaal-vlaanderen'] as const
let sims: Simulator[] = []

beforeAll(async () => {
  sims = await Promise.all(names.map((name) => startSimulator(name, folder.path)))
})
afterAll(async () => {
  await Promise.all(sims.map((sim) => sim.stop()))
  folder.remove()
})

function post(
  name: (typeof names)[number],
  path: string,
  record: CanonicalRecord,
  write: (record: CanonicalRecord, owed: OwedNames) => unknown,
): Promise<Answer> | undefined {
  const owed = { deliveryId: randomUUID(), recordId: randomUUID(), receivedAt: new Date().toISOString(), earlier: null }
  const body = JSON.stringify(write(record, owed))
  return sims[names.indexOf(name)]?.post(path, body, delivery(owed.deliveryId))
}

test.each<[SampleKind]>([['rapid-test'], ['vaccination'], ['booster'], ['second-booster']])(
  'a %s goes to the registry and gets its certificate',
  async (kind) => {
    const random = seededRandom(7)
    const at = new Date()
    for (let i = 0; i < 15; i++) {
      const bytes = Buffer.from(JSON.stringify(sampleForm(kind, { random, at, positiveShare: 0 })))
      const reading = formatFor('application/json')?.read(bytes, { receivedAt: at })
      const record = reading?.state === 'read' ? reading.records[0] : undefined
      if (!record) throw new Error('a sample must be readable')
      const told =
        kind === 'rapid-test'
          ? await post('sciensano', '/fhir/results', record, toSciensanoBundle)
          : await post('vaccinnet', '/vaccinations', record, toVaccinnetBundle)
      expect(told?.body).toMatchObject({ state: kind === 'rapid-test' ? 'acknowledged' : 'pending' })
      const certified = await post('digitaal-vlaanderen', '/certificates', record, toCertificateRequest)
      expect(certified).toMatchObject(
        certifiable(record)
          ? { status: 200, body: { certificate: { hc1: expect.stringMatching(/^HC1:/) } } }
          : { status: 422 },
      )
    }
  },
)

/** A form may name a device that was good when the test was done and no longer stands on a certificate. */
function certifiable({ content }: CanonicalRecord): boolean {
  if (content?.kind !== 'rapid-test') return content !== null
  return content.result === 'negative' && activeCode(valueSets().devices, content.device) !== undefined
}
