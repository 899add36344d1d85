import { z } from 'zod'

/** What a form file, a part file and a code list file may say; they are read once at start and refused when they differ. */

const texts = z.strictObject({ nl: z.string(), fr: z.string(), de: z.string(), en: z.string() }).readonly()
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const severity = z.enum(['error', 'warning'])

const everyField = {
  label: texts,
  required: z.boolean().default(false),
  /**
   * Whether a value that does not fit refuses the record; a value of the wrong JSON type always does. Of what `findings.ts`
   * names, the pack that judges forms has the last word.
   */
  severity: severity.default('error'),
}
const dates = {
  notAfter: z.literal('received').optional(),
  notBefore: z.string().optional(),
  /** Older than this many days gives a warning: it is late, not wrong. */
  olderThanDays: z.number().int().positive().optional(),
}

const field = z.discriminatedUnion('type', [
  z.strictObject({ ...everyField, type: z.literal('text'), max: z.number().int(), pattern: z.string().optional() }),
  z.strictObject({ ...everyField, type: z.literal('choice'), values: z.array(z.string()) }),
  z.strictObject({ ...everyField, type: z.literal('code'), list: z.string(), max: z.number().int().default(40) }),
  z.strictObject({
    ...everyField,
    type: z.literal('identifier'),
    identifier: z.enum(['insz', 'nihii-organisation', 'nihii-professional', 'cnk']),
  }),
  z.strictObject({ ...everyField, type: z.literal('integer'), min: z.number().int(), max: z.number().int() }),
  z.strictObject({ ...everyField, ...dates, type: z.literal('date') }),
  z.strictObject({ ...everyField, ...dates, type: z.literal('partial-date') }),
  z.strictObject({ ...everyField, ...dates, type: z.literal('date-time') }),
])

const section = z.strictObject({
  label: texts,
  required: z.boolean().default(false),
  /** Part of the fact itself: not looked at when the form takes an earlier one back. */
  fact: z.boolean().default(false),
  fields: z.record(z.string(), field),
})

const sections = z.record(z.string(), section)

export const partFile = z.strictObject({ part: z.string(), sections })

/** What switches and books count of eForms. */
export const formKinds = ['rapid-test', 'vaccination', 'booster-1', 'booster-2'] as const

export const formFile = z.strictObject({
  form: z.string(),
  version: z.string(),
  /** First day on which this version is accepted, and the last one (`sunset`), by the day of receipt in Brussels. */
  from: day,
  sunset: day.nullable(),
  title: texts,
  parts: z.array(z.string()),
  /** The section that holds the fact, and its field that says when it happened. */
  content: z.enum(['test', 'vaccination']),
  happened: z.string(),
  kind: z.union([
    z.enum(formKinds),
    z.strictObject({ field: z.string(), of: z.record(z.string(), z.enum(formKinds)) }),
  ]),
  sections,
  rules: z.array(z.strictObject({ rule: z.string(), severity })),
})

const code = z.strictObject({
  label: texts,
  from: day.optional(),
  till: day.optional(),
  snomed: z.string().optional(),
  atc: z.string().optional(),
  cnk: z.array(z.string()).optional(),
  product: z.string().optional(),
})

export const codeListFile = z.strictObject({
  list: z.string(),
  from: day,
  till: day.optional(),
  codes: z.record(z.string(), code),
})

export type FieldFile = z.infer<typeof field>
export type SectionFile = z.infer<typeof section>
export type FormFile = z.infer<typeof formFile>
export type CodeListFile = z.infer<typeof codeListFile>
export type Code = z.infer<typeof code>
export type FormKind = (typeof formKinds)[number]
