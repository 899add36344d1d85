import type { Queryable } from './connect.ts'
import type { DirtyCause, ItemKey } from './care-dirty.ts'
import { textArray } from './arrays.ts'

/** How an item stands, evaluated; `content` is the sealed evaluation. */
export interface ItemState extends ItemKey {
  readonly practice: string
  readonly itemHash: string
  readonly state: string
  readonly basis: string
  readonly stateHash: string
  /** What judging the feeds needs, without values. */
  readonly outline: unknown
  readonly nextChangeAt: string | null
  readonly nextState: string | null
  readonly activationMark: number
  readonly evaluatedAt: Date
  readonly content: Buffer
  readonly dataKey: number
}

/** What is stored of an item as far as it tells whether evaluating it anew could say anything else. */
export interface StoredState {
  readonly state: string
  /** null: written before fingerprints were kept. */
  readonly fingerprint: string | null
  /** Milliseconds since 1970. */
  readonly nextChangeAt: number | null
}

/** How items are stored, in the order asked; null for one that never was. */
export async function storedStates(tx: Queryable, items: readonly ItemKey[]): Promise<(StoredState | null)[]> {
  const { rows } = await tx.query<{
    state: string | null
    fingerprint: string | null
    next: number | null
  }>({
    name: 'stored-states',
    text: `select i.state, i.fingerprint, extract(epoch from i.next_change_at)::float8 * 1000 as next
      from unnest($1::text[], $2::text[], $3::text[]) with ordinality as t(patient, monitor, item, nth)
      -- "limit 1" keeps the look-up row by row: joined plainly it may read every state there is.
      left join lateral (select * from item_state s
        where s.patient = decode(t.patient, 'hex') and s.monitor = t.monitor and s.item = t.item limit 1) i on true
      order by t.nth`,
    values: [
      textArray(items.map((t) => t.patient.toString('hex'))),
      textArray(items.map((t) => t.monitor)),
      textArray(items.map((t) => t.item)),
    ],
  })
  return rows.map(({ state, fingerprint, next }) =>
    state === null ? null : { state, fingerprint, nextChangeAt: next },
  )
}

/** A state with what led to it. */
export interface NewItemState extends Omit<ItemState, 'outline' | 'activationMark' | 'evaluatedAt' | 'dataKey'> {
  readonly outline: object
  readonly fingerprint: string
  /** The state before; null when there was none. */
  readonly was: string | null
  readonly cause: DirtyCause
  readonly causeSeq: number
  /** Arrival of the record that caused it; null for another cause. */
  readonly receivedAt: Date | null
}

/** What all states of a batch have in common. */
export interface Evaluation {
  readonly activationMark: number
  readonly evaluatedAt: Date
  readonly dataKey: number
}

/**
 * Writes states whose items the transaction has taken off the list of what is to be evaluated. Contents go as one block of
 * bytes: as elements of a list each would be written out in hex and read back. What the states of a practice's item have in
 * common goes once.
 */
export async function putItemStates(
  tx: Queryable,
  states: readonly NewItemState[],
  { activationMark, evaluatedAt, dataKey }: Evaluation,
): Promise<void> {
  if (states.length === 0) return
  const contents = blockOf(states.map(({ content }) => content))
  const outlines = blockOf(states.map(({ outline }) => Buffer.from(JSON.stringify(outline))))
  const { kinds, places } = kindsOf(states)
  await tx.query({
    name: 'put-item-states',
    text: `insert into item_state as i (patient, monitor, item, practice, item_hash, state, basis, state_hash, outline, since,
        next_change_at, next_state, activation_mark, cause_seq, evaluated_at, content, data_key, fingerprint)
      select substr($1::bytea, (g.nth - 1)::int * 16 + 1, 16), k.monitor, k.item, k.practice, k.item_hash, k.state, k.basis,
        g.state_hash, convert_from(substr($2::bytea, g.outline_at, g.outline_size), 'UTF8')::jsonb,
        $18, nullif(g.next_change_at, '')::timestamptz, nullif(k.next_state, ''), $19, g.cause_seq, $18,
        substr($3::bytea, g.content_at, g.content_size), $20, g.fingerprint
      from unnest($4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::text[], $10::text[], $11::text[], $12::bigint[])
        with ordinality as g(kind, outline_at, outline_size, content_at, content_size, state_hash, next_change_at, fingerprint,
          cause_seq, nth)
      join unnest($13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $21::text[], $22::text[])
        with ordinality as k(monitor, item, practice, item_hash, state, basis, next_state, nth) on k.nth = g.kind
      on conflict (patient, monitor, item) do update set practice = excluded.practice, item_hash = excluded.item_hash,
        state = excluded.state, basis = excluded.basis, state_hash = excluded.state_hash, outline = excluded.outline,
        since = case when i.state = excluded.state then i.since else excluded.since end,
        next_change_at = excluded.next_change_at, next_state = excluded.next_state,
        activation_mark = excluded.activation_mark, cause_seq = greatest(i.cause_seq, excluded.cause_seq),
        evaluated_at = excluded.evaluated_at, content = excluded.content, data_key = excluded.data_key,
        fingerprint = excluded.fingerprint`,
    values: [
      // An index of a patient has 16 bytes.
      Buffer.concat(states.map(({ patient }) => patient)),
      outlines.bytes,
      contents.bytes,
      numbers(places),
      numbers(outlines.starts),
      numbers(outlines.sizes),
      numbers(contents.starts),
      numbers(contents.sizes),
      textArray(states.map((s) => s.stateHash)),
      textArray(states.map((s) => s.nextChangeAt ?? '')),
      textArray(states.map((s) => s.fingerprint)),
      numbers(states.map((s) => s.causeSeq)),
      textArray(kinds.map((s) => s.monitor)),
      textArray(kinds.map((s) => s.item)),
      textArray(kinds.map((s) => s.practice)),
      textArray(kinds.map((s) => s.itemHash)),
      textArray(kinds.map((s) => s.state)),
      evaluatedAt,
      activationMark,
      dataKey,
      textArray(kinds.map((s) => s.basis)),
      textArray(kinds.map((s) => s.nextState ?? '')),
    ],
  })
}

/** One state of those that are the same in all that is not a patient's own, and for each state which of them, from 1. */
function kindsOf(states: readonly NewItemState[]): { kinds: NewItemState[]; places: number[] } {
  const kinds: NewItemState[] = []
  const known = new Map<string, number>()
  const places = states.map((one) => {
    const { monitor, item, practice, itemHash, state, basis, nextState } = one
    const name = `${monitor}\n${item}\n${itemHash}\n${state}\n${basis}\n${nextState}\n${practice}`
    const place = known.get(name) ?? kinds.push(one)
    known.set(name, place)
    return place
  })
  return { kinds, places }
}

/** Pieces as one block, with where each begins in it, counted from 1. */
function blockOf(pieces: readonly Buffer[]): { bytes: Buffer; starts: number[]; sizes: number[] } {
  const sizes = pieces.map(({ length }) => length)
  let at = 1
  const starts = sizes.map((size) => (at += size) - size)
  return { bytes: Buffer.concat(pieces), starts, sizes }
}

const numbers = (values: readonly number[]): string => `{${values.join(',')}}`

/** Writes a transition for each state that is another one than before; returns how many. */
export async function putTransitions(tx: Queryable, states: readonly NewItemState[]): Promise<number> {
  const changed = states.filter(({ state, was }) => state !== was)
  if (changed.length === 0) return 0
  await tx.query({
    name: 'put-transitions',
    text: `insert into transition (patient, monitor, item, from_state, to_state, cause, cause_seq, received_at)
      select decode(g.patient, 'hex'), g.monitor, g.item, nullif(g.was, ''), g.state, g.cause, g.cause_seq,
        nullif(g.received_at, '')::timestamptz
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[])
        as g(patient, monitor, item, was, state, cause, cause_seq, received_at)`,
    values: [
      textArray(changed.map((s) => s.patient.toString('hex'))),
      textArray(changed.map((s) => s.monitor)),
      textArray(changed.map((s) => s.item)),
      textArray(changed.map((s) => s.was ?? '')),
      textArray(changed.map((s) => s.state)),
      textArray(changed.map((s) => s.cause)),
      `{${changed.map((s) => s.causeSeq).join(',')}}`,
      textArray(changed.map((s) => s.receivedAt?.toISOString() ?? '')),
    ],
  })
  return changed.length
}

/** A stored state as a reader finds it. `dirty`: something happened that it does not know of yet. */
export interface ReadState extends ItemState {
  readonly since: Date
  readonly dirty: boolean
}

const light = `i.patient, i.monitor, i.item, i.practice, i.item_hash as "itemHash", i.state, i.basis,
  i.state_hash as "stateHash", i.outline, i.since, to_char(i.next_change_at at time zone 'UTC',
  'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "nextChangeAt", i.next_state as "nextState", i.activation_mark as "activationMark",
  i.evaluated_at as "evaluatedAt", d.patient is not null as dirty`

/** Every state of patients, with its sealed evaluation. */
export async function itemStatesOf(db: Queryable, patients: readonly Buffer[]): Promise<ReadState[]> {
  const { rows } = await db.query<ReadState>({
    name: 'item-states-of',
    text: `select ${light}, i.content, i.data_key as "dataKey" from item_state i
      left join dirty d on d.patient = i.patient and d.monitor = i.monitor and d.item = i.item and d.cause <> 'time'
      where i.patient = any($1::bytea[])`,
    values: [patients],
  })
  return rows
}

export type LightState = Omit<ReadState, 'content' | 'dataKey'>

/** Every state of a practice's patients, without what is sealed. */
export async function itemStatesOfPractice(db: Queryable, practice: string): Promise<LightState[]> {
  const { rows } = await db.query<LightState>({
    name: 'item-states-of-practice',
    text: `select ${light} from item_state i
      left join dirty d on d.patient = i.patient and d.monitor = i.monitor and d.item = i.item and d.cause <> 'time'
      where i.practice = $1 order by i.patient`,
    values: [practice],
  })
  return rows
}

/** Takes states of items away that a monitor has no longer. */
export async function dropItemStates(tx: Queryable, items: readonly ItemKey[]): Promise<void> {
  if (items.length === 0) return
  await tx.query({
    text: `delete from item_state i using unnest($1::text[], $2::text[], $3::text[]) as t(patient, monitor, item)
      where i.patient = decode(t.patient, 'hex') and i.monitor = t.monitor and i.item = t.item`,
    values: [items.map((t) => t.patient.toString('hex')), items.map((t) => t.monitor), items.map((t) => t.item)],
  })
}

/** A change of an item's state. */
export interface TransitionRow {
  readonly monitor: string
  readonly item: string
  readonly from: string | null
  readonly to: string
  readonly at: Date
  readonly cause: DirtyCause
  readonly receivedAt: Date | null
}

/** The last changes of a patient's items, newest first. */
export async function transitionsOf(db: Queryable, patient: Buffer, limit: number): Promise<TransitionRow[]> {
  const { rows } = await db.query<TransitionRow>({
    name: 'transitions-of',
    text: `select monitor, item, from_state as "from", to_state as "to", at, cause, received_at as "receivedAt"
      from transition where patient = $1 order by id desc limit $2`,
    values: [patient, limit],
  })
  return rows
}
