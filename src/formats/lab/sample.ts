import type { Person } from '../eform/people.ts'
import { between, type Random } from '../eform/random.ts'

/** One result of an invented order. */
export interface SampleResult {
  /** LOINC. */
  readonly code: string
  readonly text: string
  /** UCUM. */
  readonly unit: string
  readonly range: string
  /** As a laboratory prints it. */
  readonly value: string
}

/** What a laboratory found for an invented person, before it is written in a format. */
export interface SampleOrder {
  readonly number: string
  readonly person: Pick<Person, 'insz' | 'familyName' | 'givenName' | 'birthDate' | 'sex'>
  readonly takenAt: Date
  readonly releasedAt: Date
  readonly results: readonly SampleResult[]
}

/** What a practice asks for: LOINC, name, unit, range, decimals, and what is usual. */
const tests = [
  ['59261-8', 'HbA1c IFCC', 'mmol/mol', '20-42', 0, 38, 75],
  ['14749-6', 'Glucose nuchter', 'mmol/L', '4.0-6.0', 1, 4.2, 11.5],
  ['14682-9', 'Creatinine', 'umol/L', '50-100', 0, 55, 160],
  ['62238-1', 'eGFR CKD-EPI', 'mL/min/{1.73_m2}', '>60', 0, 28, 110],
  ['2823-3', 'Kalium', 'mmol/L', '3.5-5.0', 1, 3.4, 5.3],
  ['22748-8', 'LDL-cholesterol', 'mmol/L', '<3.0', 1, 1.4, 4.8],
  ['14647-2', 'Cholesterol', 'mmol/L', '<5.0', 1, 3.1, 7.2],
] as const

/** Invents what a laboratory found in a sample that was taken some hours before. The same numbers give the same order. */
export function sampleOrder(random: Random, at: Date, person: SampleOrder['person']): SampleOrder {
  const number = String(between(10_000_000, 99_999_999, random))
  const takenAt = new Date(at.getTime() - between(3, 20, random) * 3_600_000)
  const releasedAt = new Date(at.getTime() - between(2, 90, random) * 60_000)
  const from = between(0, 2, random)
  const chosen = tests.slice(from, from + between(3, 5, random))
  const results = chosen.map(([code, text, unit, range, decimals, low, high]) => {
    return { code, text, unit, range, value: (low + random() * (high - low)).toFixed(decimals) }
  })
  return { number, person, takenAt, releasedAt, results }
}
