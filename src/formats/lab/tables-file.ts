import { z } from 'zod'
import { checkLoinc } from '../../identifiers/loinc.ts'
import { isProperty } from './dimensions.ts'
import { readUcum } from './ucum.ts'

/** What the files of a table may say; they are read once at start and refused, with every fault, when they differ. */

const texts = z.strictObject({ nl: z.string(), fr: z.string(), de: z.string(), en: z.string() })
const ucum = z.string().refine((text) => readUcum(text).state === 'valid', { error: 'is no UCUM unit known here' })
const loinc = z.string().refine((text) => checkLoinc(text).state === 'valid', { error: 'is no LOINC code' })
const property = z.string().refine(isProperty, { error: 'is no LOINC property known here' })

export const headFile = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  notes: z.string(),
  references: z.record(z.string(), z.string()),
  /** Other spellings of a code system -> our name of it. */
  systems: z.record(z.string(), z.array(z.string())),
})

export const unitsFile = z.strictObject({
  general: z.record(z.string(), ucum),
  sources: z.record(z.string(), z.record(z.string(), ucum)),
})

export const codesFile = z.strictObject({ sources: z.record(z.string(), z.record(z.string(), loinc)) })

const limit = z
  .strictObject({
    /** Age in years from which and before which the limit holds; without, for every age not named before. */
    from: z.number().min(0).optional(),
    to: z.number().positive().optional(),
    low: z.number(),
    high: z.number(),
  })
  .refine(({ low, high }) => low < high, { error: 'low must be below high' })

const analyte = z
  .strictObject({
    title: texts,
    /** Own unit; null for what is no quantity. */
    unit: ucum.nullable(),
    /** A plain number without unit is as good as one with. */
    unitless: z.boolean().default(false),
    loinc: z
      .record(loinc, z.strictObject({ property: property.nullable(), units: z.array(ucum).optional() }))
      .default({}),
    nhg45: z.array(z.string().regex(/^\d{1,5}$/)).default([]),
    /** own = sent * factor + offset; `why` names a line of the references. */
    conversions: z
      .record(ucum, z.strictObject({ factor: z.number().positive(), offset: z.number().default(0), why: z.string() }))
      .default({}),
    limits: z.array(limit).default([]),
  })
  .refine((one) => one.unit !== null || Object.keys(one.conversions).length + one.limits.length === 0, {
    error: 'what is no quantity has no conversions and no limits',
  })

export const analytesFile = z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), analyte)

export type HeadFile = z.infer<typeof headFile>
export type UnitsFile = z.infer<typeof unitsFile>
export type CodesFile = z.infer<typeof codesFile>
export type AnalyteEntry = z.infer<typeof analyte>
export type AnalytesFile = z.infer<typeof analytesFile>
