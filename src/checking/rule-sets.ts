import { parse, stringify } from 'yaml'
import type { Service } from '../formats/record.ts'
import { packOf } from '../rules/load.ts'
import { readPack, type Pack } from '../rules/pack.ts'
import { activationsOfPacks, lastActivation, senderNames } from '../store/activations.ts'
import type { Queryable } from '../store/connect.ts'
import { packsById } from '../store/packs.ts'
import { standing, type PackStanding } from './standing.ts'

/** Versions of packs, compiled once, and how they stand; a node keeps one of these. */
export interface RuleSets {
  /** How the packs of a service stand in this transaction. */
  standingOf(db: Queryable, service: Service): Promise<readonly PackStanding[]>
  pack(db: Queryable, setting: number): Promise<Pack>
  /** The rules of a version that another one does not have; null when it has them all. */
  apartFrom(db: Queryable, setting: number, other: number | null): Promise<Pack | null>
  /** Client ids of senders. */
  clientIds(db: Queryable, senders: readonly number[]): Promise<ReadonlyMap<number, string>>
}

export function makeRuleSets(): RuleSets {
  const packs = new Map<number, Pack>()
  const parts = new Map<string, Pack | null>()
  const clients = new Map<number, string>()
  let known: { last: number; stands: readonly (PackStanding & { service: Service })[] } | undefined

  const pack = async (db: Queryable, setting: number): Promise<Pack> => {
    const there = packs.get(setting)
    if (there !== undefined) return there
    const [stored] = await packsById(db, [setting])
    const { body, name } = stored!
    // Held when it was installed; cases are not run again.
    const { pack: text, notes, tables = null } = body
    const made = packOf(readPack({ pack: text, cases: null, notes, tables }), `${name}@${body.version}`)
    packs.set(setting, made)
    return made
  }
  return {
    pack,
    async standingOf(db, service) {
      const last = await lastActivation(db)
      if (known?.last !== last) {
        const rows = await activationsOfPacks(db)
        const services = new Map(rows.map((row) => [row.pack, row.service]))
        known = {
          last,
          stands: [...standing(rows).values()].map((one) => ({ ...one, service: services.get(one.pack)! })),
        }
      }
      return known.stands.filter((one) => one.service === service)
    },
    async apartFrom(db, setting, other) {
      const whole = await pack(db, setting)
      if (other === null) return whole
      const key = `${setting} ${other}`
      const there = parts.get(key)
      if (there !== undefined) return there
      const has = new Set((await pack(db, other)).rules.map((rule) => rule.hash))
      const part = narrowedTo(whole, new Set(whole.rules.filter(({ hash }) => !has.has(hash)).map(({ id }) => id)))
      parts.set(key, part)
      return part
    },
    async clientIds(db, senders) {
      const unknown = [...new Set(senders)].filter((id) => !clients.has(id))
      if (unknown.length > 0) for (const [id, { clientId }] of await senderNames(db, unknown)) clients.set(id, clientId)
      return clients
    },
  }
}

/** A pack with only some of its rules; the hashes of these stay as they are. Null when none is left. */
function narrowedTo(whole: Pack, ids: ReadonlySet<string>): Pack | null {
  if (ids.size === 0) return null
  if (ids.size === whole.rules.length) return whole
  const { tables = null } = whole.source
  const name = `${whole.name}@${whole.version}`
  // A rule on a finding says what it does beside the others of its version: they stay in the file.
  if (whole.findings.length > 0)
    return packOf(readPack({ ...whole.source, cases: null, notes: '', tables, only: [...ids] }), name)
  const file = parse(whole.source.pack) as { rules: readonly { id: string }[] }
  const text = stringify({ ...file, rules: file.rules.filter(({ id }) => ids.has(id)) })
  return packOf(readPack({ pack: text, cases: null, notes: '', tables }), name)
}
