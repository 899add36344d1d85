import { systems } from '../../src/formats/fhir/systems.ts'
import { writeLabBundle } from '../../src/formats/fhir-lab/write.ts'
import { dialects } from './dialect.ts'
import type { Order } from './order.ts'
import type { OruFaults } from './oru.ts'

const statuses = { F: 'final', C: 'corrected', W: 'entered-in-error' } as const

/** The bytes of one FHIR R4 Bundle as a laboratory without MLLP writes an order. `id` is new for every Bundle. */
export function writeBundle(order: Order, id: string, at: Date, { wrongUnits }: OruFaults): Buffer {
  const { facility, spellings } = dialects[order.laboratory]
  const bundle = writeLabBundle({
    id,
    number: order.number,
    person: order.patient,
    laboratory: { id: facility, name: 'Labo Dijle' },
    takenAt: new Date(order.takenAt),
    releasedAt: new Date(order.releasedAt),
    sentAt: at,
    status: statuses[order.status],
    results: order.results.map(({ analyte, value }) => {
      const { code, unit, decimals, range, own } = spellings[analyte]
      const [loinc = '', display = ''] = code.split('^')
      return {
        codings: [{ system: systems.loinc, code: loinc, display }],
        unit: wrongUnits ? 'mg/dL' : (unit.split('^')[0] ?? ''),
        range,
        value: (own?.(value) ?? value).toFixed(decimals),
      }
    }),
  })
  return Buffer.from(JSON.stringify(bundle))
}
