import { beginReport } from '../../checking/dry-run.ts'
import { objectionsTo } from '../../checking/approval.ts'
import { promote, refusalFor } from '../../checking/promote.ts'
import { revertPack } from '../../checking/revert.ts'
import { standing } from '../../checking/standing.ts'
import { errorText, SluisError } from '../../kernel/errors.ts'
import { isSecondPerson } from '../../kernel/person.ts'
import { activationsOfPacks } from '../../store/activations.ts'
import { impactLines } from '../../store/impact-figures.ts'
import { reports, type ReportRow } from '../../store/impact.ts'
import { listSenders } from '../../store/senders.ts'
import { addresses, type PackAct as Step } from '../../web/addresses.ts'
import { packActPage, type PackAct, type SecondPerson } from '../../web/pages/pack-act.tsx'
import type { View } from '../../web/view.ts'
import { reachedAt } from '../reached-at.ts'
import type { ConsoleDeps } from './deps.ts'
import { queryText, readReason, type Form } from './forms.ts'
import { reportState, versionsOf } from './pack.ts'
import { readProposal, signProposal, type Proposal } from './proposal.ts'
import type { Done, Screens, Visit } from './screens.ts'

const steps: readonly Step[] = ['try', 'shadow', 'canary', 'activate', 'revert']

/** The steps of a version: each page shows its effect, each form says why; above the limits a second person confirms. */
export function packActScreens(screens: Screens, deps: ConsoleDeps): void {
  for (const step of steps) {
    const path = `/packs/:name/acts/${step}`
    screens.show(path, 'change-packs', async (visit) => {
      const signed = queryText(visit.request.query, 'proposal', longestProposal)
      const wish =
        signed === ''
          ? wishOf(visit, step, (name) => queryText(visit.request.query, name))
          : wishOfProposal(deps, visit, step, signed)
      return packActPage(visit.view, await tell(deps, visit, wish))
    })
    screens.act(path, 'change-packs', (visit, form) => perform(deps, visit, step, form))
  }
}

const longestProposal = 2_000

interface Wish {
  readonly pack: string
  readonly version: string
  readonly step: Step
  readonly source: string
  readonly emergency: boolean
  /** What somebody else asked for and this visit may confirm. */
  readonly proposal: { readonly signed: string; readonly said: Proposal } | null
}

function wishOf({ request }: Visit, step: Step, text: (name: string) => string): Wish {
  const { name } = request.params as { name: string }
  const [version, source] = [text('version'), text('source')]
  return { pack: name, version, step, source, emergency: text('emergency') === 'yes', proposal: null }
}

function wishOfProposal(deps: ConsoleDeps, { request }: Visit, step: Step, signed: string): Wish {
  const { name } = request.params as { name: string }
  const said = readProposal(deps.vault.keys, signed, deps.now())
  if (said === null || said.pack !== name || said.step !== step) throw new SluisError('proposal-over')
  const { pack, version, source, emergency } = said
  return { pack, version, step, source, emergency, proposal: { signed, said } }
}

interface Shown {
  readonly faults?: PackAct['faults']
  readonly reason?: string
  readonly refusal?: string
  readonly second?: SecondPerson
}

async function tell(deps: ConsoleDeps, { view, session }: Visit, wish: Wish, shown: Shown = {}): Promise<PackAct> {
  const versions = await versionsOf(deps, wish.pack)
  const stored = versions.find(({ body }) => body.version === wish.version)
  if (stored === undefined) throw new SluisError('pack-unknown', { pack: wish.pack, version: wish.version })
  const own = standing(await activationsOfPacks(deps.db, wish.pack)).get(wish.pack)
  const report = (await reports(deps.db, { pack: wish.pack })).find(
    (one) => one.setting === stored.id && one.purpose === 'try' && reportState(one, own) === 'done',
  )
  const needsReport = wish.step === 'shadow' || wish.step === 'canary' || wish.step === 'activate'
  const senders = wish.step === 'canary' ? await listSenders(deps.db) : []
  const kinds = stored.body.service === 'lab' ? ['laboratory', 'practice', 'development'] : ['pharmacy', 'development']
  return {
    pack: wish.pack,
    version: wish.version,
    step: wish.step,
    effect: needsReport ? await effectOf(deps, view, report) : [],
    warning: report === undefined ? null : await warningOf(deps, view, wish, report),
    report: needsReport && report !== undefined ? String(report.id) : null,
    sources: senders
      .filter(({ sender, endedAt }) => endedAt === null && kinds.includes(sender.kind))
      .map(({ sender }) => ({ id: sender.clientId, name: sender.name })),
    source: wish.source,
    reason: shown.reason ?? '',
    faults: shown.faults ?? [],
    refusal: shown.refusal ?? null,
    second: shown.second ?? secondOf(wish, session.person.login),
  }
}

function secondOf({ proposal }: Wish, login: string): SecondPerson {
  if (proposal === null) return { state: 'not-needed' }
  const { by, why } = proposal.said
  return { state: 'confirm', by, why, proposal: proposal.signed, own: !isSecondPerson(by, login) }
}

/** What the newest report that still holds says; without one, that there is none. */
async function effectOf(deps: ConsoleDeps, view: View, report: ReportRow | undefined): Promise<PackAct['effect']> {
  const { lab } = view.t
  if (report === undefined) return [{ name: lab.act.reportAt, value: lab.act.noReport }]
  const totals = (await impactLines(deps.db, report.id)).filter(({ rule }) => rule === '')
  const sum = (what: 'newlyWithheld' | 'newlyVisible') => totals.reduce((all, line) => all + line[what], 0)
  const { meaning } = report
  const items = meaning?.monitors?.reduce((all, { count }) => all + count, 0)
  return [
    { name: lab.report.newlyWithheld, value: view.f.number(sum('newlyWithheld')) },
    { name: lab.report.newlyVisible, value: view.f.number(sum('newlyVisible')) },
    { name: lab.report.patients, value: view.f.number(meaning?.patients ?? 0) },
    { name: lab.report.monitors, value: items === undefined ? lab.report.notComputed : view.f.number(items) },
    { name: lab.act.irreversible, value: view.f.number((meaning?.acknowledged ?? 0) + (meaning?.certificates ?? 0)) },
  ]
}

/** Why one person is not enough, for whoever asks and whoever confirms; a canary's depends on the source still to be chosen. */
async function warningOf(deps: ConsoleDeps, view: View, wish: Wish, report: ReportRow): Promise<string | null> {
  if (wish.step !== 'activate') return null
  const { limits } = await deps.ruleSets.pack(deps.db, report.setting)
  const refusal = refusalFor(wish, objectionsTo(await impactLines(deps.db, report.id), limits, null))
  return refusal === null ? null : errorText(refusal.code, refusal.params, view.language)
}

async function perform(deps: ConsoleDeps, visit: Visit, step: Step, form: Form): Promise<Done> {
  const signed = form.text('proposal')
  const wish =
    signed === '' ? wishOf(visit, step, (name) => form.text(name)) : wishOfProposal(deps, visit, step, signed)
  const { login } = visit.session.person
  if (wish.proposal !== null) {
    const { by, why } = wish.proposal.said
    if (!isSecondPerson(by, login)) throw new SluisError('pack-second-person', { actor: login })
    await carryOut(deps, wish, by, why, login)
    return { state: 'done', to: addresses.pack(wish.pack) }
  }
  const reason = readReason(form)
  if (reason === null) {
    const faults = [{ field: 'reason', sentence: visit.view.t.reasonShort }]
    return {
      state: 'asks',
      page: packActPage(visit.view, await tell(deps, visit, wish, { faults, reason: form.text('reason') })),
      refusal: new SluisError('reason-short'),
    }
  }
  try {
    return { state: 'done', to: await carryOut(deps, wish, login, reason, null) }
  } catch (error) {
    if (!(error instanceof SluisError)) throw error
    return {
      state: 'asks',
      page: packActPage(visit.view, await tell(deps, visit, wish, refused(deps, visit, wish, reason, error))),
      refusal: error,
    }
  }
}

/** Refusals that a second person can lift; all others stay. */
const liftable = new Set(['pack-withholds-too-much', 'pack-concentrated', 'pack-second-person'])

function refused(
  deps: ConsoleDeps,
  { view, session, request }: Visit,
  wish: Wish,
  why: string,
  error: SluisError,
): Shown {
  const refusal = errorText(error.code, error.params, view.language)
  const { pack, version, step, source, emergency } = wish
  if (!liftable.has(error.code) || (step !== 'canary' && step !== 'activate')) return { refusal, reason: why }
  const now = deps.now()
  const proposal = signProposal(
    deps.vault.keys,
    { pack, version, step, source, emergency, by: session.person.login, why },
    now,
  )
  const link = `${reachedAt(request, deps.publicUrls)}${addresses.packAct(pack, step, { proposal })}`
  const until = new Date(now.getTime() + 3_600_000).toISOString()
  return { refusal, reason: why, second: { state: 'ask', link, until } }
}

async function carryOut(
  deps: ConsoleDeps,
  { pack, version, step, source, emergency }: Wish,
  actor: string,
  why: string,
  confirmedBy: string | null,
): Promise<string> {
  if (step === 'try') return beginTry(deps, pack, version, actor)
  if (step === 'revert') {
    await revertPack(deps, { pack, source: await canaryOf(deps, pack, version), actor, why })
    return addresses.pack(pack)
  }
  await promote(deps, {
    pack,
    version,
    mode: step === 'activate' ? 'active' : step,
    sources: step === 'canary' ? [source] : [],
    actor,
    why,
    emergency,
    ...(confirmedBy !== null && { confirmedBy }),
  })
  return addresses.pack(pack)
}

/** Begins a try; the workers of the hub go on with it. */
async function beginTry(deps: ConsoleDeps, name: string, version: string, actor: string): Promise<string> {
  const stored = (await versionsOf(deps, name)).find(({ body }) => body.version === version)
  if (stored === undefined) throw new SluisError('pack-unknown', { pack: name, version })
  const pack = await deps.ruleSets.pack(deps.db, stored.id)
  const id = await beginReport(deps.db, { purpose: 'try', setting: stored.id, pack, actor })
  return addresses.packReport(name, String(id))
}

/** The sender a version counts for as a canary; null when it counts for all. */
async function canaryOf(deps: ConsoleDeps, pack: string, version: string): Promise<string | null> {
  const own = standing(await activationsOfPacks(deps.db, pack)).get(pack)
  if (own?.active?.version === version) return null
  return [...(own?.exceptions ?? [])].find(([, one]) => one.version === version)?.[0] ?? null
}
