import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'

export type ActivationMode = 'shadow' | 'canary' | 'active' | 'retired'

/** One step of one version: what was decided, for which sender (null for all), by whom and why. Never changed. */
export interface ActivationRow {
  readonly id: number
  readonly setting: number
  readonly pack: string
  readonly version: string
  readonly service: Service
  readonly mode: ActivationMode
  /** Client id of a sender; null for all. */
  readonly source: string | null
  readonly at: Date
  readonly actor: string
  readonly why: string
  readonly report: number | null
  readonly confirmedBy: string | null
  /** The activation this one undoes. */
  readonly reverts: number | null
  readonly emergency: boolean
}

export type NewActivation = Pick<ActivationRow, 'setting' | 'mode' | 'source' | 'actor' | 'why'> &
  Partial<Pick<ActivationRow, 'report' | 'confirmedBy' | 'reverts' | 'emergency'>>

const packLock = 7_301_006

/** Judging holds this shared, a change of what counts alone: no batch is judged by rules that are being replaced. */
export async function holdPacks(tx: Queryable, how: 'shared' | 'alone'): Promise<void> {
  const shared = how === 'shared' ? '_shared' : ''
  await tx.query({ text: `select pg_advisory_xact_lock${shared}($1)`, values: [packLock] })
}

/** The highest activation, 0 when there is none: what was read under it need not be read again. */
export async function lastActivation(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ last: number }>({
    name: 'last-activation',
    text: 'select coalesce(max(id), 0) as last from activation',
  })
  return rows[0]!.last
}

/** Every activation of packs, oldest first. */
export async function activationsOfPacks(db: Queryable, pack: string | null = null): Promise<ActivationRow[]> {
  const { rows } = await db.query<ActivationRow>({
    name: 'activations-of-packs',
    text: `select a.id, a.setting, s.name as pack, s.body ->> 'version' as version, s.body ->> 'service' as service, a.mode,
        a.source, a.at, a.actor, a.why, a.report, a.confirmed_by as "confirmedBy", a.reverts, a.emergency
      from activation a join setting s on s.id = a.setting
      where s.kind = 'pack' and ($1::text is null or s.name = $1) order by a.id`,
    values: [pack],
  })
  return rows
}

export async function insertActivation(tx: Queryable, row: NewActivation): Promise<number> {
  const { rows } = await tx.query<{ id: number }>({
    text: `insert into activation (setting, mode, source, at, actor, why, report, confirmed_by, reverts, emergency)
      values ($1, $2, $3, clock_timestamp(), $4, $5, $6, $7, $8, $9) returning id`,
    values: [
      row.setting,
      row.mode,
      row.source,
      row.actor,
      row.why,
      row.report ?? null,
      row.confirmedBy ?? null,
      row.reverts ?? null,
      row.emergency ?? false,
    ],
  })
  return rows[0]!.id
}

/** A rule that counts, for one sender or for all (0) but some. */
export interface ActiveRule {
  readonly ruleHash: Buffer
  readonly rule: string
  readonly senderId: number
  readonly exceptSenders: readonly number[]
  readonly setting: number
  readonly activation: number
  readonly since: Date
  /** What it withholds is refused. */
  readonly refuses: boolean
}

/**
 * Writes what counts of a pack anew: as many rows as it has rules, whatever is stored. Rules of which that changes whom they
 * count for are noted with the activation.
 */
export async function replaceActiveRules(
  tx: Queryable,
  pack: string,
  activation: number,
  rules: readonly ActiveRule[],
): Promise<void> {
  const { rows: gone } = await tx.query<{ hash: string; whom: string }>({
    text: `delete from active_rule where pack = $1
      returning encode(rule_hash, 'hex') as hash, sender_id || ' ' || array_to_string(except_senders, ' ') as whom`,
    values: [pack],
  })
  const before = new Set(gone.map(({ hash, whom }) => `${hash} ${whom}`))
  const after = new Set(rules.map((r) => `${r.ruleHash.toString('hex')} ${r.senderId} ${r.exceptSenders.join(' ')}`))
  const differing = [...[...before].filter((key) => !after.has(key)), ...[...after].filter((key) => !before.has(key))]
  const changed = differing.map((key) => key.slice(0, key.indexOf(' ')))
  await tx.query({
    text: `insert into activation_rule (activation, rule_hash)
      select $1, decode(h, 'hex') from unnest($2::text[]) h on conflict do nothing`,
    values: [activation, [...new Set(changed)]],
  })
  if (rules.length === 0) return
  await tx.query({
    text: `insert into active_rule (rule_hash, pack, rule, sender_id, except_senders, setting, activation, since,
        refuses)
      select decode(r.hash, 'hex'), $1, r.rule, r.sender_id,
        coalesce(string_to_array(nullif(r.excepts, ''), ' ')::int[], '{}'), r.setting, r.activation, r.since, r.refuses
      from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::bigint[], $7::bigint[], $8::timestamptz[],
          $9::bool[]) as r(hash, rule, sender_id, excepts, setting, activation, since, refuses)`,
    values: [
      pack,
      rules.map((r) => r.ruleHash.toString('hex')),
      rules.map((r) => r.rule),
      rules.map((r) => r.senderId),
      rules.map((r) => r.exceptSenders.join(' ')),
      rules.map((r) => r.setting),
      rules.map((r) => r.activation),
      rules.map((r) => r.since.toISOString()),
      rules.map((r) => r.refuses),
    ],
  })
}

/** The senders of these client ids; one that nobody has is left out. */
export async function sendersNamed(db: Queryable, clientIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ clientId: string; id: number }>({
    text: 'select client_id as "clientId", id from sender where client_id = any($1::text[])',
    values: [clientIds],
  })
  return new Map(rows.map((row) => [row.clientId, row.id]))
}

/** Client id and name of senders by their number. */
export async function senderNames(
  db: Queryable,
  ids: readonly number[],
): Promise<Map<number, { clientId: string; name: string; organisation: string | null }>> {
  const { rows } = await db.query<{ id: number; clientId: string; name: string; organisation: string | null }>({
    text: `select id, client_id as "clientId", name, organisation_nihii as organisation from sender
      where id = any($1::int[])`,
    values: [ids],
  })
  return new Map(rows.map(({ id, ...names }) => [id, names]))
}

/** The rules that count now, of every pack. */
export async function activeRules(db: Queryable): Promise<(ActiveRule & { readonly pack: string })[]> {
  const { rows } = await db.query<ActiveRule & { readonly pack: string }>({
    text: `select rule_hash as "ruleHash", pack, rule, sender_id as "senderId", except_senders as "exceptSenders", setting,
        activation, since, refuses from active_rule`,
  })
  return rows
}
