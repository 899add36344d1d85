/**
 * A laboratory result as its sender wrote it: one OBX of HL7v2 or one Observation of FHIR R4, both end in this one shape.
 *
 * Everything original stays (code, unit, text, time); nothing is mapped here. What the code and unit mean is said beside
 * it, by `interpret`, under the tables that are active for the source, so that a table can be tried and undone like a rule.
 */
export interface ObservationContent {
  readonly kind: 'observation'
  /** The laboratory, by the name under which its feed, tables and checks are known. */
  readonly source: string
  readonly origin: ObservationOrigin
  readonly order: LabOrder
  /** Order, code, sub-id and moment of collection: a correction, a double and a replay of one result share it. */
  readonly resultKey: string
  readonly code: ObservationCode
  /** HL7v2 OBX-4, or null. */
  readonly subId: string | null
  readonly value: ObservationValue
  /** Only of lines that are one text: the hash of the whole, which is the value of the first of them. */
  readonly whole?: string
  readonly status: ObservationStatus
  readonly collectedAt: Moment | null
  /** When the laboratory released it (OBX-19, OBR-22, FHIR issued): results of one key are ordered by it. */
  readonly resultAt: Moment | null
  readonly sentAt: Moment | null
  readonly referenceRange: ReferenceRange | null
  /** HL7 table 0078 codes, upper case. */
  readonly interpretation: readonly string[]
  readonly notes: readonly string[]
  readonly patient: LabPatient
  /** Who asked for it: AGB, NIHII or a local number, as sent; null when not said. */
  readonly requester: string | null
}

/** Where in the bytes it came from, so that an explanation can point at them. Offsets count bytes from the start. */
export interface ObservationOrigin {
  readonly format: 'hl7v2' | 'fhir'
  readonly path: string
  readonly from: number
  readonly length: number
}

export interface LabOrder {
  readonly placer: string | null
  readonly filler: string | null
  readonly panel: Coding | null
  /** What the laboratory wrote about the whole order; absent when it wrote nothing. */
  readonly notes?: readonly string[]
}

export interface Coding {
  readonly code: string
  /** `LN` and `http://loinc.org` become `loinc`; every other system stays as sent; empty when none was given. */
  readonly system: string
  readonly text: string
}

export interface ObservationCode {
  readonly original: Coding
  readonly alternates: readonly Coding[]
}

export interface SentUnit {
  readonly text: string
  readonly system: string
}

export type ObservationValue =
  | {
      readonly state: 'quantity'
      readonly value: number
      readonly comparator: Comparator | null
      readonly unit: SentUnit | null
      /** Digits after the point as sent; a conversion keeps no more. */
      readonly decimals: number
      readonly original: string
      /** What had to be read into it, such as a decimal comma. */
      readonly repairs: readonly ('decimal-comma' | 'comparator-in-text' | 'number-in-text')[]
    }
  | { readonly state: 'text'; readonly text: string; readonly unit: SentUnit | null }
  | { readonly state: 'coded'; readonly codings: readonly Coding[] }
  | { readonly state: 'document'; readonly mediaType: string; readonly bytes: number; readonly sha256: string }
  | { readonly state: 'several'; readonly values: readonly ObservationValue[] }
  | { readonly state: 'none'; readonly reason: string | null }

export type Comparator = '<' | '<=' | '>=' | '>'

/** `cancelled`: never done. `entered-in-error`: taken back. `wrong-patient`: taken back from this patient (OBX-11 W). */
export type ObservationStatus =
  | 'registered'
  | 'preliminary'
  | 'final'
  | 'corrected'
  | 'cancelled'
  | 'entered-in-error'
  | 'wrong-patient'
  | 'unknown'

/** A moment with what is known of it: a day is not midnight. */
export interface Moment {
  /** ISO 8601, cut at its precision; with offset when it has a time. */
  readonly at: string
  readonly precision: 'year' | 'month' | 'day' | 'minute' | 'second'
  /** `given`: sent with an offset, its own or its message's. `assumed`: without one, so the source's zone was taken. */
  readonly zone: 'given' | 'assumed' | 'none'
}

export interface ReferenceRange {
  readonly text: string
  readonly low: number | null
  readonly high: number | null
}

/** `scheme` is `local` with the assigner for any number this hub cannot check. */
export interface PatientIdentifier {
  readonly scheme: 'insz' | 'bsn' | 'local'
  readonly value: string
  readonly assigner: string
}

export interface LabPatient {
  readonly identifiers: readonly PatientIdentifier[]
  readonly familyName: string
  readonly givenName: string
  /** `YYYY-MM-DD` or shorter; empty when not said. */
  readonly birthDate: string
  readonly sex: 'male' | 'female' | 'other' | 'unknown'
  readonly deceased: 'yes' | 'no' | 'unknown'
  readonly deceasedAt: Moment | null
}

/** What the active tables of a source make of code and unit; `null` where they say nothing, never a guess. */
export interface Interpretation {
  readonly loinc: string | null
  /** Our name of what is measured, such as `hba1c` or `creatinine`. */
  readonly analyte: string | null
  readonly ucum: string | null
  /** The number in the analyte's own unit, when code, unit and value allow it. */
  readonly canonical: { readonly value: number; readonly unit: string } | null
  /** Name and version of the tables, such as `lab-tables@1.0.0`. */
  readonly tables: string
}

/** What rules, monitors and readers look at. */
export interface InterpretedObservation extends ObservationContent {
  readonly mapped: Interpretation
}
