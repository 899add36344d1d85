import { existsSync, statSync } from 'node:fs'
import { readdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { bad, good, type Check } from './checks.ts'
import { bytes } from './moments.ts'

const gigabyte = 1024 ** 3

/** The folders of a node: whether it can write there, whether there is room, and what lies in its spool. */
export async function checkFolders(
  dataFolder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Check[]> {
  const spool = join(dataFolder, 'spool')
  const journal = resolve(env['SLUIS_JOURNAL'] ?? join(dataFolder, 'journal'))
  // Whoever names database and key needs no folder of a node on this machine.
  const known = env['DATABASE_URL'] !== undefined && env['SLUIS_MASTER_KEY'] !== undefined
  const checks: Check[] = []
  for (const [name, folder] of [
    ['data folder', dataFolder],
    ['spool', spool],
    ['journal', journal],
  ] as const) {
    // A node that never ran here has made no folders yet; the checks of the database still count.
    if (existsSync(folder)) checks.push(...(await checkFolder(name, folder)))
    else if (name === 'data folder' && !known)
      checks.push(bad(name, `there is no ${folder}`, 'Name the folder of a node with --data.'))
  }
  checks.push(...checkKeyFile(join(dataFolder, 'master.key')))
  if (existsSync(spool)) checks.push(await checkSpool(spool))
  return checks
}

async function checkFolder(name: string, folder: string): Promise<Check[]> {
  const probe = join(folder, `.doctor-${process.pid}`)
  try {
    await writeFile(probe, 'sluis', { flag: 'wx', mode: 0o600 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const todo =
      code === 'ENOSPC' && name === 'spool'
        ? 'Start the node: it empties the spool. Delete nothing here: these messages were acknowledged.'
        : 'Give this user access, or make room.'
    return [bad(name, `${folder} cannot be written (${code ?? String(error)})`, todo)]
  } finally {
    await rm(probe, { force: true })
  }
  const { bavail, blocks, bsize } = await statfs(folder)
  const free = bavail * bsize
  const share = blocks === 0 ? 1 : bavail / blocks
  if (free < gigabyte || share < 0.03) {
    return [
      bad(
        name,
        `${bytes(free)} are free in ${folder}`,
        'Make room: below this the spool and the database soon refuse.',
      ),
    ]
  }
  return [good(name, `${folder} can be written, ${bytes(free)} are free`)]
}

function checkKeyFile(file: string): Check[] {
  if (!existsSync(file) || (statSync(file).mode & 0o077) === 0) return []
  return [bad('key file', `others can read ${file}`, `Take that away: chmod 600 ${file}`)]
}

/** What lies in the spool of this node, by the names of its files: it may be open in a node that runs. */
async function checkSpool(folder: string): Promise<Check> {
  const segments = (await readdir(folder)).filter((name) => name.endsWith('.segment'))
  const sizes = await Promise.all(
    segments.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  const aside = (await readdir(join(folder, 'aside')).catch(() => [])).filter((name) => name.endsWith('.message'))
  const damaged = await readdir(join(folder, 'damaged')).catch(() => [])
  if (damaged.length > 0) {
    return bad(
      'spool state',
      `${damaged.length} damaged segments are kept in ${join(folder, 'damaged')}`,
      '`sluis account` names the receipts whose messages are missing; ask their senders to send again.',
    )
  }
  if (aside.length > 0) {
    return bad(
      'spool state',
      `${aside.length} messages the database refused are kept in ${join(folder, 'aside')}`,
      'Look in the log for the reason; nothing of them is lost. `sluis node` names them.',
    )
  }
  return good(
    'spool state',
    `${bytes(sizes.reduce((sum, size) => sum + size, 0))} on disk, nothing damaged, nothing set aside`,
  )
}
