import { expect, test } from 'vitest'
import { seededRandom } from '../eform/random.ts'
import { interpret } from '../lab/interpret.ts'
import { shippedTables } from '../lab/tables.ts'
import { formatFor } from '../registry.ts'
import { recognise } from '../recognise.ts'
import { sampleLabBundle } from './sample.ts'

const at = new Date('2026-06-15T10:00:00Z')

test('a sample is read without any remark: every result final, of the laboratory, with analyte and value', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const bytes = Buffer.from(JSON.stringify(sampleLabBundle({ random: seededRandom(seed), at })))
    expect(recognise(bytes)).toMatchObject({ state: 'message', format: formatFor('application/fhir+json') })
    const reading = formatFor('application/fhir+json')!.read(bytes, { receivedAt: at })
    if (reading.state !== 'read') throw new Error(reading.state)
    expect(reading.records.length).toBeGreaterThanOrEqual(3)
    for (const { content, faults, subject } of reading.records) {
      expect(faults).toEqual([])
      expect(subject?.insz).toMatch(/^\d{11}$/)
      if (content?.kind !== 'observation') throw new Error('no observation')
      expect(content).toMatchObject({ source: 'labo-dijle', status: 'final' })
      expect(content.order.filler).toMatch(/^\d{8}$/)
      expect(interpret(content, shippedTables()).canonical).not.toBeNull()
    }
  }
})

test('the same numbers give the same bytes, others another bundle', () => {
  const text = (seed: number) => JSON.stringify(sampleLabBundle({ random: seededRandom(seed), at }))
  expect(text(7)).toBe(text(7))
  expect(text(7)).not.toBe(text(8))
})
