import type { Service } from '../formats/record.ts'
import type { ActiveRule } from './activations.ts'
import { thorough, type Queryable } from './connect.ts'
import { withheldNow } from './visibility.ts'

export type Moment = 'before' | 'during' | 'after'

/** What was there of one sender and what of it was visible, by count and by set hash (128 bits, whatever the order). */
export interface ManifestLine {
  readonly senderId: number
  readonly records: number
  readonly visible: number
  readonly contentHash: string
  readonly visibleHash: string
}

/** Which records, seen how: those checked by `knownAt`, by verdicts and people as they stood at `at`, under `rules`. */
export interface ManifestView {
  readonly service: Service
  readonly knownAt: Date
  readonly at: Date
  readonly rules: readonly ActiveRule[]
  /** Records left out. */
  readonly except: readonly number[]
}

const half = (parts: string): string => `lpad(to_hex(coalesce(bit_xor(${parts}), 0)), 16, '0')`
const contentPart = (from: number, seed: number): string =>
  `('x' || substr(md5(k.content), ${from}, 16))::bit(64)::bigint # hashint8extended(k.id, ${seed})`
const visiblePart = (seed: number): string => `case when h.record is null then hashint8extended(k.id, ${seed}) end`

/** Counts and hashes by sender, worked out from the rows; reads everything that is known. */
export async function manifestLines(db: Queryable, view: ManifestView): Promise<ManifestLine[]> {
  const { rows } = await db.query<ManifestLine>({
    ...thorough,
    text: `with known as (
        select r.id, r.sender_id, r.content from record r
        where r.service = $1 and not r.id = any($4::bigint[]) and exists (select from record_check c
          where c.service = r.service and c.received_at = r.received_at and c.record = r.id and c.at <= $2)
      ), rules as (
        select decode(u.hash, 'hex') as hash, u.sender_id, coalesce(string_to_array(nullif(u.excepts, ''), ' ')::int[], '{}') as excepts
        from unnest($5::text[], $6::int[], $7::text[]) as u(hash, sender_id, excepts)
      ), decided as (
        select o.record, o.decision from override o where o.at <= $3 and (o.ended_at is null or o.ended_at > $3)
      ), held as (
        select v.record from verdict v join rules a on a.hash = v.rule_hash
          and (a.sender_id = v.sender_id or (a.sender_id = 0 and v.sender_id <> all (a.excepts)))
        where v.service = $1 and v.outcome = 'withhold' and v.at <= $3
          and not exists (select from decided d where d.record = v.record)
        union select record from decided where decision = 'confirm'
      )
      select k.sender_id as "senderId", count(*) as records, count(*) filter (where h.record is null) as visible,
        ${half(contentPart(1, 7))} || ${half(contentPart(17, 11))} as "contentHash",
        ${half(visiblePart(7))} || ${half(visiblePart(11))} as "visibleHash"
      from known k left join held h on h.record = k.id group by k.sender_id order by k.sender_id`,
    values: [
      view.service,
      view.knownAt.toISOString(),
      view.at.toISOString(),
      view.except,
      view.rules.map((r) => r.ruleHash.toString('hex')),
      view.rules.map((r) => r.senderId),
      view.rules.map((r) => r.exceptSenders.join(' ')),
    ],
  })
  return rows
}

/** Keeps the lines of one moment around an activation; those that are kept already stay. */
export async function keepManifest(
  db: Queryable,
  activation: number,
  moment: Moment,
  lines: readonly ManifestLine[],
): Promise<void> {
  await db.query({
    text: `insert into manifest (activation, moment, sender_id, records, visible, content_hash, visible_hash)
      select $1, $2, * from unnest($3::int[], $4::bigint[], $5::bigint[], $6::text[], $7::text[]) on conflict do nothing`,
    values: [
      activation,
      moment,
      // A line of sender 0 says that the manifest was taken, also of an empty hub.
      [0, ...lines.map((l) => l.senderId)],
      [0, ...lines.map((l) => l.records)],
      [0, ...lines.map((l) => l.visible)],
      ['', ...lines.map((l) => l.contentHash)],
      ['', ...lines.map((l) => l.visibleHash)],
    ],
  })
}

/** The kept lines of one moment; null when it was not taken. */
export async function keptManifest(db: Queryable, activation: number, moment: Moment): Promise<ManifestLine[] | null> {
  const { rows } = await db.query<ManifestLine>({
    text: `select sender_id as "senderId", records, visible, content_hash as "contentHash", visible_hash as "visibleHash"
      from manifest where activation = $1 and moment = $2 order by sender_id`,
    values: [activation, moment],
  })
  return rows.length === 0 ? null : rows.filter((row) => row.senderId !== 0)
}

/** A record whose visibility may rightly differ from what it was, and why. */
export interface PermittedDifference {
  readonly record: number
  readonly because: 'decided-by-a-person' | 'checked-again' | 'canary-ended'
}

/** A rule that withheld of one sender on one side of an undo only. */
export interface RuleOfSender {
  readonly senderId: number
  readonly ruleHash: string
}

/** Records known at a moment that such rules say withhold of. */
export async function withheldByEither(
  db: Queryable,
  service: Service,
  knownAt: Date,
  rules: readonly RuleOfSender[],
): Promise<number[]> {
  if (rules.length === 0) return []
  const { rows } = await db.query<{ record: number }>({
    ...thorough,
    text: `with rules as (select decode(hash, 'hex') as hash, sender_id from unnest($3::text[], $4::int[]) as u(hash, sender_id))
      select distinct v.record from verdict v join rules a on a.hash = v.rule_hash and a.sender_id = v.sender_id
      where v.service = $1 and v.outcome = 'withhold' and exists (select from record_check c
        where c.service = v.service and c.received_at = v.received_at and c.record = v.record and c.at <= $2)
      order by v.record`,
    values: [service, knownAt.toISOString(), rules.map((one) => one.ruleHash), rules.map((one) => one.senderId)],
  })
  return rows.map(({ record }) => record)
}

/** Records known at a moment about which something was said since: by a person, or by a later check of a rule that counts. */
export async function permittedSince(db: Queryable, service: Service, since: Date): Promise<PermittedDifference[]> {
  const { rows } = await db.query<PermittedDifference>({
    ...thorough,
    text: `with known as (select distinct record from record_check where service = $1 and at <= $2)
      select distinct o.record, 'decided-by-a-person' as because from override o join known k on k.record = o.record
      where o.service = $1 and (o.at > $2 or o.ended_at > $2)
      union
      select distinct v.record, 'checked-again' from verdict v join active_rule a on a.rule_hash = v.rule_hash
        join known k on k.record = v.record
      where v.service = $1 and v.outcome = 'withhold' and v.at > $2`,
    values: [service, since.toISOString()],
  })
  return rows
}

/** Visible records by sender, each record looked at by itself: another way to the same number. */
export async function recountVisible(
  db: Queryable,
  service: Service,
): Promise<{ senderId: number; checked: number; visible: number }[]> {
  const { rows } = await db.query<{ senderId: number; checked: number; visible: number }>({
    ...thorough,
    text: `select r.sender_id as "senderId", count(*) as checked, count(*) filter (where not ${withheldNow('r', 'id')}) as visible
      from record r where r.service = $1 and exists (select from record_check c
        where c.service = r.service and c.received_at = r.received_at and c.record = r.id)
      group by 1 order by 1`,
    values: [service],
  })
  return rows
}

export interface KeptProof<Proof> {
  readonly revert: number
  readonly holds: boolean
  readonly proof: Proof
  readonly at: Date
}

export async function keepProof(db: Queryable, revert: number, holds: boolean, proof: object): Promise<void> {
  await db.query({
    text: `insert into revert_proof (revert, holds, proof) values ($1, $2, $3)
      on conflict (revert) do update set holds = excluded.holds, proof = excluded.proof, at = now()`,
    values: [revert, holds, JSON.stringify(proof)],
  })
}

export async function keptProof<Proof>(db: Queryable, revert: number): Promise<KeptProof<Proof> | null> {
  const { rows } = await db.query<KeptProof<Proof>>({
    text: 'select revert, holds, proof, at from revert_proof where revert = $1',
    values: [revert],
  })
  return rows[0] ?? null
}

/** The newest revert of each pack whose proof does not hold, until a person takes the next step of that pack. */
export async function failedProofs(db: Queryable): Promise<{ pack: string; revert: number }[]> {
  const { rows } = await db.query<{ pack: string; revert: number }>({
    name: 'failed-proofs',
    text: `select distinct on (s.name) s.name as pack, p.revert from revert_proof p
      join activation a on a.id = p.revert join setting s on s.id = a.setting
      where not p.holds and not exists (select from activation later join setting l on l.id = later.setting
        where l.kind = s.kind and l.name = s.name and later.id > p.revert and later.actor not in ('guard', 'hub'))
      order by s.name, p.revert desc`,
  })
  return rows
}

/** Activations whose manifest was not taken yet, and undone ones without a proof, oldest first. */
export async function unproven(db: Queryable): Promise<{ id: number; reverts: number | null }[]> {
  const { rows } = await db.query<{ id: number; reverts: number | null }>({
    text: `select a.id, a.reverts from activation a join setting s on s.id = a.setting where s.kind = 'pack'
      and ((a.reverts is null and a.mode in ('active', 'canary')
          and not exists (select from manifest m where m.activation = a.id and m.moment = 'before'))
        or (a.reverts is not null and not exists (select from revert_proof p where p.revert = a.id)))
      order by a.id`,
  })
  return rows
}
