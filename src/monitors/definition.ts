import { z } from 'zod'

/**
 * What a file `monitor.yaml` may say. Clinical content is data: targets, windows and codes are changed here, never in code.
 */

const texts = z.strictObject({
  nl: z.string().min(1),
  fr: z.string().min(1),
  de: z.string().min(1),
  en: z.string().min(1),
})
const name = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/)
const months = z.int().min(1).max(600)

/** `loinc:` with a code whose check digit holds, or `nhg45:` with a number of NHG Table 45. */
const code = z.string().regex(/^(?:loinc:\d{1,7}-\d|nhg45:\d{1,6})$/)

const group = z.strictObject({
  kind: z.enum(['quantity', 'coded', 'presence']),
  /** UCUM, of the canonical value; needed for a quantity. */
  unit: z.string().optional(),
  /** How the unit is printed. */
  shown: z.string().optional(),
  /** In order of preference for results of one day. */
  codes: z.array(code).min(1),
})

const target = z
  .strictObject({
    atLeast: z.number().optional(),
    above: z.number().optional(),
    atMost: z.number().optional(),
    below: z.number().optional(),
  })
  .refine((bounds) => Object.keys(bounds).length > 0, 'a target needs a bound')

const condition = z.strictObject({
  ageFrom: z.int().optional(),
  ageBelow: z.int().optional(),
  /** Full years since the diagnosis. */
  yearsFrom: z.int().optional(),
  yearsBelow: z.int().optional(),
  with: z.array(name).default([]),
  without: z.array(name).default([]),
})

const band = z.strictObject({ when: condition.optional(), target })

/** A part of the numbers outside the target that has a name of its own, and what to warn of there. */
const grade = z.strictObject({
  when: target,
  texts,
  alert: z.strictObject({ with: name, texts }).optional(),
})

const window = z.union([
  z.literal('ever'),
  z.strictObject({ months }),
  /** Steered by the newest answer of a policy; `empty` when there is none, `other` for an answer not listed. */
  z.strictObject({ policy: name, empty: months, other: months, answers: z.record(z.string(), months) }),
])

const item = z.strictObject({
  id: name,
  texts,
  group: name,
  /** The kind of feed it comes by. */
  feed: z.enum(['lab', 'practice']),
  reducer: z.enum(['latest', 'any', 'count', 'min', 'max']),
  window,
  graceDays: z.int().min(0).max(366).default(0),
  /** The first band that holds counts; none: being there is enough. */
  bands: z.array(band).default([]),
  grades: z.array(grade).default([]),
  personalTarget: z.boolean().default(false),
  /** A group of which one answer ends the need for this item. */
  exemptedBy: name.optional(),
  /** The item this one takes the place of when its result is newer. */
  replaces: name.optional(),
})

const policy = z.strictObject({
  group: name,
  /** What an answer code means; an answer that is not here means `other`. */
  answers: z.record(z.string(), z.string()),
})

export const monitorSchema = z.strictObject({
  name,
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  texts,
  /** Who stands for the clinical content. `to-be-confirmed` is said on every screen. */
  targets: z.discriminatedUnion('state', [
    z.strictObject({ state: z.literal('to-be-confirmed') }),
    z.strictObject({ state: z.literal('confirmed'), by: z.string().min(1), on: z.iso.date() }),
  ]),
  appliesTo: z.strictObject({
    ageFrom: z.int().min(0).max(120),
    /** The policy that names the main practitioner, and the meaning that ends the whole monitor. */
    unless: z.strictObject({ policy: name, means: z.string() }).optional(),
  }),
  /** What is taken of a feature nobody spoke of. */
  features: z.record(name, z.strictObject({ texts, unlisted: z.enum(['no', 'unknown']) })).default({}),
  groups: z.record(name, group),
  policies: z.record(name, policy).default({}),
  items: z.array(item).min(1).max(60),
})

export type MonitorFile = z.infer<typeof monitorSchema>

export type ItemDefinition = Readonly<z.infer<typeof item>> & { readonly hash: string }
export type CodeGroup = Readonly<z.infer<typeof group>>
export type Band = Readonly<z.infer<typeof band>>
export type Condition = Readonly<z.infer<typeof condition>>

/** One version of a monitor, ready to evaluate. Each item carries a hash over everything that decides its state. */
export type MonitorDefinition = Readonly<Omit<MonitorFile, 'items'>> & { readonly items: readonly ItemDefinition[] }
