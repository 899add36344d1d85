import type { InterpretedObservation, Moment } from '../formats/lab/observation.ts'
import { dayIn, firstDayOf, type Day } from './calendar.ts'
import type { Disposition, Measured, MonitorValue } from './facts.ts'
import type { MonitorDefinition } from './definition.ts'
import { perDefinition } from './per-definition.ts'

/** What the hub knows of a record beside its content. */
export interface Custody {
  readonly record: string
  readonly receivedAt: Date
  readonly disposition: Disposition
  /** The house name of a code system as the source writes it; `LabTables.systemFor` of the active tables. */
  readonly systemFor: (system: string) => string
}

/**
 * An interpreted observation as monitors see it, dated in a zone.
 *
 * The day is that of the sample; without one that of the result, then that of arrival. A month or a year counts from its
 * first day, so that a window ends too early rather than too late.
 *
 * @example valueFrom(observation, { ...custody, disposition: { state: 'visible' } }, 'Europe/Brussels').day // '2026-03-01'
 */
export function valueFrom(observation: InterpretedObservation, custody: Custody, zone: string): MonitorValue {
  const receivedAt = custody.receivedAt.toISOString()
  const receivedOn = dayIn(zone, custody.receivedAt.getTime())
  const collected = dayOf(observation.collectedAt, zone)
  const released = dayOf(observation.resultAt, zone)
  return {
    record: custody.record,
    codes: codesOf(observation, custody.systemFor),
    source: observation.source,
    day: collected ?? released ?? receivedOn,
    dayFrom: collected !== null ? 'collected' : released !== null ? 'result' : 'received',
    at: utcOf(observation.collectedAt),
    resultAt: utcOf(observation.resultAt),
    receivedOn,
    receivedAt,
    status: observation.status,
    measured: measuredOf(observation),
    disposition: trusted(custody.disposition) && isAfterDeath(observation) ? afterDeath : custody.disposition,
  }
}

const trusted = ({ state }: Disposition): boolean => state === 'visible' || state === 'flagged'

/** A person says whether the sample or the word of a death is wrong; until then no colour stands on such a value. */
const afterDeath: Disposition = { state: 'in-doubt', rule: 'after-death', why: 'review' }

/** Of a patient the laboratory calls dead, and not surely taken before that; the last sample may be read a day later. */
function isAfterDeath({ patient, collectedAt }: InterpretedObservation): boolean {
  const { deceased, deceasedAt } = patient
  if (deceased !== 'yes') return false
  if (deceasedAt === null || collectedAt === null) return true
  // A day is not midnight: it may be its last hour.
  const days = deceasedAt.zone === 'none' ? 2 : 1
  return !(Date.parse(collectedAt.at) <= Date.parse(deceasedAt.at) + days * 86_400_000)
}

/**
 * The code groups of a definition a value belongs to, by name; the words of `codes` are those of `MonitorValue`.
 *
 * @example groupsOf(diabetes, ['loinc:59261-8']) // ['hba1c']
 */
export function groupsOf(definition: MonitorDefinition, codes: readonly string[]): readonly string[] {
  const [first = '', ...others] = codes
  const byCode = groupsByCode(definition, null)
  const found = byCode.get(first) ?? []
  if (others.length === 0) return found
  return [...new Set([...found, ...others.flatMap((code) => byCode.get(code) ?? [])])]
}

// One map for all codes: those of a definition are few, those that laboratories send are not.
const groupsByCode = perDefinition<null, ReadonlyMap<string, readonly string[]>>((definition) => {
  const byCode = new Map<string, string[]>()
  for (const [name, { codes }] of Object.entries(definition.groups)) {
    for (const code of new Set(codes)) byCode.set(code, [...(byCode.get(code) ?? []), name])
  }
  return byCode
})

/** The items of a definition that a change in a code group can touch, by id. */
export function itemsTouchedBy(definition: MonitorDefinition, group: string): string[] {
  const policies = Object.entries(definition.policies).flatMap(([name, policy]) =>
    policy.group === group ? [name] : [],
  )
  const unless = definition.appliesTo.unless?.policy
  if (unless !== undefined && policies.includes(unless)) return definition.items.map(({ id }) => id)
  return definition.items
    .filter((item) => {
      const partner = definition.items.find((one) => one.id === item.replaces || one.replaces === item.id)
      const steering = typeof item.window === 'object' && 'policy' in item.window ? item.window.policy : ''
      return [item.group, item.exemptedBy, partner?.group].includes(group) || policies.includes(steering)
    })
    .map(({ id }) => id)
}

/**
 * Every code a result can be asked by, in the words of `MonitorValue`.
 *
 * @example codesOf(observation, tables.systemFor) // ['nhg45:2816', 'loinc:59261-8']
 */
export function codesOf({ code, mapped }: InterpretedObservation, systemFor: Custody['systemFor']): string[] {
  const sent = [code.original, ...code.alternates]
    .map((one) => ({ ...one, system: systemFor(one.system) }))
    .filter(({ system }) => system === 'loinc' || system === 'nhg45')
    .map(({ system, code: number }) => `${system}:${number}`)
  return [...new Set(mapped.loinc === null ? sent : [...sent, `loinc:${mapped.loinc}`])]
}

function measuredOf({ value, mapped }: InterpretedObservation): Measured {
  if (value.state === 'none') return { state: 'none' }
  if (value.state === 'quantity') {
    const original = value.unit === null ? value.original : `${value.original} ${value.unit.text}`
    if (mapped.canonical === null) return { state: 'not-understood', original }
    const { value: number, unit } = mapped.canonical
    return { state: 'quantity', value: number, unit, comparator: value.comparator, original }
  }
  if (value.state === 'coded') {
    const original = value.codings.map(({ text, code }) => (text === '' ? code : text)).join(', ')
    return { state: 'coded', answers: value.codings.map(({ code }) => code), original }
  }
  if (value.state === 'text') return { state: 'text', original: value.text }
  return { state: 'text', original: value.state === 'document' ? value.mediaType : `${value.values.length} x` }
}

function dayOf(moment: Moment | null, zone: string): Day | null {
  if (moment === null) return null
  if (moment.zone === 'none') return firstDayOf(moment.at.slice(0, 10))
  const time = Date.parse(moment.at)
  return Number.isNaN(time) ? null : dayIn(zone, time)
}

/** In UTC, so that moments of two zones are ordered as text; a day stays a day. Empty when not known. */
function utcOf(moment: Moment | null): string {
  if (moment === null) return ''
  const time = moment.zone === 'none' ? Number.NaN : Date.parse(moment.at)
  return Number.isNaN(time) ? moment.at : new Date(time).toISOString()
}
