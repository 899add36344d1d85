import { openPerson } from '../../care/evaluate.ts'
import { definitionOf } from '../../care/deps.ts'
import type { InterpretedObservation } from '../../formats/lab/observation.ts'
import type { LabTables } from '../../formats/lab/tables.ts'
import type { ItemDefinition, MonitorDefinition } from '../../monitors/definition.ts'
import type { Target } from '../../monitors/facts.ts'
import { dayIn } from '../../monitors/calendar.ts'
import { targetsOn } from '../../monitors/target.ts'
import { sayIn } from '../../monitors/texts/say.ts'
import { codesOf, groupsOf } from '../../monitors/value.ts'
import { enrolmentsOf } from '../../store/enrolments.ts'
import type { Band } from '../../web/parts/charts/value-plot.tsx'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'

/**
 * What a value is held against in a plot: the target of the patient's monitor that holds today, a personal one before all;
 * else, also where it is not known which of several targets holds, the range the laboratory gave.
 */
export async function bandOf(
  deps: ConsoleDeps,
  view: View,
  patient: Buffer,
  analyte: string,
  newest: InterpretedObservation | null,
  tables: Pick<LabTables, 'systemFor'>,
): Promise<Band | null> {
  const codes = newest === null ? [] : codesOf(newest, tables.systemFor)
  for (const enrolment of await enrolmentsOf(deps.db, [patient])) {
    const definition = definitionOf(deps.care, enrolment.monitor, enrolment.version)
    const item = definition && itemOf(definition, analyte, codes)
    if (definition === undefined || item === undefined) continue
    const today = dayIn(enrolment.zone, deps.now().getTime())
    const { targets } = targetsOn(definition, item, await openPerson(deps.care, enrolment), today)
    const [target] = targets
    if (target === undefined || targets.length > 1) continue
    const { shown, unit } = definition.groups[item.group] ?? {}
    const text = `${sayIn(view.language).bounds(target)} ${shown ?? unit ?? ''}`.trim()
    return { ...boundsOf(target), name: view.t.lab.results.target(text) }
  }
  const range = newest?.referenceRange
  const isOwnUnit = newest?.mapped.canonical?.unit === newest?.mapped.ucum
  if (range == null || !isOwnUnit || (range.low === null && range.high === null)) return null
  return { low: range.low, high: range.high, name: view.t.lab.results.labRange(range.text) }
}

/** By the codes of the result, as the monitor itself finds it: not every laboratory writes LOINC. */
function itemOf(definition: MonitorDefinition, analyte: string, codes: readonly string[]): ItemDefinition | undefined {
  const groups = [analyte, ...groupsOf(definition, codes)]
  return definition.items.find((item) => groups.includes(item.group))
}

const boundsOf = ({ atLeast, above, atMost, below }: Target) => ({
  low: atLeast ?? above ?? null,
  high: atMost ?? below ?? null,
})
