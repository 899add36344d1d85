import type { Queryable } from './connect.ts'

/** One reading of what belongs to a person, or an attempt that was refused. */
export interface AccessRow {
  /** A person's login or a sender's client id. */
  readonly actor: string
  readonly role: string
  readonly what: string
  readonly message: number | null
  readonly record: number | null
  /** The patient index, never an identifier. */
  readonly patient: Buffer | null
  readonly purpose: string
  readonly outcome: string
  readonly origin: string | null
  readonly trace: string | null
}

/** Adds a line; the database lets nobody change or remove one. */
export async function insertAccess(db: Queryable, row: AccessRow): Promise<void> {
  await db.query({
    text: `insert into access_log (actor, role, what, message, record, patient, purpose, outcome, origin, trace)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      row.actor,
      row.role,
      row.what,
      row.message,
      row.record,
      row.patient,
      row.purpose,
      row.outcome,
      row.origin,
      row.trace,
    ],
  })
}

/** The lines about a message, oldest first. */
export async function listAccess(db: Queryable, message: number): Promise<(AccessRow & { readonly at: Date })[]> {
  const { rows } = await db.query<AccessRow & { at: Date }>({
    text: `select at, actor, role, what, message, record, patient, purpose, outcome, origin, trace
      from access_log where message = $1 order by id`,
    values: [message],
  })
  return rows
}
