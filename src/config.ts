import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'

/** The parts of the hub a node can carry. Any one node can carry all (law 6). */
export const roles = ['intake', 'work', 'delivery', 'watch', 'web'] as const
export type Role = (typeof roles)[number]

const schema = z.strictObject({
  /** Name of this node in entries, metrics and the roll-call. */
  node: z.string().min(1).max(40),
  host: z.string(),
  /** HTTP port; 0 = any free one. */
  port: z.int().min(0).max(65_535),
  /** The listener for laboratories; `asked`: somebody chose the port, so no other will do. */
  mllp: z.strictObject({
    port: z.int().min(0).max(65_535),
    asked: z.boolean(),
    /** PEM files. With `clientCa` only senders with a certificate of that authority are let in. */
    tls: z.strictObject({ key: z.string(), certificate: z.string(), clientCa: z.string().nullable() }).nullable(),
    /** Whoever sends from this machine is a known laboratory. */
    loopback: z.boolean(),
  }),
  /** Folder of this node: spool, keys, the embedded database. */
  dataFolder: z.string(),
  /** PostgreSQL; null = the embedded one in the data folder. */
  databaseUrl: z.string().nullable(),
  /** 32 bytes; shared by all nodes of one hub. */
  masterKey: z.instanceof(Buffer).refine((key) => key.length === 32, 'the master key must be 32 bytes'),
  roles: z.array(z.enum(roles)).min(1),
  /** Start the simulated neighbours. */
  neighbours: z.boolean(),
  /** How the hub is reached from outside (its own name, a balancer's); a token request must name one of them. */
  publicUrls: z.array(z.url()),
  largestMessage: z.int().positive(),
  /** How long a stopping node goes on serving those who are connected, in milliseconds. */
  drainMs: z.int().min(0),
  spoolBytes: z.int().positive(),
  spoolAgeMs: z.int().positive(),
  /** A second folder, best on another disk, for the numbers of spooled receipts. */
  journalFolder: z.string(),
  /** How often this node probes itself, in seconds; 0 = never. */
  probeSeconds: z.number().min(0),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
  oidc: z
    .strictObject({ issuer: z.url(), clientId: z.string(), clientSecret: z.string(), roleClaim: z.string() })
    .nullable(),
})

/** Everything a node is told from outside, checked once and frozen. */
export type Config = Readonly<z.infer<typeof schema>>

/** What the command line may say; everything else comes from the environment (docs/configuration.md). */
export interface Said {
  readonly port?: number
  readonly mllpPort?: number
  readonly data?: string
  readonly roles?: readonly string[]
  readonly neighbours?: boolean
  readonly node?: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Makes the configuration of a node from the command line and the environment.
 * Throws a ZodError that names what is wrong.
 *
 * @example readConfig({ port: 8080 }, process.env).dataFolder // '.sluis'
 */
export function readConfig(said: Said, env: Environment): Config {
  const dataFolder = resolve(said.data ?? env['SLUIS_DATA'] ?? '.sluis')
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const number = (name: string, otherwise: number): number => (env[name] === undefined ? otherwise : Number(env[name]))
  return Object.freeze(
    schema.parse({
      node: said.node ?? env['SLUIS_NODE'] ?? hostname().slice(0, 40),
      host: env['SLUIS_HOST'] ?? '127.0.0.1',
      port: said.port ?? number('PORT', 8080),
      mllp: mllpOf(said, env),
      dataFolder,
      databaseUrl: env['DATABASE_URL'] ?? null,
      masterKey: readMasterKey(env, dataFolder) ?? makeMasterKey(dataFolder),
      roles: said.roles ?? env['SLUIS_ROLES']?.split(',') ?? [...roles],
      neighbours: said.neighbours ?? !Object.keys(env).some((name) => /^SLUIS_DEST_.*_URL$/.test(name)),
      publicUrls: env['SLUIS_PUBLIC_URL']?.split(',') ?? [],
      drainMs: number('SLUIS_DRAIN_MS', 6_000),
      largestMessage: number('SLUIS_LARGEST_MESSAGE', 1_048_576),
      spoolBytes: number('SLUIS_SPOOL_BYTES', 4 * 1024 ** 3),
      spoolAgeMs: number('SLUIS_SPOOL_HOURS', 72) * 3_600_000,
      journalFolder: resolve(env['SLUIS_JOURNAL'] ?? join(dataFolder, 'journal')),
      probeSeconds: number('SLUIS_PROBE_SECONDS', 60),
      logLevel: env['SLUIS_LOG'] ?? 'info',
      oidc:
        env['SLUIS_OIDC_ISSUER'] === undefined
          ? null
          : {
              issuer: env['SLUIS_OIDC_ISSUER'],
              clientId: env['SLUIS_OIDC_CLIENT_ID'] ?? '',
              clientSecret: env['SLUIS_OIDC_CLIENT_SECRET'] ?? '',
              roleClaim: env['SLUIS_OIDC_ROLE_CLAIM'] ?? 'sluis_role',
            },
    }),
  )
}

function mllpOf(said: Said, env: Environment): Config['mllp'] {
  const given = said.mllpPort ?? (env['SLUIS_MLLP_PORT'] === undefined ? undefined : Number(env['SLUIS_MLLP_PORT']))
  const key = env['SLUIS_MLLP_TLS_KEY']
  const tls = {
    key: key ?? '',
    certificate: env['SLUIS_MLLP_TLS_CERT'] ?? '',
    clientCa: env['SLUIS_MLLP_CLIENT_CA'] ?? null,
  }
  return {
    port: given ?? 2575,
    asked: given !== undefined,
    tls: key === undefined ? null : tls,
    loopback: env['DATABASE_URL'] === undefined || env['SLUIS_MLLP_LOOPBACK'] === '1',
  }
}

/**
 * The master key of the environment, else that of the data folder; null when neither has one. 32 bytes when it is one.
 *
 * @example readMasterKey(process.env, '.sluis')?.length // 32
 */
export function readMasterKey(env: Environment, dataFolder: string): Buffer | null {
  if (env['SLUIS_MASTER_KEY'] !== undefined) return Buffer.from(env['SLUIS_MASTER_KEY'], 'base64')
  const file = masterKeyFile(dataFolder)
  return existsSync(file) ? Buffer.from(readFileSync(file, 'utf8'), 'base64') : null
}

const masterKeyFile = (dataFolder: string): string => join(dataFolder, 'master.key')

/** Made at the first start and kept, readable by the owner alone. */
function makeMasterKey(dataFolder: string): Buffer {
  const key = randomBytes(32)
  writeFileSync(masterKeyFile(dataFolder), key.toString('base64'), { mode: 0o600, flag: 'wx' })
  return key
}
