import { firstStart } from '../../checking/install.ts'
import { readGuardSentence } from '../../checking/guard-sentence.ts'
import { standing, type PackStanding } from '../../checking/standing.ts'
import { proofOf as provedBy } from '../../checking/proof.ts'
import { SluisError } from '../../kernel/errors.ts'
import type { Language } from '../../kernel/language.ts'
import { diffTables } from '../../formats/lab/tables-diff.ts'
import { tablesIn } from '../../ledger/tables.ts'
import { diffPacks } from '../../rules/diff.ts'
import { writtenRules, type Rule } from '../../rules/pack.ts'
import { activationsOfPacks, senderNames, type ActivationRow } from '../../store/activations.ts'
import { guardCounts } from '../../store/guard-counts.ts'
import { impactLines } from '../../store/impact-figures.ts'
import { reports, type ReportRow } from '../../store/impact.ts'
import type { ManifestLine } from '../../store/manifests.ts'
import { storedPacks, type StoredPack } from '../../store/packs.ts'
import { withheldByPack } from '../../store/withheld-counts.ts'
import { addresses, type PackAct } from '../../web/addresses.ts'
import { packPage, type PackPage } from '../../web/pages/pack.tsx'
import type { ShownDiff, ShownRule } from '../../web/parts/pack-diff.tsx'
import type { ShownProof } from '../../web/parts/pack-proof.tsx'
import type { StateName } from '../../web/parts/states.ts'
import type { View } from '../../web/view.ts'
import { plain } from './tell-withheld.ts'
import type { ConsoleDeps } from './deps.ts'
import { queryText } from './forms.ts'
import { actorName } from './names.ts'
import { besideStates, judgeGuard, worst } from './packs.ts'
import type { Screens } from './screens.ts'

const reportsShown = 10

/** One rule pack: versions, what they differ in, reports, the guard, who decided what, and the proof of the last revert. */
export function packScreen(screens: Screens, deps: ConsoleDeps): void {
  screens.show('/packs/:name', 'see-packs', async ({ request, view }) => {
    const { name } = request.params as { name: string }
    const versions = await versionsOf(deps, name)
    const rows = await activationsOfPacks(deps.db, name)
    const own = standing(rows).get(name)
    const [counts, withheld, found] = await Promise.all([
      guardCounts(deps.db),
      withheldByPack(deps.db),
      reports(deps.db, { pack: name }),
    ])
    const judged = await judgeGuard(
      deps,
      rows,
      counts.filter((one) => one.pack === name),
    )
    const names = await senderNames(
      deps.db,
      counts.map(({ senderId }) => senderId),
    )
    const newest = versions.at(-1)!
    const pack = await deps.ruleSets.pack(deps.db, newest.id)
    return packPage(view, {
      asOf: deps.now().toISOString(),
      name,
      service: pack.service,
      owner: pack.owner,
      withheld: withheld.packs.get(name) ?? 0,
      versions: await tellVersions(deps, view, versions, own, rows),
      guard: {
        state: worst(judged.map(({ state }) => state)),
        lines: judged.map(({ count, state, bound }) => ({
          source: names.get(count.senderId)?.name ?? count.clientId,
          rule: count.rule === '*' ? view.t.lab.pack.allRules : count.rule,
          kind: count.formKind,
          seen: count.checked,
          withheld: count.withheld,
          usual: count.usualChecked === 0 ? null : count.usualWithheld / count.usualChecked,
          bound,
          state,
        })),
      },
      diff: await diffOf(deps, versions, own, view.language, (end) => queryText(request.query, end)),
      reports: await Promise.all(found.slice(0, reportsShown).map((one) => tellReport(deps, view, one, own))),
      history: rows.toReversed().map((row) => tellActivation(view, row)),
      proof: await proofOf(deps, rows),
    })
  })
}

/** Every version of a pack, oldest first. Throws `not-found`. */
export async function versionsOf({ db }: ConsoleDeps, name: string): Promise<StoredPack[]> {
  const versions = await storedPacks(db, name)
  if (versions.length === 0) throw new SluisError('not-found', { path: addresses.pack(name.slice(0, 60)) })
  return versions
}

async function tellVersions(
  deps: ConsoleDeps,
  view: View,
  versions: readonly StoredPack[],
  own: PackStanding | undefined,
  rows: readonly ActivationRow[],
): Promise<PackPage['versions']> {
  const told: PackPage['versions'][number][] = []
  for (const { id, body, createdAt, createdBy } of versions.toReversed()) {
    const states = besideStates(own, id)
    const was = rows.some(({ setting }) => setting === id)
    told.push({
      version: body.version,
      states: states.length > 0 ? states : [was ? 'retired' : 'draft'],
      sources: [...(own?.exceptions ?? [])].filter(([, one]) => one.setting === id).map(([source]) => source),
      installedAt: createdAt.toISOString(),
      by: actorName(view, createdBy),
      rules: writtenRules(await deps.ruleSets.pack(deps.db, id)),
      tables: tablesIn(body)?.id ?? null,
      acts: actsOf(states, own),
    })
  }
  return told
}

/** What can be done with a version as it stands; whether a report allows it is told on the page of the act. */
function actsOf(states: readonly StateName[], own: PackStanding | undefined): PackAct[] {
  if (states.includes('active')) return own?.former == null ? [] : ['revert']
  if (states.includes('canary')) return ['activate', 'revert']
  if (states.includes('shadow') || states.includes('former')) return ['try', 'canary', 'activate']
  return ['try', 'shadow', 'activate']
}

async function diffOf(
  deps: ConsoleDeps,
  versions: readonly StoredPack[],
  own: PackStanding | undefined,
  language: Language,
  wished: (end: 'from' | 'to') => string,
): Promise<ShownDiff | null> {
  if (versions.length < 2) return null
  const named = (version: string) => versions.find(({ body }) => body.version === version)
  const to = named(wished('to')) ?? versions.at(-1)!
  const usual = own?.active !== undefined && own.active?.setting !== to.id ? own.active?.version : undefined
  const from = named(wished('from')) ?? named(usual ?? '') ?? versions.findLast(({ id }) => id !== to.id)!
  const [before, after] = [await deps.ruleSets.pack(deps.db, from.id), await deps.ruleSets.pack(deps.db, to.id)]
  const diff = diffPacks(before, after)
  const [had, has] = [tablesIn(from.body), tablesIn(to.body)]
  return {
    from: from.body.version,
    to: to.body.version,
    added: diff.added.map((rule) => showRule(rule, language)),
    removed: diff.removed.map((rule) => showRule(rule, language)),
    changed: diff.changed.map(({ id, fields, before: was, after: is, judgesAnew }) => ({
      id,
      fields,
      judgesAnew,
      before: showRule(was, language),
      after: showRule(is, language),
    })),
    unchanged: diff.unchanged,
    pack: diff.pack,
    tables: had === null || has === null ? null : diffTables(had, has),
  }
}

function showRule(rule: Rule, language: Language): ShownRule {
  const expression =
    rule.state === 'record' ? `${rule.applies.text}\n→ ${rule.expr.text}` : JSON.stringify(rule.measures)
  return { id: rule.id, text: plain(rule.text[language]), severity: rule.severity, expression }
}

async function tellReport(
  { db }: ConsoleDeps,
  view: View,
  report: ReportRow,
  own: PackStanding | undefined,
): Promise<PackPage['reports'][number]> {
  const totals = (await impactLines(db, report.id)).filter(({ rule }) => rule === '')
  return {
    id: String(report.id),
    version: report.version,
    state: reportState(report, own),
    at: report.at.toISOString(),
    by: actorName(view, report.actor),
    seen: report.seen,
    total: report.total,
    newlyWithheld: totals.reduce((sum, line) => sum + line.newlyWithheld, 0),
    newlyVisible: totals.reduce((sum, line) => sum + line.newlyVisible, 0),
  }
}

/** A finished report holds as long as the version it was compared with still counts. */
export function reportState(report: ReportRow, own: PackStanding | undefined): PackPage['reports'][number]['state'] {
  if (report.state === 'running') return 'busy'
  if (report.state === 'stopped') return 'halted'
  return report.against === (own?.active?.setting ?? null) ? 'done' : 'outdated'
}

function tellActivation(view: View, row: ActivationRow): PackPage['history'][number] {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    version: row.version,
    state: row.mode,
    source: row.source,
    by: actorName(view, row.actor),
    second: row.confirmedBy === null ? null : actorName(view, row.confirmedBy),
    why: tellReason(view, row),
    emergency: row.emergency,
    undoes: row.reverts === null ? null : String(row.reverts),
  }
}

/** As it was given; what the hub and its guard gave, in the reader's language. */
function tellReason(view: View, { actor, why }: ActivationRow): string {
  const words = view.t.lab.pack
  if (actor === 'hub' && why === firstStart) return words.firstStart
  const reason = actor === 'guard' ? readGuardSentence(why) : null
  if (reason === null) return why
  const [of, withheld] = [reason.rule ?? words.allRules, view.f.number(reason.withheld)]
  return reason.state === 'share'
    ? words.guardShare(
        { of, withheld, source: reason.source },
        view.f.number(reason.checked),
        view.f.percent(reason.low),
        view.f.percent(reason.bound),
      )
    : words.guardHour({ of, withheld, source: reason.source }, view.f.number(reason.bound))
}

/** The proof of the last revert, when it has been worked out. */
async function proofOf(deps: ConsoleDeps, rows: readonly ActivationRow[]): Promise<ShownProof | null> {
  const revert = rows.findLast((row) => row.reverts !== null)
  const kept = revert === undefined ? null : await provedBy(deps.db, revert.id)
  if (revert === undefined || kept === null) return null
  const { proof } = kept
  const all = [...proof.before, ...proof.during, ...proof.after]
  const names = await senderNames(deps.db, [...new Set(all.map(({ senderId }) => senderId))])
  const linesOf = (what: ShownProof['lines'][number]['what'], lines: readonly ManifestLine[]) =>
    lines.map((line) => ({
      source: names.get(line.senderId)?.name ?? String(line.senderId),
      what,
      records: line.records,
      visible: line.visible,
      hash: line.visibleHash,
    }))
  return {
    activation: String(revert.id),
    at: kept.at.toISOString(),
    holds: kept.holds,
    lines: [...linesOf('before', proof.before), ...linesOf('during', proof.during), ...linesOf('after', proof.after)],
    permitted: [
      { what: 'arrived', count: proof.since.records },
      { what: 'decided', count: proof.permittedBy['decided-by-a-person'] },
      { what: 'canary', count: proof.permittedBy['canary-ended'] },
      { what: 'other', count: proof.permittedBy['checked-again'] },
      { what: 'closed', count: proof.closed.length },
    ],
    outside:
      proof.api.state === 'not-read'
        ? null
        : proof.api.lines.map((line) => ({
            source: names.get(line.senderId)?.name ?? String(line.senderId),
            touched: line.touched,
            patients: line.patients,
            of: line.of,
            shown: line.shown,
            counted: line.counted,
            equal: line.shownHash === line.countedHash,
            hash: line.shownHash,
          })),
  }
}
