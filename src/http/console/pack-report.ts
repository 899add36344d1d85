import { objectionsTo, type Objection } from '../../checking/approval.ts'
import { standing } from '../../checking/standing.ts'
import { isAwaited, stopReport } from '../../checking/stop-report.ts'
import { diffTables, type TablesDiff } from '../../formats/lab/tables-diff.ts'
import { SluisError } from '../../kernel/errors.ts'
import type { Texts } from '../../kernel/language.ts'
import { tablesOf } from '../../rules/tables.ts'
import { activationsOfPacks } from '../../store/activations.ts'
import { impactExamples, impactLines, type ImpactExample, type NamedImpactLine } from '../../store/impact-figures.ts'
import { reports, setReportState, type ImpactMeaning, type ReportRow } from '../../store/impact.ts'
import { addresses } from '../../web/addresses.ts'
import { packReportLive, packReportPage, type PackReport } from '../../web/pages/pack-report.tsx'
import type { PackTouched } from '../../web/parts/pack-touched.tsx'
import { kindWords } from '../../web/texts/words.ts'
import type { View } from '../../web/view.ts'
import { csv, sendCsv } from './csv.ts'
import type { ConsoleDeps } from './deps.ts'
import type { LivePart } from './live.ts'
import { actorName } from './names.ts'
import { reportState } from './pack.ts'
import type { Screens } from './screens.ts'

/** The report of a try, following it while it runs; stopping and going on. */
export function packReportScreens(screens: Screens, deps: ConsoleDeps): void {
  screens.show('/packs/:name/reports/:id', 'see-packs', async ({ request, view }) =>
    packReportPage(view, tell(view, await read(deps, request.params))),
  )
  screens.show('/packs/:name/reports/:id/impact.csv', 'see-packs', async ({ request, reply }) => {
    const { report, lines } = await read(deps, request.params)
    const heads = ['sender', 'kind', 'rule', 'records', 'before', 'after', 'newly-withheld', 'newly-visible', 'errors']
    const rows = lines.map((line) => [line.sender, line.formKind, line.rule, ...figuresOf(line)])
    return sendCsv(reply, `${report.pack}-${report.version}-${report.id}.csv`, csv(heads, rows))
  })
  for (const act of ['stop', 'resume'] as const) {
    screens.act(`/packs/:name/reports/:id/${act}`, 'change-packs', async ({ request }) => {
      const { report } = await read(deps, request.params)
      // Ended or already so in the meantime is what was wanted.
      if (act === 'stop') await stopReport(deps.db, report.id)
      else await setReportState(deps.db, report.id, 'running')
      return { state: 'done', to: addresses.packReport(report.pack, String(report.id)) }
    })
  }
}

export function packReportStream(deps: ConsoleDeps, of: string): LivePart<Facts> | null {
  const [, name, id] = /^([a-z0-9-]+)\.(\d{1,12})$/.exec(of) ?? []
  if (name === undefined || id === undefined) return null
  return {
    read: () => read(deps, { name, id }),
    show: (view, facts) => packReportLive(view, tell(view, facts)),
  }
}

interface Facts {
  readonly at: Date
  readonly report: ReportRow
  readonly lines: readonly NamedImpactLine[]
  readonly objections: readonly Objection[]
  readonly state: PackReport['state']
  readonly canStop: boolean
  readonly tables: TablesDiff | null
  readonly examples: readonly (ImpactExample & { readonly rule: string })[]
  /** What analytes are called. */
  readonly names: ReadonlyMap<string, Texts>
}

async function read(deps: ConsoleDeps, params: unknown): Promise<Facts> {
  const { name, id } = params as { name: string; id: string }
  const [report] = /^\d{1,12}$/.test(id) ? await reports(deps.db, { id: Number(id) }) : []
  if (report === undefined || report.pack !== name)
    throw new SluisError('not-found', { path: addresses.packReport(name.slice(0, 60), id.slice(0, 20)) })
  const [lines, pack, rows, against] = await Promise.all([
    impactLines(deps.db, report.id),
    deps.ruleSets.pack(deps.db, report.setting),
    activationsOfPacks(deps.db, name),
    report.against === null ? null : deps.ruleSets.pack(deps.db, report.against),
  ])
  const tables = against === null || report.service !== 'lab' ? null : diffTables(tablesOf(against), tablesOf(pack))
  const state = reportState(report, standing(rows).get(name))
  const canStop = report.state === 'running' && !(await isAwaited(deps.db, report))
  // While it runs there are other ones with every batch.
  const found = report.state === 'done' ? await impactExamples(deps.db, report.id, report.service) : []
  const rules = new Map([...(against?.rules ?? []), ...pack.rules].map(({ hash, id: rule }) => [hash, rule]))
  const examples = found.map((one) => ({ ...one, rule: rules.get(one.ruleHash) ?? '' }))
  const names = new Map([...(tablesOf(pack)?.analytes ?? [])].map(([analyte, { title }]) => [analyte, title]))
  const objections = objectionsTo(lines, pack.limits, null)
  return { at: deps.now(), report, lines, objections, state, canStop, tables, examples, names }
}

function tell(
  view: View,
  { at, report, lines, objections, state, canStop, tables, examples, names }: Facts,
): PackReport {
  const worst = objections.find((one) => one.state === 'concentrated')
  const { meaning } = report
  return {
    asOf: at.toISOString(),
    id: String(report.id),
    pack: report.pack,
    version: report.version,
    against: report.againstVersion,
    state,
    outdated: state === 'outdated' ? view.t.lab.act.noReport : null,
    startedAt: report.at.toISOString(),
    by: actorName(view, report.actor),
    seen: report.seen,
    total: report.total,
    tables,
    lines: lines.map((line) => ({
      source: line.sender,
      organisation: line.organisation ?? '',
      kind: line.formKind,
      rule: line.rule,
      records: line.rule === '' ? line.records : recordsOf(lines, line),
      before: line.withheldBefore,
      after: line.withheldAfter,
      newlyWithheld: line.newlyWithheld,
      newlyVisible: line.newlyVisible,
      errors: line.errors,
    })),
    bySource: [
      ...Map.groupBy(
        lines.filter(({ rule }) => rule === ''),
        ({ sender }) => sender,
      ),
    ].map(([source, own]) => ({
      source,
      records: own.reduce((sum, line) => sum + line.records, 0),
      before: own.reduce((sum, line) => sum + line.withheldBefore, 0),
      after: own.reduce((sum, line) => sum + line.withheldAfter, 0),
      newlyWithheld: own.reduce((sum, line) => sum + line.newlyWithheld, 0),
    })),
    examples: examples.map(({ rule, change, sender, receivedAt, receipt }) => ({
      rule,
      change,
      source: sender,
      receivedAt: receivedAt.toISOString(),
      receipt,
    })),
    concentration:
      worst === undefined
        ? null
        : {
            name: worst.of === 'kind' ? view.word(kindWords, worst.name) : worst.name,
            share: worst.share,
            rule: worst.rule,
          },
    meaning:
      meaning === null
        ? null
        : {
            patients: meaning.patients,
            monitors: meaning.monitors?.map(({ monitor, from, to, count }) => ({ monitor, from, to, count })) ?? null,
            deliveries: meaning.deliveries.reduce((sum, one) => sum + one.count, 0),
            certificates: meaning.certificatesOwed,
            irreversible: meaning.acknowledged + meaning.certificates,
            touched: touched(view, meaning, lines, names),
          },
    actions: { stop: canStop, resume: report.state === 'stopped' },
  }
}

function touched(
  view: View,
  { measured, laboratories, practices }: ImpactMeaning,
  lines: readonly NamedImpactLine[],
  names: Facts['names'],
): PackTouched {
  const senders = lines.filter(
    ({ rule, newlyWithheld, newlyVisible }) => rule === '' && newlyWithheld + newlyVisible > 0,
  )
  return {
    measured: measured.map((one) => ({ ...one, name: names.get(one.name)?.[view.language] ?? one.name })),
    laboratories: laboratories.length > senders.length ? laboratories : [],
    practices,
  }
}

const figuresOf = (line: NamedImpactLine): number[] => [
  line.records,
  line.withheldBefore,
  line.withheldAfter,
  line.newlyWithheld,
  line.newlyVisible,
  line.errors,
]

/** A line of a rule counts what the rule touched; its share is of all records of the sender and kind. */
function recordsOf(lines: readonly NamedImpactLine[], line: NamedImpactLine): number {
  const whole = lines.find((one) => one.rule === '' && one.senderId === line.senderId && one.formKind === line.formKind)
  return whole?.records ?? line.records
}
