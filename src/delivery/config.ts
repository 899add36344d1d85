import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, YAMLParseError } from 'yaml'
import { z } from 'zod'
import { SluisError } from '../kernel/errors.ts'
import { dataFolder } from '../kernel/package-root.ts'

const texts = z.strictObject({ nl: z.string(), fr: z.string(), de: z.string(), en: z.string() })
const milliseconds = z.int().positive()

const destinationSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/),
    texts,
    transport: z.enum(['fhir-http', 'async-result', 'certificate']),
    baseUrl: z.url({ protocol: /^https?$/ }),
    /** Remembers our delivery ids: sending twice makes one effect. */
    dedupes: z.boolean(),
    /** Whose order is kept: each patient's, or nobody's. */
    ordered: z.enum(['patient', 'none']),
    timeoutMs: milliseconds,
    leaseMs: milliseconds,
    /** Connections, and so requests at once, of one node. */
    concurrency: z.int().min(1).max(1024),
    batch: z.int().min(1).max(500).default(500),
    maxPerSecond: z.number().positive().nullable().default(null),
    ramp: z.strictObject({
      startPerSecond: z.number().positive(),
      growth: z.number().gt(1),
      topPerSecond: z.number().positive(),
    }),
    backoff: z.strictObject({ baseMs: milliseconds, maxMs: milliseconds }),
    breaker: z.strictObject({ failures: z.int().positive(), openMs: milliseconds, trial: z.int().positive() }),
    /** What is owed for longer than this is late. */
    lateAfterMs: milliseconds.default(900_000),
    /** Knows that probes are no people's; without it none is sent there. */
    takesProbes: z.boolean().default(false),
    /** How long to wait before asking what became of a pending or unknown one; grows up to `maxMs`. */
    ask: z.strictObject({ afterMs: milliseconds, maxMs: milliseconds }),
  })
  .refine((d) => d.timeoutMs * 2 < d.leaseMs, 'timeoutMs must lie below half of leaseMs')
  .refine(
    (d) => d.dedupes || d.timeoutMs * 3 < d.leaseMs,
    'timeoutMs must lie below a third of leaseMs without dedupes',
  )

const routeSchema = z.strictObject({
  name: z.string(),
  service: z.enum(['eforms', 'gfd', 'assurpharma', 'raotd', 'lab']),
  formKinds: z.array(z.string()).min(1),
  actions: z.array(z.enum(['new', 'correct', 'withdraw'])).min(1),
  /** Results of a rapid test it is for; absent for any. */
  results: z.array(z.enum(['negative', 'positive', 'undetermined'])).optional(),
  destination: z.string(),
  purpose: z.enum(['result', 'vaccination', 'certificate']),
  /** The route whose delivery must be acknowledged first. */
  after: z.string().optional(),
})

/** A destination and how it is spoken to: data, changed without code (law 10). `secret` is the bearer and callback key. */
export type DestinationConfig = Readonly<z.infer<typeof destinationSchema>> & { readonly secret: string }

/** Which record owes what where. */
export type Route = Readonly<z.infer<typeof routeSchema>>

/** What the folder does not say, because it differs from place to place. */
export interface DestinationSettings {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Addresses of simulators, by name; they come before the folder, an environment variable before both. */
  readonly urls?: Readonly<Record<string, string>>
  readonly secrets?: Readonly<Record<string, string>>
}

const variables = ['URL', 'SECRET', 'TAKES_PROBES'] as const

const variable = (name: string, what: (typeof variables)[number]): string =>
  `SLUIS_DEST_${name.toUpperCase().replaceAll('-', '_')}_${what}`

/** The environment variables that are read for a destination. */
export const destinationSettings = (name: string): string[] => variables.map((what) => variable(name, what))

/**
 * Reads every destination of a folder. `SLUIS_DEST_<NAME>_URL` and `SLUIS_DEST_<NAME>_SECRET` say where it is and the
 * secret shared with it, `SLUIS_DEST_<NAME>_TAKES_PROBES` whether it takes probes; a simulator does. Throws
 * `destination-unreadable` naming the file and the field.
 *
 * @example loadDestinations({ environment: process.env })[0]?.name // 'digitaal-vlaanderen'
 */
export function loadDestinations(
  settings: DestinationSettings,
  folder: string = join(dataFolder, 'destinations'),
): DestinationConfig[] {
  return readFolder(folder, destinationSchema).map((destination) => {
    const { name } = destination
    const baseUrl = settings.environment[variable(name, 'URL')] ?? settings.urls?.[name] ?? destination.baseUrl
    const secret = settings.environment[variable(name, 'SECRET')] ?? settings.secrets?.[name] ?? ''
    const probes = settings.environment[variable(name, 'TAKES_PROBES')]
    const simulated = settings.urls?.[name] !== undefined
    const takesProbes = probes === undefined ? destination.takesProbes || simulated : probes === 'true'
    return Object.freeze({ ...destination, baseUrl: baseUrl.trim().replace(/\/+$/, ''), secret, takesProbes })
  })
}

/** Reads every route of a folder; each file holds a list. Throws `destination-unreadable` also for a route to nowhere. */
export function loadRoutes(
  destinations: readonly DestinationConfig[],
  folder: string = join(dataFolder, 'routes'),
): Route[] {
  const routes = readFolder(folder, z.strictObject({ routes: z.array(routeSchema) })).flatMap((file) => file.routes)
  for (const route of routes) {
    const first = routes.find((other) => other.name === route.after)
    if (!destinations.some(({ name }) => name === route.destination))
      throw unreadable(folder, `no ${route.destination}`)
    // One step at most: a refusal withdraws the followers, and followers of followers would be left waiting.
    if (route.after !== undefined && (first === undefined || first.after !== undefined))
      throw unreadable(folder, `${route.name} after ${route.after}`)
  }
  return routes.map((route) => Object.freeze(route))
}

function readFolder<T>(folder: string, schema: z.ZodType<T>): T[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => {
      const read = schema.safeParse(parseFile(folder, file))
      if (read.success) return read.data
      const issue = read.error.issues[0]
      throw unreadable(file, `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
    })
}

function parseFile(folder: string, file: string): unknown {
  try {
    return parse(readFileSync(join(folder, file), 'utf8'))
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw unreadable(file, (error as Error).message)
    // The first line of its message; the others draw the place.
    throw unreadable(file, error.message.split('\n', 1)[0]!.replace(/:$/, ''))
  }
}

const unreadable = (file: string, reason: string): SluisError =>
  new SluisError('destination-unreadable', { file, reason })
