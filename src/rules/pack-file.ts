import { z } from 'zod'
import { findingCodes } from '../formats/eform/findings.ts'
import { services } from '../formats/record.ts'

/** What pack.yaml and cases.yaml may say. */

const texts = z.strictObject({ nl: z.string(), fr: z.string(), de: z.string(), en: z.string() }).readonly()
const name = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, { error: 'small letters, digits and dashes' })
const version = z.string().regex(/^\d+\.\d+\.\d+$/, { error: 'three numbers, such as 1.0.0' })
const expression = z.string().min(1).max(4000)
/** What a record that fails becomes: told, withheld until a person decides, or refused with its sender told at the door. */
const severity = z.enum(['flag', 'withhold', 'refuse'])

const limits = z.strictObject({
  /** Share of a source's records that may become withheld by one activation; 0.02 is two in a hundred. */
  maxShareNewlyWithheld: z.number().min(0).max(1),
  /** Records withheld of one source within an hour, whatever the share. */
  maxPerHourPerSource: z.number().int().positive(),
  /** Below so many records of a source no share is worked out. */
  minSample: z.number().int().positive(),
})

const recordRule = z.strictObject({
  id: name,
  class: z.enum(['identity', 'meaning', 'format']),
  severity,
  /** Whether the rule has anything to say on a record; without it, on every one. */
  applies: expression.default('true'),
  /** True = passes, false = does not, nothing = cannot be told, which never counts against a record. */
  expr: expression.optional(),
  /** Instead of an expression: the finding of the forms it speaks of, in some fields or wherever no other rule does. */
  finding: z
    .strictObject({
      code: z.enum(findingCodes),
      fields: z
        .array(z.string().regex(/^\w+\.\w+$/))
        .min(1)
        .optional(),
    })
    .optional(),
  /** What the text needs: a name and the FHIRPath that gives it. */
  params: z.record(z.string().regex(/^\w+$/), expression).default({}),
  text: texts,
  explain: z.string().min(1),
})

/** A rule on the stream of a source, not on a record: it never withholds. Declared only: `care/rhythm.ts` does not ask it yet. */
const streamRule = z.strictObject({
  id: name,
  class: z.literal('stream'),
  severity: z.literal('flag'),
  /** What is watched by hour of week, and how far from its own history it may go. */
  measures: z.array(
    z.strictObject({
      measure: z.enum(['volume', 'unit-missing', 'abnormal', 'code-mix', 'withheld', 'clock']),
      /** Times the usual spread. */
      spread: z.number().positive(),
      minSample: z.number().int().positive(),
    }),
  ),
  text: texts,
  explain: z.string().min(1),
})

export const packFile = z.strictObject({
  name,
  version,
  service: z.enum(services as [string, ...string[]]),
  owner: z.string().min(1),
  /** Packs and tables it stands on, with their version. */
  needs: z.array(z.strictObject({ name, version })).default([]),
  limits,
  rules: z.array(z.discriminatedUnion('class', [recordRule, streamRule])).min(1),
})

const outcome = z.enum(['pass', 'flag', 'withhold', 'refuse', 'error', 'not-applicable'])

export const casesFile = z.strictObject({
  /** What every case starts from. */
  record: z.record(z.string(), z.unknown()),
  context: z.record(z.string(), z.unknown()).default({}),
  cases: z.array(
    z.strictObject({
      name: z.string().min(1),
      rule: name,
      /** Laid over the record; null takes a field away. */
      change: z.record(z.string(), z.unknown()).default({}),
      context: z.record(z.string(), z.unknown()).default({}),
      gives: outcome,
    }),
  ),
})

export type PackFile = z.infer<typeof packFile>
export type RecordRuleFile = z.infer<typeof recordRule>
export type StreamRuleFile = z.infer<typeof streamRule>
export type PackLimits = z.infer<typeof limits>
export type CasesFile = z.infer<typeof casesFile>
export type PackCase = CasesFile['cases'][number]
export type CaseOutcome = z.infer<typeof outcome>
/** What is said of a record: what refuses it withholds it. */
export type Outcome = Exclude<CaseOutcome, 'refuse'>
