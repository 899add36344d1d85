import type { Flag } from '../../checking/flags.ts'
import type { Language } from '../../kernel/language.ts'
import type { InterpretedObservation, Moment, ObservationStatus } from '../../formats/lab/observation.ts'
import { systems } from '../../formats/fhir/systems.ts'
import { recordName } from '../../kernel/ids.ts'
import type { IndexedVersion } from '../../store/result-search.ts'
import { names } from './names.ts'
import { absent, codingOf, mappedOf, valueOf } from './render-value.ts'

type Json = Readonly<Record<string, unknown>>

/** What is to be said of a version beside what the laboratory said. */
export interface Shown {
  readonly version: IndexedVersion
  /** Its number among the versions of its result. */
  readonly number: number
  readonly tags: readonly Tag[]
  /** Why the value is not shown, in the reader's language; null when it is. */
  readonly masked: string | null
  /** The laboratory took this version back: it has no value any more, for it may be another person's. */
  readonly takenBack: boolean
  /** What active rules remark of it, in the reader's language; shown with the value only. */
  readonly remarks: readonly Remark[]
}

export interface Remark {
  /** The rule that says it, `pack version/rule`. */
  readonly author: string
  readonly text: string
}

export type Tag = 'withheld' | 'not-checked' | 'superseded' | 'contradicted' | 'flagged'

/** Flags as remarks in one language. */
export function remarksOf(flags: readonly Flag[] | undefined, language: Language): Remark[] {
  return (flags ?? []).map(({ pack, version, rule, text }) => ({
    author: `${pack} ${version}/${rule}`,
    text: text[language],
  }))
}

const statuses: Readonly<Record<ObservationStatus, string>> = {
  registered: 'registered',
  preliminary: 'preliminary',
  final: 'final',
  corrected: 'corrected',
  cancelled: 'cancelled',
  'entered-in-error': 'entered-in-error',
  // What was taken back from this patient is an error as far as FHIR goes.
  'wrong-patient': 'entered-in-error',
  unknown: 'unknown',
}

/** observation-status (FHIR R4) of a status of the index. */
export function fhirStatus(status: string): string {
  return statuses[status as ObservationStatus] ?? 'unknown'
}

/**
 * A result as Observation of FHIR R4: code, unit and text as sent come first, what our tables make of them beside it. A
 * masked one keeps code, status and times; its value, remarks and everything worked out from them stay away.
 */
export function renderObservation(shown: Shown, observation: InterpretedObservation): Json {
  const { version, number, masked, takenBack } = shown
  const remarks = masked === null && !takenBack ? shown.remarks : []
  const tags: readonly Tag[] = remarks.length === 0 ? shown.tags : [...shown.tags, 'flagged']
  const { code, mapped, patient, collectedAt, resultAt, order } = observation
  const codings = [code.original, ...code.alternates].map(codingOf)
  const loinc = mapped.loinc
  if (loinc !== null && !codings.some((one) => one['system'] === systems.loinc && one['code'] === loinc)) {
    codings.push({ system: systems.loinc, code: loinc })
  }
  const subject = [patient.givenName, patient.familyName].filter((name) => name !== '').join(' ')
  const issued = resultAt === null ? undefined : momentText(resultAt)
  return {
    resourceType: 'Observation',
    id: version.key,
    meta: metaOf(version, number, tags),
    identifier: [
      { system: names.record, value: recordName(version.receipt, version.ordinal) },
      ...(order.filler === null ? [] : [{ type: { text: 'FILL' }, value: order.filler }]),
    ],
    ...(order.placer === null ? {} : { basedOn: [{ type: 'ServiceRequest', identifier: { value: order.placer } }] }),
    status: fhirStatus(observation.status),
    category: [{ coding: [{ system: systems.observationCategory, code: 'laboratory' }] }],
    code: { coding: codings, ...(code.original.text === '' ? {} : { text: code.original.text }) },
    subject: {
      reference: `Patient/${version.patient.toString('hex')}`,
      ...(subject === '' ? {} : { display: subject }),
    },
    ...(collectedAt === null ? {} : { effectiveDateTime: momentText(collectedAt) }),
    ...(issued?.includes('T') ? { issued } : {}),
    performer: [{ display: version.sender }],
    ...(masked === null
      ? takenBack
        ? { dataAbsentReason: absent('error') }
        : said(observation, remarks)
      : { dataAbsentReason: absent('masked'), note: [{ text: masked }] }),
  }
}

/** What the laboratory said, and after its own remarks those of our rules, with the rule as their author. */
function said(observation: InterpretedObservation, remarks: readonly Remark[]): Json {
  const value = valueOf(observation)
  const { interpretation, notes, referenceRange } = observation
  const note = [
    ...notes.map((text) => ({ text })),
    ...remarks.map(({ author, text }) => ({ authorString: author, text })),
  ]
  const extension = [...mappedOf(observation), ...((value['extension'] as readonly Json[] | undefined) ?? [])]
  return {
    ...value,
    ...(extension.length === 0 ? {} : { extension }),
    ...(interpretation.length === 0 ? {} : { interpretation: interpretation.map(flagged) }),
    ...(note.length === 0 ? {} : { note }),
    ...(referenceRange === null ? {} : { referenceRange: [rangeOf(referenceRange)] }),
  }
}

const flagged = (code: string): Json => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code }],
})

function rangeOf({ low, high, text }: NonNullable<InterpretedObservation['referenceRange']>): Json {
  return {
    ...(low === null ? {} : { low: { value: low } }),
    ...(high === null ? {} : { high: { value: high } }),
    ...(text === '' ? {} : { text }),
  }
}

export function metaOf({ receivedAt, receipt }: IndexedVersion, number: number, tags: readonly Tag[]): Json {
  return {
    versionId: String(number),
    lastUpdated: receivedAt.toISOString(),
    source: `urn:uuid:${receipt}`,
    ...(tags.length === 0 ? {} : { tag: tags.map((code) => ({ system: names.tags, code })) }),
  }
}

/** A dateTime of FHIR; it wants seconds where a laboratory gave minutes. */
export function momentText({ at, precision }: Moment): string {
  return precision === 'minute' ? at.replace(/T(\d{2}:\d{2})(?!:)/, 'T$1:00') : at
}
