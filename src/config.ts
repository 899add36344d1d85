import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { z } from 'zod'
import { personRoles, type PersonRole } from './access/rights.ts'
import { holdsSealed, inFolder, makeMasterKey, masterKeyFile, readMasterKey } from './hub/master-key.ts'
import { unreadSettings } from './hub/setting-names.ts'
import { makeFolderSync } from './kernel/make-folder.ts'
import { isNetwork } from './kernel/networks.ts'
import { isHost, isHttpAddress } from './kernel/web-address.ts'
import { databaseAddressWanted, isDatabaseAddress } from './store/database-address.ts'

/** The parts of the hub a node can carry. Any one node can carry all (law 6). */
export const roles = ['intake', 'work', 'delivery', 'watch', 'web'] as const
export type Role = (typeof roles)[number]

/** A whole number; what is said of another one goes on from the name of the setting. */
function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  const error = `takes a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`
  return z.int({ error }).min(least, { error }).max(most, { error })
}

const port = whole(0, 65_535)
const address = z.string().trim().refine(isHttpAddress, 'takes an address such as https://hub.example')
const network = z.string().refine(isNetwork, {
  error: ({ input }) =>
    `takes addresses or networks such as 10.0.0.5,10.1.0.0/16; it knows no '${String(input).slice(0, 60)}'`,
})
const logLevels = ['debug', 'info', 'warn', 'error'] as const
const knowsNot =
  (known: readonly string[]) =>
  ({ input }: { readonly input: unknown }): string =>
    `takes ${known.join(', ')}; it knows no '${String(input)}'`

const schema = z.strictObject({
  /** Name of this node in entries, metrics and the roll-call. */
  node: z.string().min(1, 'takes a name').max(40, 'takes at most 40 characters'),
  host: z.string().refine(isHost, 'takes an address or a name of this machine, such as 127.0.0.1'),
  /** HTTP port; 0 = any free one. */
  port,
  /** The listener for laboratories; `asked`: somebody chose the port, so no other will do. */
  mllp: z.strictObject({
    port,
    asked: z.boolean(),
    /** PEM texts. With `clientCa` only senders with a certificate of that authority are let in. */
    tls: z.strictObject({ key: z.string(), certificate: z.string(), clientCa: z.string().nullable() }).nullable(),
    /** Whoever sends from this machine is a known laboratory. */
    loopback: z.boolean(),
  }),
  /** Folder of this node: spool, keys, the embedded database. */
  dataFolder: z.string(),
  /** PostgreSQL; null = the embedded one in the data folder. */
  databaseUrl: z.string().refine(isDatabaseAddress, databaseAddressWanted).nullable(),
  /** 32 bytes; shared by all nodes of one hub. */
  masterKey: z.instanceof(Buffer).refine((key) => key.length === 32, 'takes 32 bytes in base64'),
  roles: z.array(z.enum(roles, { error: knowsNot(roles) })).min(1),
  /** Start the simulated neighbours. */
  neighbours: z.boolean(),
  /** How the hub is reached from outside (its own name, a balancer's); a token request must name one of them. */
  publicUrls: z.array(address),
  /** Balancers that are believed when they say who reached them, and how; nobody else is. */
  trustedProxies: z.array(network),
  largestMessage: whole(1),
  /** How long a stopping node goes on serving those who are connected, in milliseconds. */
  drainMs: whole(0),
  spoolBytes: whole(1),
  spoolAgeMs: z.number({ error: 'takes a number of hours' }).positive('takes a number of hours above 0'),
  /** A second folder, best on another disk, for the numbers of spooled receipts. */
  journalFolder: z.string(),
  /** How often this node probes itself, in seconds; 0 = never. */
  probeSeconds: z.number({ error: 'takes a number of seconds' }).min(0, 'takes a number of seconds, or 0 for never'),
  logLevel: z.enum(logLevels, { error: knowsNot(logLevels) }),
  oidc: z
    .strictObject({
      issuer: address,
      clientId: z.string().min(1, 'is missing: the provider knows the hub by it'),
      clientSecret: z.string(),
      roleClaim: z.string(),
      /** Values of the claim that stand for a role, where they are not the role's own name. */
      roleValues: z.partialRecord(z.enum(personRoles), z.array(z.string())),
    })
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

/** A setting that cannot be used. The message names each by its option or variable, and says what it takes. */
export class WrongSetting extends Error {}

/** What whoever set it calls a setting. */
const settingNames: Readonly<Record<string, string>> = {
  node: '--node (SLUIS_NODE)',
  host: 'SLUIS_HOST',
  port: '--port (PORT)',
  'mllp.port': '--mllp-port (SLUIS_MLLP_PORT)',
  databaseUrl: 'DATABASE_URL',
  masterKey: 'SLUIS_MASTER_KEY (else master.key of the data folder)',
  roles: '--roles (SLUIS_ROLES)',
  publicUrls: 'SLUIS_PUBLIC_URL',
  trustedProxies: 'SLUIS_TRUST_PROXY',
  largestMessage: 'SLUIS_LARGEST_MESSAGE',
  drainMs: 'SLUIS_DRAIN_MS',
  spoolBytes: 'SLUIS_SPOOL_BYTES',
  spoolAgeMs: 'SLUIS_SPOOL_HOURS',
  probeSeconds: 'SLUIS_PROBE_SECONDS',
  logLevel: 'SLUIS_LOG',
  'oidc.issuer': 'SLUIS_OIDC_ISSUER',
  'oidc.clientId': 'SLUIS_OIDC_CLIENT_ID',
}

/**
 * Makes the configuration of a node from the command line and the environment.
 * Throws `WrongSetting`, or `data-folder-unusable` when the data folder cannot be made or its key not be kept.
 *
 * @example readConfig({ port: 8080 }, process.env).dataFolder // '.sluis'
 */
export function readConfig(said: Said, env: Environment): Config {
  const dataFolder = resolve(said.data ?? env['SLUIS_DATA'] ?? '.sluis')
  inFolder(dataFolder, () => makeFolderSync(dataFolder))
  const found = schema.safeParse(gather(said, env, dataFolder))
  if (found.success) return Object.freeze(found.data)
  const faults = found.error.issues.map(({ path, message }) => {
    const name = path.filter((part) => typeof part === 'string').join('.')
    return `${settingNames[name] ?? name} ${message}`
  })
  throw new WrongSetting([...new Set(faults)].join('; '))
}

/** What was said, not checked yet. */
function gather(said: Said, env: Environment, dataFolder: string): unknown {
  const number = (name: string, otherwise: number): number => numberOf(env[name]) ?? otherwise
  const named = destinationsNamed(env)
  return {
    node: said.node ?? env['SLUIS_NODE'] ?? hostname().slice(0, 40),
    host: env['SLUIS_HOST'] ?? '127.0.0.1',
    port: said.port ?? number('PORT', 8080),
    mllp: mllpOf(said, env),
    dataFolder,
    databaseUrl: env['DATABASE_URL'] ?? null,
    masterKey: masterKeyOf(env, dataFolder),
    roles: said.roles ?? env['SLUIS_ROLES']?.split(',') ?? [...roles],
    neighbours: said.neighbours ?? named === 0,
    publicUrls: env['SLUIS_PUBLIC_URL']?.split(',') ?? [],
    trustedProxies: env['SLUIS_TRUST_PROXY']?.split(',').map((one) => one.trim()) ?? [],
    drainMs: number('SLUIS_DRAIN_MS', 6_000),
    largestMessage: number('SLUIS_LARGEST_MESSAGE', 1_048_576),
    spoolBytes: number('SLUIS_SPOOL_BYTES', 4 * 1024 ** 3),
    spoolAgeMs: number('SLUIS_SPOOL_HOURS', 72) * 3_600_000,
    journalFolder: journalFolderOf(env, dataFolder),
    probeSeconds: number('SLUIS_PROBE_SECONDS', 60),
    logLevel: env['SLUIS_LOG'] ?? 'info',
    oidc: oidcOf(env),
  }
}

/** Throws `WrongSetting` for a folder that lost its key: a new one would open nothing of what is there. */
function masterKeyOf(env: Environment, dataFolder: string): Buffer {
  const found = readMasterKey(env, dataFolder)
  const key = found ?? (holdsSealed(dataFolder) ? null : makeMasterKey(dataFolder))
  if (key !== null && (key.length > 0 || env['SLUIS_MASTER_KEY'] !== undefined)) return key
  throw new WrongSetting(
    `${masterKeyFile(dataFolder)} is ${found === null ? 'missing' : 'empty'}, and what this folder holds was sealed with it: ` +
      'put it back from the backup, or give the key in SLUIS_MASTER_KEY',
  )
}

/**
 * How many destinations are told where they are. Throws `WrongSetting` for one whose address is none, and for a setting of no
 * destination: what was meant would be sent to another place, or without its secret.
 */
function destinationsNamed(env: Environment): number {
  const unread = unreadSettings(env).find(({ ofDestination }) => ofDestination)
  if (unread !== undefined)
    throw new WrongSetting(`${unread.name} is of no destination; did you mean ${unread.nearest}?`)
  const names = Object.keys(env).filter((name) => /^SLUIS_DEST_.*_URL$/.test(name))
  const wrong = names.find((name) => !isHttpAddress((env[name] ?? '').trim()))
  if (wrong !== undefined) throw new WrongSetting(`${wrong} takes an address such as https://destination.example`)
  return names.length
}

/** NaN, which no setting takes, also for an empty text. */
function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return text.trim() === '' ? Number.NaN : Number(text)
}

/** The folder with the numbers of spooled receipts. */
export function journalFolderOf(env: Environment, dataFolder: string): string {
  return resolve(env['SLUIS_JOURNAL'] ?? join(dataFolder, 'journal'))
}

function oidcOf(env: Environment): unknown {
  if (env['SLUIS_OIDC_ISSUER'] === undefined) return null
  return {
    issuer: env['SLUIS_OIDC_ISSUER'],
    clientId: env['SLUIS_OIDC_CLIENT_ID'] ?? '',
    clientSecret: env['SLUIS_OIDC_CLIENT_SECRET'] ?? '',
    roleClaim: env['SLUIS_OIDC_ROLE_CLAIM'] ?? 'sluis_role',
    roleValues: roleValuesOf(env['SLUIS_OIDC_ROLE_VALUES']),
  }
}

/** Reads `operator=hub-ops,helper=desk,helper=night-desk`. Throws `WrongSetting`. */
function roleValuesOf(text: string | undefined): Partial<Record<PersonRole, string[]>> {
  const values: Partial<Record<PersonRole, string[]>> = {}
  for (const pair of text?.split(',') ?? []) {
    const [name, value] = [pair.split('=', 1)[0]!.trim(), pair.slice(pair.indexOf('=') + 1).trim()]
    const role = personRoles.find((one) => one === name)
    if (role === undefined || !pair.includes('=') || value === '')
      throw new WrongSetting(
        `SLUIS_OIDC_ROLE_VALUES takes pairs such as ${personRoles[0]}=hub-ops; it knows no '${pair}'`,
      )
    ;(values[role] ??= []).push(value)
  }
  return values
}

function mllpOf(said: Said, env: Environment): unknown {
  const given = said.mllpPort ?? numberOf(env['SLUIS_MLLP_PORT'])
  return {
    port: given ?? 2575,
    asked: given !== undefined,
    tls: mllpTlsOf(env),
    loopback: loopbackOf(env),
  }
}

/** Throws `WrongSetting`. */
function loopbackOf(env: Environment): boolean {
  const said = env['SLUIS_MLLP_LOOPBACK']
  if (said === undefined) return env['DATABASE_URL'] === undefined
  if (said !== '0' && said !== '1') throw new WrongSetting('SLUIS_MLLP_LOOPBACK takes 1 for yes or 0 for no')
  return said === '1'
}

/**
 * Whoever set one of them wants TLS: without a key that fits its certificate the node does not start, rather than take results
 * in clear. Throws `WrongSetting`.
 */
function mllpTlsOf(env: Environment): Config['mllp']['tls'] {
  const [keyName, certificateName, caName] = ['SLUIS_MLLP_TLS_KEY', 'SLUIS_MLLP_TLS_CERT', 'SLUIS_MLLP_CLIENT_CA']
  if ([keyName, certificateName, caName].every((name) => env[name] === undefined)) return null
  const tls = {
    key: pemOf(env, keyName),
    certificate: pemOf(env, certificateName),
    clientCa: env[caName] === undefined ? null : pemOf(env, caName),
  }
  try {
    createSecureContext({ key: tls.key, cert: tls.certificate })
  } catch (error) {
    throw new WrongSetting(`${keyName} and ${certificateName} do not go together (${(error as Error).message})`)
  }
  return tls
}

function pemOf(env: Environment, name: string): string {
  const file = env[name] ?? ''
  if (file === '')
    throw new WrongSetting(`${name} is missing: laboratories are taken over TLS, or none of its settings is given`)
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new WrongSetting(
      `${name}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    )
  }
}
