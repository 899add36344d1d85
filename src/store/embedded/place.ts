import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, lstat, mkdir, open, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SluisError } from '../../kernel/errors.ts'

/** Where everything of one embedded PostgreSQL lies. */
export interface Place {
  /** Holds all the rest, except perhaps the socket; 0700. */
  readonly folder: string
  /** PostgreSQL's data directory; it exists only when it is complete. */
  readonly cluster: string
  readonly log: string
  readonly socketFolder: string
  readonly passwordFile: string
  readonly password: string
}

/** Makes the folders and the password of a data folder, or reads them. */
export async function preparePlace(dataFolder: string): Promise<Place> {
  try {
    const root = await realpath(dataFolder)
    const folder = join(root, 'postgres')
    const cluster = join(folder, 'cluster')
    const log = join(folder, 'log')
    const passwordFile = join(folder, 'password')
    await mkdir(log, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
    const password = await readOrMakePassword(passwordFile, cluster)
    return { folder, cluster, log, passwordFile, password, socketFolder: await shortFolder(folder) }
  } catch (error) {
    throw error instanceof SluisError ? error : folderFault(dataFolder, error)
  }
}

/** Removes what lies outside the data folder; to be called when PostgreSQL has ended. */
export async function leavePlace(place: Place): Promise<void> {
  if (place.socketFolder !== place.folder) await rm(place.socketFolder, { recursive: true, force: true })
}

/** The error for a data folder in which reading or writing failed. */
export function folderFault(folder: string, cause: unknown): SluisError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
  return new SluisError('data-folder-unusable', { folder, reason }, { cause })
}

async function readOrMakePassword(file: string, cluster: string): Promise<string> {
  const known = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (known.trim() !== '') return known.trim()
  if (existsSync(cluster)) throw new SluisError('database-password-missing', { file })
  const password = randomBytes(24).toString('base64url')
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.writeFile(`${password}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return password
}

/** unix(7) allows 107 bytes for a socket's path, some systems 103. */
const longestSocketPath = 103

/** A folder of our own for the socket: the given one, or when its path is too long one derived from it in the temp folder. */
async function shortFolder(folder: string): Promise<string> {
  if (fits(folder)) return folder
  const name = `sluis-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  const short = [join(tmpdir(), name), join('/tmp', name)].find(fits) ?? join('/tmp', name)
  await mkdir(short, { recursive: true, mode: 0o700 })
  const found = await lstat(short)
  // The temp folder is everybody's: a folder of that name made by another user could be a trap for the password.
  const ours = found.isDirectory() && (found.mode & 0o077) === 0 && (await sameOwner(found.uid, folder))
  if (!ours) throw new SluisError('data-folder-unusable', { folder: short, reason: 'EACCES' })
  return short
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, '.s.PGSQL.5432')) <= longestSocketPath
}

async function sameOwner(uid: number, folder: string): Promise<boolean> {
  return uid === process.getuid?.() || uid === (await lstat(folder)).uid
}
