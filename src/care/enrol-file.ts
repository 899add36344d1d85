import { parseDocument } from 'yaml'
import { z } from 'zod'
import type { PatientIdentifier } from '../formats/lab/observation.ts'
import { checkBsn } from '../identifiers/bsn.ts'
import { checkInsz } from '../identifiers/insz.ts'
import { SluisError } from '../kernel/errors.ts'

const day = z.iso.date()
const span = { from: day, to: day.nullable().default(null) }
const item = z.string().regex(/^(?:\*|[a-z][a-z0-9-]{0,40})$/)

const target = z
  .strictObject({ atLeast: z.number(), above: z.number(), atMost: z.number(), below: z.number() })
  .partial()
  .refine((bounds) => Object.keys(bounds).length > 0, 'a target needs a bound')

const patient = z.strictObject({
  identifier: z.string().min(1).max(120),
  name: z.string().max(200).default(''),
  monitor: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
  /** Without one who is enrolled stays on theirs, and who is new comes to that of the practice. */
  version: z.string().optional(),
  ...span,
  birthDate: day.nullable().default(null),
  diagnosedOn: day.nullable().default(null),
  deceasedOn: day.nullable().default(null),
  targets: z.array(z.strictObject({ item, target, ...span })).default([]),
  exemptions: z
    .array(
      z.strictObject({
        item,
        reason: z.enum(['care-refused', 'no-longer-needed', 'treated-elsewhere', 'clinician-decided']),
        ...span,
      }),
    )
    .default([]),
  features: z
    .array(z.strictObject({ name: z.string().min(1).max(60), holds: z.boolean().default(true), ...span }))
    .default([]),
})

const file = z.strictObject({
  practice: z.string().min(1).max(60),
  /** Whose midnight ends a window. */
  zone: z
    .string()
    .refine((name) => Intl.supportedValuesOf('timeZone').includes(name), 'is no zone of the IANA database')
    .default('Europe/Brussels'),
  patients: z.array(patient).min(1).max(20_000),
})

/** What a practice says of its patients, read. */
export type EnrolFile = Readonly<z.infer<typeof file>>

/**
 * Reads a file of enrolments, YAML or JSON. Throws `enrolment-unreadable` naming the first of its faults and how many there
 * are.
 */
export function readEnrolFile(text: string): EnrolFile {
  const document = parseDocument(text, { prettyErrors: false })
  const [broken] = document.errors
  if (broken !== undefined) throw unreadable('', broken.message, document.errors.length)
  const found = file.safeParse(plainOf(document))
  if (found.success) return found.data
  const [first] = found.error.issues
  throw unreadable(`/${first?.path.map(String).join('/') ?? ''}`, first?.message ?? '', found.error.issues.length)
}

function plainOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch {
    // Aliases of aliases: a text made to grow when read.
    return null
  }
}

const unreadable = (place: string, reason: string, count: number): SluisError =>
  new SluisError('enrolment-unreadable', { place, reason, count })

/**
 * The identifier a person typed: an INSZ or a BSN whose check digits hold, dots and spaces aside, or `local:assigner:number`.
 * Throws `patient-identifier-unknown`.
 *
 * @example readIdentifier('93.05.18-223.61') // { scheme: 'insz', value: '93051822361', assigner: '' }
 */
export function readIdentifier(text: string): PatientIdentifier {
  const local = /^local:([^:]*):(.+)$/.exec(text.trim())
  if (local !== null) return { scheme: 'local', value: local[2] ?? '', assigner: local[1] ?? '' }
  const digits = text.replaceAll(/[.\-\s]/g, '')
  if (checkInsz(digits).state === 'valid') return { scheme: 'insz', value: digits, assigner: '' }
  const bsn = checkBsn(digits)
  if (bsn.state === 'valid') return { scheme: 'bsn', value: bsn.nineDigits, assigner: '' }
  throw new SluisError('patient-identifier-unknown')
}
