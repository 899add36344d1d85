import { openPerson } from '../../care/evaluate.ts'
import { definitionOf } from '../../care/deps.ts'
import type { InterpretedObservation } from '../../formats/lab/observation.ts'
import type { ItemDefinition, MonitorDefinition } from '../../monitors/definition.ts'
import type { Target } from '../../monitors/facts.ts'
import { enrolmentsOf } from '../../store/enrolments.ts'
import type { Band } from '../../web/parts/charts/value-plot.tsx'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'

/**
 * What a value is held against in a plot: the personal target, else the only target of the patient's monitor, else the range
 * the laboratory gave. A target that depends on age or treatment is left out rather than guessed.
 */
export async function bandOf(
  deps: ConsoleDeps,
  view: View,
  patient: Buffer,
  analyte: string,
  newest: InterpretedObservation | null,
): Promise<Band | null> {
  const today = deps.now().toISOString().slice(0, 10)
  for (const enrolment of await enrolmentsOf(deps.db, [patient])) {
    const definition = definitionOf(deps.care, enrolment.monitor, enrolment.version)
    const item = definition && itemOf(definition, analyte, newest?.mapped.loinc ?? null)
    if (definition === undefined || item === undefined) continue
    const person = await openPerson(deps.care, enrolment)
    const personal = person.targets.find(
      (one) => one.item === item.id && one.from <= today && (one.to === null || one.to >= today),
    )
    const [only] = item.bands.filter((band) => band.when === undefined)
    const target = personal?.target ?? (item.bands.length === 1 ? only?.target : undefined)
    if (target === undefined) continue
    const { low, high } = boundsOf(target)
    const { shown, unit } = definition.groups[item.group] ?? {}
    return { low, high, name: view.t.lab.results.target(`${textOf(target)} ${shown ?? unit ?? ''}`.trim()) }
  }
  const range = newest?.referenceRange
  const isOwnUnit = newest?.mapped.canonical?.unit === newest?.mapped.ucum
  if (range == null || !isOwnUnit || (range.low === null && range.high === null)) return null
  return { low: range.low, high: range.high, name: view.t.lab.results.labRange(range.text) }
}

function itemOf(definition: MonitorDefinition, analyte: string, loinc: string | null): ItemDefinition | undefined {
  return definition.items.find(
    (item) =>
      item.group === analyte || (loinc !== null && definition.groups[item.group]?.codes.includes(`loinc:${loinc}`)),
  )
}

const boundsOf = ({ atLeast, above, atMost, below }: Target) => ({
  low: atLeast ?? above ?? null,
  high: atMost ?? below ?? null,
})

function textOf({ atLeast, above, atMost, below }: Target): string {
  const parts: [string, number | undefined][] = [
    ['≥', atLeast],
    ['>', above],
    ['≤', atMost],
    ['<', below],
  ]
  return parts.flatMap(([sign, bound]) => (bound === undefined ? [] : [`${sign} ${bound}`])).join(', ')
}
