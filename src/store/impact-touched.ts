import { thorough, type Queryable } from './connect.ts'

/** Results of one measurement, or of one laboratory, of which a report changes some. */
export interface TouchedResults {
  /** The analyte, else the LOINC or the code as sent; or the laboratory by its own name. */
  readonly name: string
  readonly records: number
  readonly newlyWithheld: number
  readonly newlyVisible: number
}

/** A practice with patients of whom a report changes results. */
export interface TouchedPractice {
  readonly practice: string
  readonly enrolled: number
  readonly patients: number
  readonly newlyWithheld: number
  readonly newlyVisible: number
}

/** What a report changes, by what was measured, by who measured it, and by who treats the patients; most first. */
export interface Touched {
  readonly measured: readonly TouchedResults[]
  readonly laboratories: readonly TouchedResults[]
  readonly practices: readonly TouchedPractice[]
}

/** Nobody reads on after so many. */
const mostLines = 100

const changed = `with changed as (
    select patient, record, bool_or(change = 'newly-withheld') as held, bool_or(change = 'newly-visible') as shown
    from impact_change where report = $1 and change <> 'error' and patient is not null group by patient, record)`
const counts = `count(*) filter (where c.held) as "newlyWithheld", count(*) filter (where c.shown) as "newlyVisible"`
const measurement = 'coalesce(i.analyte, i.loinc, i.code)'

/** Works out whom and what a report touches, once all its changes are there. */
export async function touchedBy(db: Queryable, report: number): Promise<Touched> {
  return {
    measured: await touchedResults(db, report, measurement),
    laboratories: await touchedResults(db, report, 'i.source'),
    practices: await touchedPractices(db, report),
  }
}

async function touchedResults(db: Queryable, report: number, name: string): Promise<TouchedResults[]> {
  const { rows } = await db.query<Omit<TouchedResults, 'records'>>({
    ...thorough,
    text: `${changed} select ${name} as name, ${counts} from changed c join result i using (patient, record)
      group by 1 order by count(*) desc, 1 limit ${mostLines}`,
    values: [report],
  })
  if (rows.length === 0) return []
  // Beside all results of the same name that the report looked at.
  const { rows: all } = await db.query<{ name: string; records: number }>({
    ...thorough,
    text: `select ${name} as name, count(*) as records from impact_report r join result i
        on i.received_at >= r.from_at and i.received_at <= r.last_at and (r.senders is null or i.sender_id = any(r.senders))
      where r.id = $1 and ${name} = any($2::text[]) group by 1`,
    values: [report, rows.map((row) => row.name)],
  })
  const records = new Map(all.map((one) => [one.name, one.records]))
  return rows.map((row) => ({ ...row, records: records.get(row.name) ?? row.newlyWithheld + row.newlyVisible }))
}

async function touchedPractices(db: Queryable, report: number): Promise<TouchedPractice[]> {
  const { rows } = await db.query<TouchedPractice>({
    ...thorough,
    text: `${changed}, own as (select distinct practice, patient from enrolment)
      select o.practice, (select count(*) from own w where w.practice = o.practice) as enrolled,
        count(distinct c.patient) as patients, ${counts}
      from changed c join own o using (patient) group by o.practice order by 3 desc, 1 limit ${mostLines}`,
    values: [report],
  })
  return rows
}
