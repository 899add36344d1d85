import type { Language } from '../kernel/language.ts'
import { languages } from '../kernel/language.ts'
import type { Condition, ItemDefinition, MonitorDefinition } from './definition.ts'
import type { Target } from './facts.ts'

/**
 * A definition as a FHIR R4 PlanDefinition: one action per item, with its codes as trigger and its window and targets as
 * text, for exchange and reading. It is not meant to be run: the file it comes from is what counts.
 *
 * @example toPlanDefinition(diabetes, 'nl').action[0]?.title // 'HbA1c'
 */
export function toPlanDefinition(definition: MonitorDefinition, language: Language = 'en'): PlanDefinition {
  const isConfirmed = definition.targets.state === 'confirmed'
  return {
    resourceType: 'PlanDefinition',
    url: `https://sluis.example/monitors/${definition.name}`,
    version: definition.version,
    name: definition.name,
    title: definition.texts[language],
    status: isConfirmed ? 'active' : 'draft',
    experimental: !isConfirmed,
    ...(definition.targets.state === 'confirmed' && { approvalDate: definition.targets.on }),
    type: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/plan-definition-type', code: 'clinical-protocol' }],
    },
    action: definition.items.map((item) => toAction(definition, item, language)),
  }
}

export interface PlanDefinition {
  readonly resourceType: 'PlanDefinition'
  readonly url: string
  readonly version: string
  readonly name: string
  readonly title: string
  readonly status: 'draft' | 'active'
  readonly experimental: boolean
  readonly approvalDate?: string
  readonly type: { readonly coding: readonly FhirCoding[] }
  readonly action: readonly PlanAction[]
}

interface FhirCoding {
  readonly system: string
  readonly code: string
}

interface PlanAction {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly code: readonly { readonly coding: readonly FhirCoding[]; readonly text: string }[]
  readonly trigger: readonly TriggerDefinition[]
  readonly condition: readonly FhirCondition[]
  readonly textEquivalent: string
}

interface TriggerDefinition {
  readonly type: 'data-added'
  readonly data: readonly { readonly type: 'Observation'; readonly codeFilter: readonly CodeFilter[] }[]
}

interface CodeFilter {
  readonly path: 'code'
  readonly code: readonly FhirCoding[]
}

interface FhirCondition {
  readonly kind: 'applicability'
  readonly expression: { readonly language: 'text/fhirpath'; readonly description: string; readonly expression: string }
}

const systems: Readonly<Record<string, string>> = {
  loinc: 'http://loinc.org',
  nhg45: 'https://referentiemodel.nhg.org/tabellen/nhg-tabel-45-diagnostische-bepalingen',
}

function toAction(definition: MonitorDefinition, item: ItemDefinition, language: Language): PlanAction {
  const group = definition.groups[item.group]
  const coding = (group?.codes ?? []).map((code) => {
    const [system = '', number = ''] = code.split(':')
    return { system: systems[system] ?? system, code: number }
  })
  const ages = definition.appliesTo.ageFrom
  return {
    id: item.id,
    title: item.texts[language],
    description: languages.map((each) => `${each}: ${item.texts[each]}`).join('; '),
    code: [{ coding, text: item.texts.en }],
    trigger: [{ type: 'data-added', data: [{ type: 'Observation', codeFilter: [{ path: 'code', code: coding }] }] }],
    condition: [
      {
        kind: 'applicability',
        expression: {
          language: 'text/fhirpath',
          description: `From ${ages} years of age`,
          expression: `%patient.birthDate <= today() - ${ages} years`,
        },
      },
    ],
    textEquivalent: inWords(item, group?.unit ?? ''),
  }
}

function inWords(item: ItemDefinition, unit: string): string {
  const bands = item.bands.map(
    ({ when, target }) => `${boundsInWords(target)} ${unit}${when ? ` (${whenInWords(when)})` : ''}`,
  )
  const goal = bands.length === 0 ? 'recorded' : bands.join('; else ')
  return `${item.reducer} within ${windowInWords(item)}: ${goal}`
}

function windowInWords({ window, graceDays }: ItemDefinition): string {
  const grace = graceDays === 0 ? '' : ` and ${graceDays} days`
  if (window === 'ever') return 'all time'
  if ('months' in window) return `${window.months} months${grace}`
  const answers = Object.entries(window.answers).map(([answer, months]) => `${answer} ${months}`)
  return `months by ${window.policy} (none ${window.empty}, ${answers.join(', ')}, other ${window.other})${grace}`
}

function boundsInWords({ atLeast, above, atMost, below }: Target): string {
  const bounds = Object.entries({ '>=': atLeast, '>': above, '<=': atMost, '<': below })
  return bounds.flatMap(([sign, bound]) => (bound === undefined ? [] : [`${sign} ${bound}`])).join(' and ')
}

function whenInWords(when: Condition): string {
  const parts = [
    when.ageFrom === undefined ? '' : `age ${when.ageFrom} or more`,
    when.ageBelow === undefined ? '' : `age below ${when.ageBelow}`,
    when.yearsFrom === undefined ? '' : `${when.yearsFrom} years or more since diagnosis`,
    when.yearsBelow === undefined ? '' : `less than ${when.yearsBelow} years since diagnosis`,
    ...when.with.map((name) => `with ${name}`),
    ...when.without.map((name) => `without ${name}`),
  ]
  return parts.filter((part) => part !== '').join(', ')
}
