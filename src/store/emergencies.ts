import type { Queryable } from './connect.ts'

/** What somebody found who looked after an emergency. */
export interface EmergencyReview {
  readonly by: string
  readonly what: string
  readonly at: string
}

/** One stretch of reading a patient without consent or relation. It is an alert too: everybody who watches the hub sees it. */
export interface Emergency {
  readonly id: number
  /** A person's login or a sender's client id. */
  readonly actor: string
  readonly role: string
  /** The patient index in hex. */
  readonly patient: string
  readonly reason: string
  readonly since: Date
  readonly until: Date
  /** null while nobody looked after it, or not since it was prolonged. */
  readonly review: EmergencyReview | null
  /** Those from before it was prolonged, oldest first. */
  readonly earlierReviews: readonly EmergencyReview[]
  /** Lines of the access log in that time. */
  readonly readings: number
}

// The alert is of one reader and one patient: the start of the index tells patients apart and is no patient by itself.
const scopeOf = (actor: string, patient: Buffer): string => `${actor} ${patient.toString('hex').slice(0, 12)}`

/** The end of a running emergency of a reader and a patient; null when none runs. */
export async function runningEmergency(db: Queryable, actor: string, patient: Buffer, now: Date): Promise<Date | null> {
  const { rows } = await db.query<{ until: Date }>({
    name: 'running-emergency',
    text: `select (detail ->> 'until')::timestamptz as until from alert
      where kind = 'emergency-access' and scope = $1 and ended_at is null and detail ->> 'patient' = $2
        and (detail ->> 'until')::timestamptz > $3`,
    values: [scopeOf(actor, patient), patient.toString('hex'), now.toISOString()],
  })
  return rows[0]?.until ?? null
}

/**
 * Begins an emergency, or prolongs the one that runs. The reasons given stay, one after the other, the newest in any case. A
 * review was of what was known then: one that is prolonged is to be looked after again.
 */
export async function insertEmergency(
  db: Queryable,
  wish: { readonly actor: string; readonly role: string; readonly patient: Buffer; readonly reason: string },
  since: Date,
  until: Date,
): Promise<void> {
  const { actor, role, patient, reason } = wish
  const detail = { actor, role, patient: patient.toString('hex'), reason, until: until.toISOString() }
  await db.query({
    text: `insert into alert as a (kind, scope, since, detail) values ('emergency-access', $1, $2, $3)
      on conflict (kind, scope) where ended_at is null do update set seen_at = now(),
        detail = (a.detail || excluded.detail || jsonb_build_object(
          'reason', right(concat_ws('; ', a.detail ->> 'reason', excluded.detail ->> 'reason'), 2000),
          'reviews', coalesce(a.detail -> 'reviews', '[]') || coalesce(a.detail -> 'review', '[]'))) - 'review'`,
    values: [scopeOf(actor, patient), since.toISOString(), JSON.stringify(detail)],
  })
}

/** Ends those whose time is over; returns how many. */
export async function endEmergencies(db: Queryable, now: Date): Promise<number> {
  const { rowCount } = await db.query({
    text: `update alert set ended_at = (detail ->> 'until')::timestamptz where kind = 'emergency-access'
      and ended_at is null and (detail ->> 'until')::timestamptz <= $1`,
    values: [now.toISOString()],
  })
  return rowCount ?? 0
}

/**
 * Emergencies that nobody has looked after, however old and however many, and the newest that began since a moment, run, or
 * ended since, at most `limit`, all of them when it is null. Newest first.
 */
export async function emergenciesSince(db: Queryable, since: Date, limit: number | null): Promise<Emergency[]> {
  const { rows } = await db.query<Emergency>({
    text: `select a.id, a.detail ->> 'actor' as actor, a.detail ->> 'role' as role, a.detail ->> 'patient' as patient,
        a.detail ->> 'reason' as reason, a.since, (a.detail ->> 'until')::timestamptz as until, a.detail -> 'review' as review,
        coalesce(a.detail -> 'reviews', '[]') as "earlierReviews",
        (select count(*) from access_log l where l.patient = decode(a.detail ->> 'patient', 'hex')
          and l.actor = a.detail ->> 'actor' and l.purpose = 'emergency' and l.outcome = 'given'
          and l.at between a.since - interval '1 minute' and (a.detail ->> 'until')::timestamptz) as readings
      from alert a where a.kind = 'emergency-access' and (not a.detail ? 'review' or a.id in (
          select id from alert where kind = 'emergency-access' and (since >= $1 or ended_at is null or ended_at >= $1)
          order by id desc limit $2))
      order by a.id desc`,
    values: [since.toISOString(), limit],
  })
  return rows
}

/**
 * Writes down who looked after an emergency and what was found; false when somebody had, or when it was prolonged since the
 * reviewer saw it end at `until`: of the reason given then nothing was known.
 */
export async function reviewEmergency(
  db: Queryable,
  { id, until }: Pick<Emergency, 'id' | 'until'>,
  by: string,
  what: string,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `update alert set detail = detail || jsonb_build_object('review', $2::jsonb)
      where id = $1 and kind = 'emergency-access' and not (detail ? 'review')
        and (detail ->> 'until')::timestamptz = $3`,
    values: [id, JSON.stringify({ by, what, at: at.toISOString() }), until.toISOString()],
  })
  return rowCount === 1
}
