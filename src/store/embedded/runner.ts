import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, chown, lchown, lstat, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SluisError } from '../../kernel/errors.ts'
import { program, type Native } from './native.ts'
import type { Place } from './place.ts'

/** A way to run PostgreSQL's programs, which refuse to run as root. */
export interface Runner {
  readonly name: 'direct' | 'namespace' | 'capability' | 'user'
  /** Goes in front of the program and its arguments. */
  readonly prefix: readonly string[]
  readonly ids: { readonly uid?: number; readonly gid?: number }
  /** Who must own the files when it is not this process's user. */
  readonly owner?: { readonly uid: number; readonly gid: number }
}

/** Not a user of this machine: the number is only seen inside the namespace, outside the files are root's. */
const insideId = 1000

/**
 * The first way that works here; undefined when none does.
 *
 * Not root: directly. Root: in a user namespace of its own, where root is called otherwise and may still enter root's
 * folders; where that is forbidden (many containers), as a system user that keeps the right to pass through folders; else
 * as a plain system user, which needs a data folder below folders everybody may pass.
 */
export async function findRunner(place: Place, native: Native): Promise<Runner | undefined> {
  for (const runner of await runners(place)) {
    if (runner.owner !== undefined) await giveTo(runner.owner, place)
    if (runner.name === 'user') await letPass(dirname(place.folder))
    if (attempt(runner, place, native).status === 0) return runner
  }
  return undefined
}

/** As `findRunner`; throws `database-start-failed` with what each way answered. */
export async function needRunner(place: Place, native: Native): Promise<Runner> {
  const found = await findRunner(place, native)
  if (found !== undefined) return found
  const answers = (await runners(place)).map((runner) => {
    const result = attempt(runner, place, native)
    return `${runner.name}: ${result.error?.message ?? (result.stderr.trim() || 'no access')}`
  })
  throw new SluisError('database-start-failed', { reason: answers.join('; '), log: place.log })
}

/** Starts a program in the way of the runner, detached from the terminal and with an environment of its own. */
export function run(runner: Runner, file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const [command = file, ...rest] = [...runner.prefix, file, ...args]
  return spawn(command, rest, { ...options, ...runner.ids, env: plainEnvironment(), detached: true })
}

async function runners(place: Place): Promise<Runner[]> {
  if (process.getuid?.() !== 0) return [{ name: 'direct', prefix: [], ids: {} }]
  const owner = await lstat(place.cluster).catch(() => lstat(place.folder))
  const inside = ['unshare', '-U', `--map-user=${insideId}`, `--map-group=${insideId}`, '--']
  const user = owner.uid === 0 ? systemUser() : owner
  const { uid, gid } = user
  // access(2) forgets the right of a user who is not root, unless the bit is set; initdb looks for its files that way.
  const right = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  const lowered = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...right, '--']
  const others: Runner[] = [
    { name: 'capability', prefix: lowered, ids: {}, owner: { uid, gid } },
    { name: 'user', prefix: [], ids: { uid, gid }, owner: { uid, gid } },
  ]
  // A database that already belongs to a system user stays with it: inside the namespace its files would be a stranger's.
  return owner.uid === 0 ? [{ name: 'namespace', prefix: inside, ids: {} }, ...others] : others
}

function attempt(runner: Runner, place: Place, native: Native) {
  const script = 'test -w "$1" && "$2" --version'
  const shell = ['/bin/sh', '-c', script, 'sh', place.folder, program(native, 'postgres')]
  const [command = '', ...args] = [...runner.prefix, ...shell]
  return spawnSync(command, args, { ...runner.ids, env: plainEnvironment(), encoding: 'utf8', timeout: 10_000 })
}

// Variables such as PGDATA, PGPORT or a locale of the person at the keyboard must not change the database.
function plainEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' }
}

function systemUser(): { uid: number; gid: number } {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const found = ['postgres', 'nobody'].map((name) => lines.find((line) => line.startsWith(`${name}:`)))
  const [, , uid, gid] = (found.find((line) => line !== undefined) ?? 'nobody:x:65534:65534').split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

async function giveTo(owner: { uid: number; gid: number }, place: Place): Promise<void> {
  await chownTree(place.folder, owner)
  if (place.socketFolder !== place.folder) await chown(place.socketFolder, owner.uid, owner.gid)
}

// Passing is not reading: whoever is let through still has to know a name and have the right to it.
async function letPass(folder: string): Promise<void> {
  await chmod(folder, (await lstat(folder)).mode | 0o011)
}

async function chownTree(path: string, owner: { uid: number; gid: number }): Promise<void> {
  const found = await lstat(path)
  if (found.uid !== owner.uid) await lchown(path, owner.uid, owner.gid)
  if (!found.isDirectory()) return
  for (const name of await readdir(path)) await chownTree(join(path, name), owner)
}
