import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkObservation } from '../../src/formats/fhir-lab/invariants.ts'
import { checkShape } from '../../src/formats/fhir-lab/validate.ts'
import { insertPermission } from '../../src/store/consent.ts'
import { openFhirWorld, type FhirWorld, type Json } from './world.ts'

const samples = join(process.env['SLUIS_SHARED'] ?? '../shared', 'lab-samples')
const files = globSync('{hl7-be-lab-fhir,nictiz-zib2020-lab-fhir}/**/*.json', { cwd: samples })

describe.skipIf(!existsSync(samples))('the samples of both countries (skipped when they are absent)', () => {
  let world: FhirWorld
  beforeAll(async () => {
    world = await openFhirWorld()
  }, 120_000)
  afterAll(() => world?.stop(), 60_000)

  test('come in by the door, and every result of them is read back as a resource that holds by the rules of R4', async () => {
    for (const file of files) {
      const answer = await world.ask('/fhir', {
        as: 'laboratory',
        method: 'POST',
        body: readFileSync(join(samples, file), 'utf8'),
      })
      // A sample that is a Patient or a Specimen alone has no result: kept, and told.
      expect([200, 201, 422], `${file}: ${answer.text.slice(0, 300)}`).toContain(answer.status)
      expect(answer.headers.get('x-sluis-receipt'), file).toMatch(/^[0-9a-f-]{36}$/)
    }
    await world.settled()
    const { hub } = world
    const rows = await world.query<{ patient: Buffer; key: string }>(
      `select distinct patient, encode(result_key, 'hex') as key from result`,
    )
    expect(rows.length).toBeGreaterThan(20)
    const from = new Date(Date.now() - 1_000)
    const open = { from, to: null, actor: 'test' }
    const patients = new Map(rows.map(({ patient }) => [patient.toString('hex'), patient]))
    for (const patient of patients.values()) {
      await insertPermission(hub.parts.db, { ...open, patient, kind: 'exchange', senderId: null })
      await insertPermission(hub.parts.db, { ...open, patient, kind: 'relation', senderId: world.senderId('practice') })
    }
    const wrong: string[] = []
    const look = (resource: Json, name: string): void => {
      const found = [...checkShape(resource, ''), ...(name.startsWith('Obs') ? checkObservation(resource, '') : [])]
      wrong.push(...found.map(({ code, path }) => `${name} ${code} ${path}`))
    }
    for (const { key } of rows) {
      const { status, text } = await world.ask(`/fhir/Observation/${key}`, { as: 'practice' })
      expect(status).toBe(200)
      look(JSON.parse(text) as Json, `Observation ${key}`)
    }
    for (const id of patients.keys()) {
      for (const path of [`DiagnosticReport?patient=${id}`, `Patient?_id=${id}`]) {
        const { body } = await world.ask(`/fhir/${path}`, { as: 'practice' })
        for (const { resource, search } of body.entry) {
          if (search?.mode === 'match') look(resource as unknown as Json, `${resource.resourceType} ${resource.id}`)
        }
      }
    }
    expect(wrong).toEqual([])
  }, 120_000)
})
