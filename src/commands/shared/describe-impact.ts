import type { Objection } from '../../checking/approval.ts'
import type { DescribedReport } from '../../checking/describe.ts'
import type { TouchedResults } from '../../store/impact-touched.ts'
import type { ReportRow } from '../../store/impact.ts'
import { momentAgo } from './moments.ts'
import { table } from './table.ts'

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)} %`)

/** An impact report for a person: what changes for whom, what that means, and what stands in the way. */
export function describeImpact(report: DescribedReport): string[] {
  const against = report.againstVersion === null ? 'no version' : report.againstVersion
  const head = `Report ${report.id}: ${report.pack} ${report.version} beside ${against}, ${report.seen} of ${report.total} records (${report.state}).`
  const totals = report.lines.filter((line) => line.rule === '')
  const changing = report.lines.filter(
    (line) => line.rule !== '' && line.newlyWithheld + line.newlyVisible + line.errors > 0,
  )
  return [
    head,
    ...(report.diff === null ? [] : [rulesWords(report.diff)]),
    ...(report.tables === null ? [] : [tablesWords(report.tables)]),
    '',
    ...table(totals, [
      { head: 'sender', of: (line) => line.sender },
      { head: 'kind', of: (line) => line.formKind },
      { head: 'records', of: (line) => line.records },
      { head: 'newly withheld', of: (line) => line.newlyWithheld },
      { head: 'newly visible', of: (line) => line.newlyVisible },
      { head: 'errors', of: (line) => line.errors },
      { head: 'withheld before', of: (line) => percent(line.withheldBefore, line.records) },
      { head: 'after', of: (line) => percent(line.withheldAfter, line.records) },
    ]),
    ...(changing.length === 0 ? ['', 'No record changes.'] : ['', ...ruleTable(changing)]),
    '',
    ...touchedTables(report),
    ...meaningWords(report),
    ...report.objections.map(objectionWords),
  ]
}

function rulesWords(diff: NonNullable<DescribedReport['diff']>): string {
  const names = (rules: readonly { readonly id: string }[]): string =>
    rules.length === 0 ? 'none' : rules.map(({ id }) => id).join(', ')
  return `Rules added: ${names(diff.added)}; changed: ${names(diff.changed)}; removed: ${names(diff.removed)}; ${diff.unchanged} the same.`
}

const linesShown = 20

function tablesWords({ from, to, added, changed, removed }: NonNullable<DescribedReport['tables']>): string {
  const some = (lines: readonly string[]): string => {
    const more = lines.length - linesShown
    return lines.length === 0
      ? 'none'
      : `${lines.slice(0, linesShown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  }
  return `Tables from ${from} to ${to}. Lines added: ${some(added)}; changed: ${some(changed)}; removed: ${some(removed)}.`
}

function ruleTable(lines: DescribedReport['lines']): string[] {
  return table(lines, [
    { head: 'rule', of: (line) => line.rule },
    { head: 'sender', of: (line) => line.sender },
    { head: 'kind', of: (line) => line.formKind },
    { head: 'newly withheld', of: (line) => line.newlyWithheld },
    { head: 'newly visible', of: (line) => line.newlyVisible },
    { head: 'errors', of: (line) => line.errors },
  ])
}

/** What is measured, by whom, and whose patients: the words in which somebody recognises what would be missing. */
function touchedTables({ meaning }: DescribedReport): string[] {
  if (meaning === null) return []
  const results = (head: string, rows: readonly TouchedResults[]): string[] =>
    rows.length === 0
      ? []
      : [
          ...table(rows, [
            { head, of: (row) => row.name },
            { head: 'results', of: (row) => row.records },
            { head: 'newly withheld', of: (row) => row.newlyWithheld },
            { head: 'newly visible', of: (row) => row.newlyVisible },
          ]),
          '',
        ]
  const { measured, laboratories, practices } = meaning
  return [
    ...results('measured', measured),
    ...results('laboratory', laboratories),
    ...(practices.length === 0
      ? []
      : [
          ...table(practices, [
            { head: 'practice', of: (row) => row.practice },
            { head: 'patients touched', of: (row) => `${row.patients} of ${row.enrolled}` },
            { head: 'newly withheld', of: (row) => row.newlyWithheld },
            { head: 'newly visible', of: (row) => row.newlyVisible },
          ]),
          '',
        ]),
  ]
}

function meaningWords({ meaning }: DescribedReport): string[] {
  if (meaning === null) return ['What it means for patients is worked out at the end.']
  const stops = meaning.deliveries.map(({ destination, count }) => `${count} to ${destination}`).join(', ')
  const monitors =
    meaning.monitors === null
      ? 'not computed'
      : meaning.monitors
          .map(({ monitor, from, to, count }) => `${count} of ${monitor} from ${from} to ${to}`)
          .join(', ') || 'none'
  return [
    `Patients touched: ${meaning.patients}. Deliveries that would stop: ${stops || 'none'}. Certificates that would not be made: ${meaning.certificatesOwed}. Monitors that would change: ${monitors}.`,
    `Cannot be undone: ${meaning.acknowledged} already acknowledged by a destination, ${meaning.certificates} certificates already made.`,
  ]
}

function objectionWords(objection: Objection): string {
  return objection.state === 'too-much'
    ? `A second person is wanted: ${objection.count} of ${objection.records} records of ${objection.sender} by rule ${objection.rule}; the limit is ${percent(objection.limit, 1)}.`
    : `A second person is wanted: ${percent(objection.share, 1)} of all that becomes withheld is of ${objection.name} (${objection.count}, mostly rule ${objection.rule}).`
}

/** Reports as a list. */
export function reportTable(rows: readonly ReportRow[]): string[] {
  const now = new Date()
  return table(rows, [
    { head: 'report', of: (row) => row.id },
    { head: 'for', of: (row) => row.purpose },
    { head: 'pack', of: (row) => row.pack },
    { head: 'version', of: (row) => row.version },
    { head: 'beside', of: (row) => row.againstVersion ?? '' },
    { head: 'state', of: (row) => row.state },
    { head: 'judged', of: (row) => `${row.seen} of ${row.total}` },
    { head: 'begun', of: (row) => momentAgo(row.at, now) },
    { head: 'by', of: (row) => row.actor },
  ])
}
