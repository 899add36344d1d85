import { SluisError } from '../kernel/errors.ts'
import { loadPacks } from '../rules/load.ts'
import type { Pack } from '../rules/pack.ts'
import type { Queryable } from '../store/connect.ts'
import { setCheckSchedule } from '../store/check-schedules.ts'
import { insertPack, storedPacks, type StoredPack } from '../store/packs.ts'
import { renewActiveRules, switchPack, type SwitchDeps } from './switch.ts'

/**
 * Puts a version of a pack into the database, where it stays for ever. The same version with the same content again is the
 * same one. Throws `pack-version-taken` when the version is there with another content.
 */
export async function installPack(db: Queryable, pack: Pack, by: string): Promise<StoredPack> {
  const { name, version, service, source } = pack
  const sha256 = Buffer.from(pack.hash, 'hex')
  const body = {
    version,
    service,
    pack: source.pack,
    cases: source.cases,
    notes: source.notes,
    tables: source.tables ?? null,
  }
  const added = await insertPack(db, { name, body, sha256, by })
  if (added !== null) return added
  const there = (await storedPacks(db, name)).find((one) => one.body.version === version)
  if (there?.sha256.equals(sha256) === true) return there
  throw new SluisError('pack-version-taken', { pack: name, version: there?.body.version ?? version })
}

/** When stored records are checked again unless an operator says otherwise. */
const nightly = '02:30'

/** Why the hub sets what nobody has set yet; screens say it in the language of the reader. */
export const firstStart = 'first start'

/**
 * Installs the packs that come with the hub. A pack of which nothing was ever activated starts with its lowest version: an
 * empty hub checks from its first record on. Later versions wait for a person.
 */
export async function installShipped(deps: SwitchDeps, packs: readonly Pack[] = loadPacks()): Promise<void> {
  for (const pack of packs) await installPack(deps.db, pack, 'hub')
  for (const name of new Set(packs.map((pack) => pack.name))) {
    await setCheckSchedule(deps.db, { pack: name, at: nightly, actor: 'hub', why: firstStart }, true)
    const [first] = await storedPacks(deps.db, name)
    await switchPack(deps, name, async (_, rows) =>
      first === undefined || rows.length > 0
        ? []
        : [{ setting: first.id, mode: 'active', source: null, actor: 'hub', why: firstStart }],
    )
    await renewActiveRules(deps, name)
  }
}
