import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { dataFolder } from '../../kernel/package-root.ts'

const zone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}, 'is no zone of the IANA database')

const sourceFile = z.strictObject({
  /** Name under which its feed, tables and checks are known; `from-message`: MSH-4, else MSH-3, gives it. */
  source: z.union([z.literal('from-message'), z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/)]),
  /** Client id of the sender its messages are booked under. */
  client: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/),
  title: z.string().min(1).max(100),
  /** Known only to the embedded default and where loopback senders were asked for, never in production by itself. */
  embeddedOnly: z.boolean().default(false),
  /** Addresses it may connect from, single or with a prefix length. */
  addresses: z.array(z.string()).default([]),
  /** SHA-256 fingerprints of its client certificates, hexadecimal. */
  certificates: z.array(z.string().regex(/^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/)).default([]),
  /** What it writes in MSH-3 and MSH-4, first component; `any` for a source that may speak for several laboratories. */
  msh: z.union([
    z.literal('any'),
    z
      .array(z.strictObject({ application: z.string().min(1).optional(), facility: z.string().min(1).optional() }))
      .min(1),
  ]),
  /** What its bytes are when MSH-18 is silent and they are not UTF-8. */
  charset: z.enum(['8859/1', '8859/2', '8859/15', 'UNICODE UTF-8']).default('8859/1'),
  /** Where its clock hangs, for times without an offset. */
  zone: zone.default('Europe/Brussels'),
  /** The file of `calendars/` with the days on which it sends as on a Sunday; `be` when nothing is said. */
  calendar: z.enum(['be', 'nl']).optional(),
  /** `by-message`: MSH-15 and MSH-16 decide; the others hold whatever they say. */
  acknowledgement: z.enum(['by-message', 'original', 'enhanced']).default('by-message'),
})

/** One laboratory, or one connection that carries several. */
export type LabSource = Readonly<z.infer<typeof sourceFile>>

/** What a source file may leave to the hub. */
export const sourceDefaults = { charset: '8859/1', zone: 'Europe/Brussels' } as const

/**
 * Loads `sources/<name>.yaml` of a data folder, in order of name. Throws a `TypeError` that names the file and what is wrong.
 *
 * @example loadSources(dataFolder).find(({ client }) => client === 'laboratory-loopback')
 */
export function loadSources(folder: string): readonly LabSource[] {
  const place = join(folder, 'sources')
  return readdirSync(place)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const file = join(place, name)
      const found = sourceFile.safeParse(parse(readFileSync(file, 'utf8'), { prettyErrors: true }))
      if (found.success) return found.data
      const [issue] = found.error.issues
      throw new TypeError(`${file}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'does not fit'}`)
    })
}

let shipped: readonly LabSource[] | undefined

/** The sources that come with the package, loaded once. */
export function shippedSources(): readonly LabSource[] {
  return (shipped ??= loadSources(dataFolder))
}

/** Whether a source writes these in MSH-3 and MSH-4; one that may write anything does. */
export function speaksAs(source: LabSource, application: string, facility: string): boolean {
  return source.msh === 'any' || namesItself(source, application, facility)
}

/** The source that names itself in MSH-3 and MSH-4; null when no file says so. */
export function sourceByHeader(sources: readonly LabSource[], application: string, facility: string): LabSource | null {
  return sources.find((source) => namesItself(source, application, facility)) ?? null
}

function namesItself(source: LabSource, application: string, facility: string): boolean {
  if (source.msh === 'any') return false
  return source.msh.some(
    (one) =>
      (one.application ?? application) === application &&
      (one.facility ?? facility) === facility &&
      (one.application !== undefined || one.facility !== undefined),
  )
}

/**
 * The name of a laboratory nobody has written a file for, from what it calls itself.
 *
 * @example nameFrom('LIS', 'Klinisch Lab. Noord') // 'klinisch-lab-noord'
 */
export function nameFrom(application: string, facility: string): string {
  const said = facility || application
  const name = said
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '')
  return name || 'unnamed'
}
