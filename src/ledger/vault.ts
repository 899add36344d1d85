import { randomBytes } from 'node:crypto'
import type { Service } from '../formats/record.ts'
import { SluisError } from '../kernel/errors.ts'
import { deriveKeys, open, seal, type HubKeys } from '../kernel/keys.ts'
import type { Database, Queryable } from '../store/connect.ts'
import { ensureDataKey, findDataKey, sampleDataKeys } from '../store/data-keys.ts'
import { periodOf } from '../store/partitions.ts'

/** A data key in the clear; lives in memory only. */
export interface DataKey {
  readonly id: number
  readonly key: Buffer
}

/**
 * Encrypts and decrypts contents with the data key of their service and retention partition.
 *
 * Keys are read once and kept: a lookup that has to wait for the database happens once a day per service.
 */
export interface Vault {
  readonly keys: HubKeys
  /** The key for contents received at `moment`, when it is at hand already. */
  ready(service: Service, moment: Date): DataKey | undefined
  forPeriod(service: Service, moment: Date): Promise<DataKey>
  byId(id: number): Promise<DataKey>
  seal(dataKey: DataKey, plain: Uint8Array, bound: string): Buffer
  unseal(dataKey: DataKey, sealed: Uint8Array, bound: string): Buffer
}

/** Nothing this young is closed (a retention is seven days or more), so its key may be kept in memory. */
const recentMilliseconds = 2 * 86_400_000
const isRecent = (moment: Date): boolean => Date.now() - moment.getTime() < recentMilliseconds

const boundOf = ({ service, period }: { service: string; period: string }): string => `${service} ${period}`

/** Throws `master-key-differs`: a node with another key would take messages nobody else can open. */
function unwrapped(keys: HubKeys, row: { service: string; period: string; wrapped: Buffer }): Buffer {
  try {
    return open(keys.wrap, row.wrapped, boundOf(row))
  } catch (error) {
    throw new SluisError('master-key-differs', {}, { cause: error })
  }
}

/**
 * Throws `master-key-differs` when a master key opens nothing of what was sealed. To be asked before a key is made: one made
 * with a wrong master key would count for its whole period, and shut the right one out.
 */
export async function assertMasterKey(db: Queryable, master: Buffer): Promise<void> {
  const { wrap } = deriveKeys(master)
  const shut = (await sampleDataKeys(db)).map((row) => {
    try {
      return void open(wrap, row.wrapped, boundOf(row))
    } catch (error) {
      return error
    }
  })
  if (shut.length > 0 && shut.every((error) => error !== undefined))
    throw new SluisError('master-key-differs', {}, { cause: shut[0] })
}

/** Opens the vault of a hub. `master` is 32 bytes. */
export function openVault(db: Database, master: Buffer): Vault {
  const keys = deriveKeys(master)
  const byPeriod = new Map<string, Promise<DataKey>>()
  const ready = new Map<string, DataKey>()
  const byId = new Map<number, DataKey>()

  const unwrap = (row: { id: number; service: string; period: string; wrapped: Buffer }): DataKey => {
    const dataKey = { id: row.id, key: unwrapped(keys, row) }
    byId.set(row.id, dataKey)
    return dataKey
  }
  const load = async (service: Service, period: string, moment: Date): Promise<DataKey> => {
    const wrapped = seal(keys.wrap, randomBytes(32), boundOf({ service, period }))
    const row = await ensureDataKey(db, service, period, wrapped)
    // What comes so late that its period is closed is kept with what comes now, and goes with it.
    if (row === null) return forPeriod(service, new Date())
    const dataKey = unwrap(row)
    if (isRecent(moment)) ready.set(`${service} ${period}`, dataKey)
    return dataKey
  }
  const forPeriod = (service: Service, moment: Date): Promise<DataKey> => {
    const period = periodOf(service, moment)
    // Retention may have destroyed the key of an old period.
    if (!isRecent(moment)) return load(service, period, moment)
    const name = `${service} ${period}`
    let found = byPeriod.get(name)
    if (found === undefined) {
      found = load(service, period, moment)
      byPeriod.set(name, found)
      // A failed look-up is not kept, or one outage would last for ever.
      found.catch(() => byPeriod.delete(name))
    }
    return found
  }
  return {
    keys,
    ready: (service, moment) => (isRecent(moment) ? ready.get(`${service} ${periodOf(service, moment)}`) : undefined),
    forPeriod,
    async byId(id) {
      const known = byId.get(id)
      if (known !== undefined) return known
      const row = await findDataKey(db, id)
      if (row === null) throw new SluisError('content-destroyed', { key: id })
      return unwrap(row)
    },
    seal: (dataKey, plain, bound) => seal(dataKey.key, plain, bound),
    unseal: (dataKey, sealed, bound) => open(dataKey.key, sealed, bound),
  }
}
