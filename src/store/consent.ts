import type { Queryable } from './connect.ts'

/** What is known of one client and one patient at a moment. */
export interface Standing {
  readonly consent: boolean
  readonly excluded: boolean
  readonly relation: boolean
}

/** Where a client stands to patients, in the order asked: one question however many. */
export async function standingsOf(
  db: Queryable,
  senderId: number,
  patients: readonly Buffer[],
  at: Date,
): Promise<Standing[]> {
  const { rows } = await db.query<Standing>({
    name: 'access-standings',
    text: `select
        exists (select from consent c where c.patient = p.patient and c.kind = 'exchange'
          and c.from_at <= $3 and (c.to_at is null or c.to_at > $3)) as consent,
        exists (select from consent c where c.patient = p.patient and c.kind = 'exclusion' and c.sender_id = $1
          and c.from_at <= $3 and (c.to_at is null or c.to_at > $3)) as excluded,
        exists (select from relation r where r.patient = p.patient and r.sender_id = $1
          and r.from_at <= $3 and (r.to_at is null or r.to_at > $3)) as relation
      from unnest($2::bytea[]) with ordinality as p(patient, place) order by p.place`,
    values: [senderId, patients, at.toISOString()],
  })
  return rows
}

/** What a row of consent or relation says, and from when to when. */
export interface NewPermission {
  readonly patient: Buffer
  /** Consent to exchange has no client; the other two are about one. */
  readonly kind: 'exchange' | 'exclusion' | 'relation'
  readonly senderId: number | null
  readonly from: Date
  readonly to: Date | null
  readonly actor: string
}

export async function insertPermission(db: Queryable, row: NewPermission): Promise<void> {
  const span = [row.from.toISOString(), row.to?.toISOString() ?? null, row.actor]
  await db.query(
    row.kind === 'relation'
      ? {
          text: 'insert into relation (patient, sender_id, from_at, to_at, actor) values ($1, $2, $3, $4, $5)',
          values: [row.patient, row.senderId, ...span],
        }
      : {
          text: 'insert into consent (patient, kind, sender_id, from_at, to_at, actor) values ($1, $2, $3, $4, $5, $6)',
          values: [row.patient, row.kind, row.senderId, ...span],
        },
  )
}

/** Ends what runs; returns how many rows ended. */
export async function endPermission(db: Queryable, row: Omit<NewPermission, 'from' | 'actor' | 'to'>): Promise<number> {
  const { rowCount } = await db.query(
    row.kind === 'relation'
      ? {
          text: `update relation set to_at = now() where patient = $1 and sender_id = $2 and (to_at is null or to_at > now())`,
          values: [row.patient, row.senderId],
        }
      : {
          text: `update consent set to_at = now() where patient = $1 and kind = $2 and sender_id is not distinct from $3
            and (to_at is null or to_at > now())`,
          values: [row.patient, row.kind, row.senderId],
        },
  )
  return rowCount ?? 0
}

export interface Permission {
  readonly kind: NewPermission['kind']
  readonly clientId: string | null
  readonly from: Date
  readonly to: Date | null
  readonly actor: string
}

/** Everything recorded of a patient, also what has ended, oldest first. */
export async function permissionsOf(db: Queryable, patient: Buffer): Promise<Permission[]> {
  const { rows } = await db.query<Permission>({
    text: `select p.kind, s.client_id as "clientId", p.from_at as "from", p.to_at as "to", p.actor
      from (select kind, sender_id, from_at, to_at, actor, at from consent where patient = $1
        union all select 'relation', sender_id, from_at, to_at, actor, at from relation where patient = $1) p
      left join sender s on s.id = p.sender_id order by p.at, p.kind`,
    values: [patient],
  })
  return rows
}
